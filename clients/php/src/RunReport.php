<?php

declare(strict_types=1);

namespace Waldstream\Client;

/** What a run did. */
final class RunReport
{
    /** @param bool $complete false: a limit ended the run */
    public function __construct(
        public readonly int $pages,
        public readonly int $rows,
        public readonly bool $complete,
    ) {
    }
}
