<?php

declare(strict_types=1);

namespace Waldstream\Client;

/** A page whose rows and cursor are kept. */
final class FollowedPage
{
    /**
     * @param list<array<string, mixed>> $rows
     * @param bool $full it is part of a full read, whose last page removes what is gone
     */
    public function __construct(
        public readonly array $rows,
        public readonly bool $complete,
        public readonly bool $full,
    ) {
    }
}
