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
     * @param string $group its code as written in the map or the shop: Magento does not find "Ä" by "ä"
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
        return "{$this->website}|{$this->step()}";
    }

    /**
     * Names the group and the quantity, of any website.
     *
     * @return string
     */
    public function step(): string
    {
        return mb_strtolower($this->group) . '|' . sprintf('%.4F', $this->quantity);
    }

    /**
     * The same with another price.
     *
     * @param float $price
     * @return self
     */
    public function withPrice(float $price): self
    {
        return new self($this->website, $this->group, $this->quantity, $price);
    }
}
