<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Model\Price;

use Magento\Catalog\Api\Data\TierPriceInterface;
use Magento\Catalog\Api\Data\TierPriceInterfaceFactory;
use Magento\Catalog\Api\TierPriceStorageInterface;

/** Tier prices of the groups and websites of the map. Others are the shop's own. */
class TierPrices implements PriceKindInterface
{
    public const ALL_GROUPS = 'all groups';

    /**
     * Constructor.
     *
     * @param TierPriceStorageInterface $storage
     * @param TierPriceInterfaceFactory $factory
     */
    public function __construct(
        private readonly TierPriceStorageInterface $storage,
        private readonly TierPriceInterfaceFactory $factory,
    ) {
    }

    /**
     * @inheritdoc
     */
    public function save(array $plans): array
    {
        $plans = array_filter($plans, static fn (PricePlan $plan): bool => $plan->settings->groups() !== []);
        $current = $this->current($plans);
        [$moved, $gone, $changed] = [[], [], []];
        foreach ($plans as $plan) {
            $there = $current[$plan->sku] ?? [];
            foreach (array_diff_key($there, $plan->tiers) as $place => [$tier, $type]) {
                $isKept = isset($plan->keptTiers["{$tier->website}|" . mb_strtolower($tier->group)]);
                if ($isKept || !self::isOurs($plan->settings, $tier)) {
                    continue;
                }
                $found = $tier->withPrice(self::priceToFind($there, $place));
                if ($found->price !== $tier->price) {
                    $there[$place] = [$found, $type];
                    $moved[] = $this->price($plan->sku, $found, $type);
                }
                $gone[] = $this->price($plan->sku, $found, $type);
            }
            foreach ($plan->tiers as $place => $tier) {
                [$own, $type] = $there[$place] ?? [null, null];
                if ($type !== TierPriceInterface::PRICE_TYPE_FIXED || $own->price !== $tier->price) {
                    $changed[] = $this->price($plan->sku, $tier, TierPriceInterface::PRICE_TYPE_FIXED);
                }
            }
        }
        $failures = $moved === [] ? [] : PriceFailures::of($this->storage->update($moved), $plans);
        $refused = $gone === [] ? [] : PriceFailures::of($this->storage->delete($gone), $plans);
        $failed = $changed === [] ? [] : PriceFailures::of($this->storage->update($changed), $plans);
        return PriceFailures::both(PriceFailures::both($failures, $refused), $failed);
    }

    /**
     * A price by which Magento finds a tier price to delete it: it looks for the first one of the group, quantity and
     * amount, of any website, and finds none of 0. Then the tier price gets an amount of its own first.
     *
     * @param array<string, array{TierPrice, string}> $there by place
     * @param string $place
     * @return float
     */
    private static function priceToFind(array $there, string $place): float
    {
        [$own, $type] = $there[$place];
        unset($there[$place]);
        $isLike = static fn (array $other): bool => $other[0]->step() === $own->step() && $other[1] === $type;
        $taken = array_map(static fn (array $other): float => $other[0]->price, array_filter($there, $isLike));
        $price = $own->price;
        // Percents are at most 100, prices at least 0.
        $change = $price < 1 ? 0.01 : -0.01;
        while ($price === 0.0 || in_array($price, $taken, true)) {
            $price = round($price + $change, 4);
        }
        return $price;
    }

    /**
     * Whether a tier price is one of the feed.
     *
     * @param PriceSettings $settings
     * @param TierPrice $tier
     * @return bool
     */
    private static function isOurs(PriceSettings $settings, TierPrice $tier): bool
    {
        $ids = array_map(static fn (PriceWebsite $website): int => $website->id, $settings->websites());
        return in_array(mb_strtolower($tier->group), $settings->groups(), true) && in_array($tier->website, $ids, true);
    }

    /**
     * Tier prices of the shop.
     *
     * @param PricePlan[] $plans
     * @return array<string, array<string, array{TierPrice, string}>> with their types, by SKU and place
     */
    private function current(array $plans): array
    {
        $found = [];
        foreach (StoredPrices::of($this->storage->get(...), $plans) as $price) {
            $own = new TierPrice(
                (int) $price->getWebsiteId(),
                (string) $price->getCustomerGroup(),
                (float) $price->getQuantity(),
                (float) $price->getPrice()
            );
            $found[$price->getSku()][$own->place()] = [$own, $price->getPriceType()];
        }
        return $found;
    }

    /**
     * A tier price. Ids are numbers: Magento compares them by type.
     *
     * @param string $sku
     * @param TierPrice $of
     * @param string $type
     * @return TierPriceInterface
     */
    private function price(string $sku, TierPrice $of, string $type): TierPriceInterface
    {
        $price = $this->factory->create();
        $price->setSku($sku);
        $price->setPrice($of->price);
        $price->setPriceType($type);
        $price->setWebsiteId($of->website);
        $price->setCustomerGroup($of->group);
        $price->setQuantity($of->quantity);
        return $price;
    }
}
