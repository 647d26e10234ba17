<?php

declare(strict_types=1);

namespace Waldstream\Client;

/** How far a feed has been read. */
final class FeedState
{
    /**
     * @param string|null $cursor sent with the next request; null: the full read begins
     * @param string|null $etag ETag of the last answer
     * @param bool $complete whether the last answer was caught up
     * @param int $round number of the full read; grows with each full read
     * @param bool $full the full read of this round is not finished
     * @param string|null $url URL of the feed, with connection and source; null in states of earlier versions: taken
     *     to be the same feed
     */
    public function __construct(
        public readonly ?string $cursor = null,
        public readonly ?string $etag = null,
        public readonly bool $complete = false,
        public readonly int $round = 1,
        public readonly bool $full = true,
        public readonly ?string $url = null,
    ) {
    }

    /** The state as text, for a store. */
    public function toJson(): string
    {
        return json_encode(get_object_vars($this), JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES);
    }

    /** Throws FeedException `store_invalid` for text that does not come from `toJson`. */
    public static function fromJson(string $json): self
    {
        try {
            /** @var mixed $state */
            $state = json_decode($json, true, 8, JSON_THROW_ON_ERROR);
            if (is_array($state)) {
                return new self(
                    $state['cursor'] ?? null,
                    $state['etag'] ?? null,
                    $state['complete'] ?? null,
                    $state['round'] ?? null,
                    $state['full'] ?? null,
                    $state['url'] ?? null,
                );
            }
        } catch (\JsonException | \TypeError $error) {
            throw new FeedException('store_invalid', 'the stored state of the feed cannot be read', previous: $error);
        }
        throw new FeedException('store_invalid', 'the stored state of the feed cannot be read');
    }

    /** The state of the next full read, of the feed at this URL. */
    public function next(string $url): self
    {
        return new self(round: $this->round + 1, url: $url);
    }

    /** The same place, of the feed at this URL. */
    public function of(string $url): self
    {
        return new self($this->cursor, $this->etag, $this->complete, $this->round, $this->full, $url);
    }
}
