<?php

declare(strict_types=1);

namespace Waldstream\Client;

/** Which feed to follow, and how. */
final class FeedOptions
{
    /**
     * @param string $api URL of the API, without /v1
     * @param string $feed products, inventory, prices, images
     * @param string|null $key API key with the scope feeds:read
     * @param string|null $source rows of this system only
     * @param int $limit rows per page, 1 to 1000
     * @param bool $readAgain how to handle an expired cursor (410), and a store whose copy is of another feed, for
     *     example after $source changed. True: reads the feed in full, then removes rows no longer in it; until then
     *     the old rows stay. False: throws a FeedException (cursor_expired)
     * @param float $timeout timeout of one request, in seconds
     */
    public function __construct(
        public readonly string $api,
        public readonly string $feed,
        public readonly string $connection,
        public readonly ?string $key = null,
        public readonly ?string $source = null,
        public readonly int $limit = 500,
        public readonly bool $readAgain = true,
        public readonly float $timeout = 30.0,
        public readonly Retry $retry = new Retry(),
    ) {
    }
}
