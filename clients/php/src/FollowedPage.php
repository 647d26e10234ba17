<?php

declare(strict_types=1);

namespace Waldstream\Client;

/** A page whose rows and cursor are committed. */
final class FollowedPage
{
    /**
     * @param list<array<string, mixed>> $rows
     * @param bool $full true: part of a full read; its last page removes rows no longer in the feed
     * @param float $wait how long the run then waits, in seconds. 0: it continues at once, or has ended. More: there
     *     are no rows yet, so you may end it
     */
    public function __construct(
        public readonly array $rows,
        public readonly bool $complete,
        public readonly bool $full,
        public readonly float $wait = 0.0,
    ) {
    }
}
