<?php

declare(strict_types=1);

namespace Waldstream\Client;

/** How often and when a request is repeated. */
final class Retry
{
    /**
     * @param int $attempts requests in a row for one page before the error is thrown
     * @param float $first wait after the first failure, in seconds; doubles with each failure
     * @param float $most longest wait, in seconds
     */
    public function __construct(
        public readonly int $attempts = 8,
        public readonly float $first = 0.5,
        public readonly float $most = 30.0,
    ) {
    }

    /** Seconds to wait after this many failures. */
    public function wait(int $failures): float
    {
        return min($this->most, $this->first * 2 ** ($failures - 1)) * (0.5 + mt_rand() / mt_getrandmax() / 2);
    }
}
