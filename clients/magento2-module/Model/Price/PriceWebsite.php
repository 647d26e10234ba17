<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Model\Price;

/** A website of the shop whose prices the map names. */
class PriceWebsite
{
    /**
     * Constructor.
     *
     * @param int $id 0: all websites
     * @param string $code
     * @param string $currency its base currency
     * @param array<int, string> $zones time zones of its stores, by id
     */
    public function __construct(
        public readonly int $id,
        public readonly string $code,
        public readonly string $currency,
        public readonly array $zones,
    ) {
    }

    /**
     * Ids of its stores.
     *
     * @return int[]
     */
    public function stores(): array
    {
        return array_keys($this->zones);
    }
}
