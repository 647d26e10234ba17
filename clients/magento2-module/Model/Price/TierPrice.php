<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Model\Price;

/** A price of a quantity for a customer group. */
class TierPrice
{
    /**
     * Constructor.
     *
     * @param int $website 0: all
     * @param string $group in lower case
     * @param float $quantity
     * @param float $price
     */
    public function __construct(
        public readonly int $website,
        public readonly string $group,
        public readonly float $quantity,
        public readonly float $price,
    ) {
    }

    /**
     * Names the place of the price: a product has one of each.
     *
     * @return string
     */
    public function place(): string
    {
        return "{$this->website}|{$this->group}|" . sprintf('%.4F', $this->quantity);
    }
}
