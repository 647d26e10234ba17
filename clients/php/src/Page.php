<?php

declare(strict_types=1);

namespace Waldstream\Client;

/**
 * A page as the API sent it.
 *
 * @internal
 */
final class Page
{
    /**
     * @param list<array<string, mixed>> $items
     * @param float|null $retryAfter seconds
     */
    public function __construct(
        public readonly array $items,
        public readonly string $cursor,
        public readonly bool $complete,
        public readonly ?string $etag,
        public readonly ?float $retryAfter,
    ) {
    }

    /** Throws a transient `invalid_answer` for an answer that is not a complete page (cut off, or not from the API). */
    public static function of(Response $response, float $now): self
    {
        /** @var mixed $page */
        $page = $response->whole ? json_decode($response->body, true, 512, JSON_BIGINT_AS_STRING) : null;
        $items = is_array($page) ? $page['items'] ?? null : null;
        $cursor = is_array($page) ? $page['cursor'] ?? null : null;
        $complete = is_array($page) ? $page['complete'] ?? null : null;
        if (!is_array($items) || !self::areRows($items) || !is_string($cursor) || !is_bool($complete)) {
            throw new FeedException(
                'invalid_answer',
                'the answer is not a complete page of a feed',
                $response->status,
                transient: true,
            );
        }
        $etag = $response->header('etag');
        return new self(array_values($items), $cursor, $complete, $etag, $response->retryAfter($now));
    }

    /** @param array<mixed> $items */
    private static function areRows(array $items): bool
    {
        foreach ($items as $row) {
            if (!is_array($row) || !is_array($row['data'] ?? null) || !is_bool($row['deleted'] ?? null)) {
                return false;
            }
            foreach (['connection', 'source', 'updated_at', 'position'] as $name) {
                if (!is_string($row[$name] ?? null)) {
                    return false;
                }
            }
        }
        return true;
    }
}
