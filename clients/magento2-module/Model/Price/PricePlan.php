<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Model\Price;

/** The prices that a product is to have. */
class PricePlan
{
    /** @var array<int, float> base prices by store; others stay */
    public array $base = [];
    /** @var array<int, SpecialPrice|null> by store; null: none */
    public array $special = [];
    /** @var array<string, TierPrice> by place; other tier prices of these groups and websites go */
    public array $tiers = [];
    /** @var array<string, true> websites and groups whose tier prices stay: some of them are refused */
    public array $keptTiers = [];
    /** @var array<int, float>|null by store; null: costs stay */
    public ?array $costs = null;
    /** @var string[] why parts of the row are not written */
    public array $refused = [];
    /** @var int|null seconds since 1970: when other prices become valid */
    public ?int $dueAt = null;
    /** @var bool Magento's price index does not have what is written: only tier prices update it by themselves */
    public bool $isToIndex = false;

    /**
     * Constructor.
     *
     * @param int $product id of the product
     * @param string $sku as the catalog has it
     * @param PriceSettings $settings
     */
    public function __construct(
        public readonly int $product,
        public readonly string $sku,
        public readonly PriceSettings $settings,
    ) {
    }
}
