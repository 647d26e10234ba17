<?php

declare(strict_types=1);

namespace Waldstream\Client;

/** A page whose rows and cursor are committed. */
final class FollowedPage
{
    /**
     * @param list<array<string, mixed>> $rows
     * @param bool $full true: part of a full read; its last page removes rows no longer in the feed
     */
    public function __construct(
        public readonly array $rows,
        public readonly bool $complete,
        public readonly bool $full,
    ) {
    }
}
