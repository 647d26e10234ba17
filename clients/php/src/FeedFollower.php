<?php

declare(strict_types=1);

namespace Waldstream\Client;

/** Follows one feed into one store. */
final class FeedFollower
{
    /** Seconds to wait if the API does not say how long to wait. */
    private const WAIT = 1.0;
    private const PASSING = [408, 425, 429];

    private readonly Transport $transport;

    /** @param Transport|null $transport ext-curl by default; PHP's streams if it is not installed */
    public function __construct(
        private readonly FeedOptions $options,
        private readonly FeedStore $store,
        ?Transport $transport = null,
    ) {
        $this->transport = $transport ?? (extension_loaded('curl') ? new CurlTransport() : new StreamTransport());
    }

    /**
     * Reads until the feed is caught up or a limit is reached; the next run continues there. Throws FeedException.
     *
     * @param int $maxPages maximum of answered requests
     * @param float $maxSeconds
     */
    public function run(int $maxPages = 1000, float $maxSeconds = 600.0): RunReport
    {
        [$pages, $rows, $complete] = [0, 0, false];
        foreach ($this->pages($maxPages, $maxSeconds) as $page) {
            $pages += 1;
            $rows += count($page->rows);
            $complete = $page->complete;
        }
        return new RunReport($pages, $rows, $complete);
    }

    /**
     * Yields each page after its commit, until the feed is caught up or a limit is reached. Throws FeedException.
     *
     * @return \Generator<int, FollowedPage>
     */
    public function pages(int $maxPages = 1000, float $maxSeconds = 600.0): \Generator
    {
        $endsAt = microtime(true) + $maxSeconds;
        $state = $this->begin();
        for ($count = 0; $count < $maxPages && microtime(true) < $endsAt; $count += 1) {
            try {
                $page = $this->ask($state, $endsAt);
            } catch (FeedException $error) {
                if ($error->problem !== 'cursor_expired' || !$this->options->readAgain) {
                    throw $error;
                }
                $state = $this->beginAgain($state);
                continue;
            }
            if ($page === null) {
                yield new FollowedPage([], true, false);
                return;
            }
            $next = self::stateAfter($state, $page);
            if ($page->items !== [] || $next != $state) {
                $removeBefore = $state->full && $page->complete ? $state->round : null;
                $this->store->commit(new FeedCommit($page->items, $next, $removeBefore));
            }
            $wait = self::waitAfter($page);
            yield new FollowedPage($page->items, $page->complete, $state->full, $wait);
            if ($page->complete) {
                return;
            }
            $state = $next;
            if ($wait > 0 && !self::wait($wait, $endsAt)) {
                return;
            }
        }
    }

    /** Makes the next run read the feed in full and then remove rows no longer in it. */
    public function readAgain(): void
    {
        $this->beginAgain($this->store->load() ?? new FeedState(round: 0));
    }

    /** The cursor of another feed, or of other sources, would leave the copy incomplete. */
    private function begin(): FeedState
    {
        $stored = $this->store->load() ?? new FeedState();
        $url = $this->url();
        if ($stored->url === null || $stored->url === $url) {
            return $stored->of($url);
        }
        if ($this->options->readAgain) {
            return $this->beginAgain($stored);
        }
        $message = "the copy is of {$stored->url}, not of {$url}: read the feed in full";
        throw new FeedException('cursor_expired', $message);
    }

    private function beginAgain(FeedState $state): FeedState
    {
        $next = $state->next($this->url());
        $this->store->commit(new FeedCommit([], $next, null));
        return $next;
    }

    private static function stateAfter(FeedState $state, Page $page): FeedState
    {
        $full = $state->full && !$page->complete;
        return new FeedState($page->cursor, $page->etag, $page->complete, $state->round, $full, $state->url);
    }

    /** Seconds. 0 without rows: all rows of the page are hidden from this reader. */
    private static function waitAfter(Page $page): float
    {
        return $page->complete || $page->items !== [] ? 0.0 : $page->retryAfter ?? self::WAIT;
    }

    /** Null: no changes. Retries transient failures within the time of the run. */
    private function ask(FeedState $state, float $endsAt): ?Page
    {
        for ($attempt = 1; true; $attempt += 1) {
            try {
                return $this->request($state);
            } catch (FeedException $error) {
                $wait = max($this->options->retry->wait($attempt), $error->retryAfter ?? 0.0);
                $last = !$error->transient || $attempt >= $this->options->retry->attempts;
                if ($last || !self::wait($wait, $endsAt)) {
                    throw $error;
                }
            }
        }
    }

    private function request(FeedState $state): ?Page
    {
        $headers = ['Accept' => 'application/json'];
        if ($this->options->key !== null) {
            $headers['Authorization'] = 'Bearer ' . $this->options->key;
        }
        // The stored ETag is valid for the next poll only if the last answer was caught up.
        $etag = $state->complete ? $state->etag : null;
        if ($etag !== null) {
            $headers['If-None-Match'] = $etag;
        }
        $response = $this->transport->send($this->pageUrl($state), $headers, $this->options->timeout);
        if ($response->status === 304 && $etag !== null) {
            return null;
        }
        if ($response->status !== 200) {
            throw self::refused($response);
        }
        return Page::of($response, microtime(true));
    }

    private static function refused(Response $response): FeedException
    {
        /** @var mixed $problem */
        $problem = json_decode($response->body, true);
        $code = is_array($problem) && is_string($problem['code'] ?? null) ? $problem['code'] : null;
        $detail = is_array($problem) && is_string($problem['detail'] ?? null) ? $problem['detail'] : null;
        return new FeedException(
            $code ?? "status_{$response->status}",
            "status {$response->status}: " . ($detail ?? substr($response->body, 0, 300)),
            $response->status,
            $response->retryAfter(microtime(true)),
            in_array($response->status, self::PASSING, true) || $response->status >= 500,
        );
    }

    /** URL of the feed: what the options say about its rows. */
    private function url(): string
    {
        $path = rtrim($this->options->api, '/') . '/v1/feeds/' . rawurlencode($this->options->feed);
        return $path . '?' . self::query([
            'connection' => $this->options->connection,
            'source' => $this->options->source,
        ]);
    }

    private function pageUrl(FeedState $state): string
    {
        return $this->url() . '&' . self::query(['limit' => (string) $this->options->limit, 'cursor' => $state->cursor]);
    }

    /** @param array<string, string|null> $parameters */
    private static function query(array $parameters): string
    {
        $given = array_filter($parameters, static fn (?string $value): bool => $value !== null);
        return http_build_query($given, '', '&', PHP_QUERY_RFC3986);
    }

    /** False: the run would end first. */
    private static function wait(float $seconds, float $endsAt): bool
    {
        if (microtime(true) + $seconds >= $endsAt) {
            return false;
        }
        usleep((int) ($seconds * 1_000_000));
        return true;
    }
}
