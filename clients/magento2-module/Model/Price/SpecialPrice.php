<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Model\Price;

/** A special price with its days. */
class SpecialPrice
{
    /**
     * Constructor.
     *
     * @param float $price
     * @param string|null $from first day, Y-m-d H:i:s
     * @param string|null $to last day, Y-m-d H:i:s
     */
    public function __construct(
        public readonly float $price,
        public readonly ?string $from,
        public readonly ?string $to,
    ) {
    }
}
