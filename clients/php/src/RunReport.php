<?php

declare(strict_types=1);

namespace Waldstream\Client;

/** What a run did. */
final class RunReport
{
    /** @param bool $complete false: the run was ended by its bounds */
    public function __construct(
        public readonly int $pages,
        public readonly int $rows,
        public readonly bool $complete,
    ) {
    }
}
