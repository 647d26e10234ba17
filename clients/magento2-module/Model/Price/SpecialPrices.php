<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Model\Price;

use Magento\Catalog\Api\Data\SpecialPriceInterface;
use Magento\Catalog\Api\Data\SpecialPriceInterfaceFactory;
use Magento\Catalog\Api\SpecialPriceStorageInterface;

/** Special prices with their days, in the stores of the map. */
class SpecialPrices implements PriceKindInterface
{
    /**
     * Constructor.
     *
     * @param SpecialPriceStorageInterface $storage
     * @param SpecialPriceInterfaceFactory $factory
     */
    public function __construct(
        private readonly SpecialPriceStorageInterface $storage,
        private readonly SpecialPriceInterfaceFactory $factory,
    ) {
    }

    /**
     * @inheritdoc
     */
    public function save(array $plans): array
    {
        $plans = array_filter($plans, static fn (PricePlan $plan): bool => $plan->special !== []);
        $current = $this->current($plans);
        [$gone, $changed] = [[], []];
        foreach ($plans as $plan) {
            foreach ($plan->special as $store => $wanted) {
                $there = $current[$plan->sku][$store] ?? [];
                // With several stores, Magento's list repeats a price with the days of other stores.
                if (count($there) < 2 && ($there[0] ?? null) == $wanted) {
                    continue;
                }
                $plan->isToIndex = true;
                if (self::mayHaveMoreThan($there, $wanted)) {
                    $gone[] = $this->price($plan->sku, $store, $there[0] ?? $wanted);
                }
                if ($wanted !== null) {
                    $changed[] = $this->price($plan->sku, $store, $wanted);
                }
            }
        }
        $refused = $gone === [] ? [] : PriceFailures::of($this->storage->delete($gone), $plans);
        $failed = $changed === [] ? [] : PriceFailures::of($this->storage->update($changed), $plans);
        return PriceFailures::both($refused, $failed);
    }

    /**
     * Whether the shop may have a price or day that is to go: an update only adds. Magento does not show days that are
     * left without a price.
     *
     * @param SpecialPrice[] $there
     * @param SpecialPrice|null $wanted
     * @return bool
     */
    private static function mayHaveMoreThan(array $there, ?SpecialPrice $wanted): bool
    {
        if ($there === []) {
            return $wanted !== null && ($wanted->from === null || $wanted->to === null);
        }
        foreach ($there as $one) {
            if (($one->from !== null && $wanted?->from === null) || ($one->to !== null && $wanted?->to === null)) {
                return true;
            }
        }
        return $wanted === null;
    }

    /**
     * Special prices of the shop.
     *
     * @param PricePlan[] $plans
     * @return array<string, array<int, SpecialPrice[]>> by SKU and store
     */
    private function current(array $plans): array
    {
        $found = [];
        foreach (StoredPrices::of($this->storage->get(...), $plans) as $price) {
            if ($price->getPrice() !== null) {
                $own = new SpecialPrice(
                    round((float) $price->getPrice(), 4),
                    $price->getPriceFrom() ?: null,
                    $price->getPriceTo() ?: null
                );
                $found[$price->getSku()][(int) $price->getStoreId()][] = $own;
            }
        }
        return $found;
    }

    /**
     * A special price. Ids are numbers: Magento compares them by type.
     *
     * @param string $sku
     * @param int $store
     * @param SpecialPrice $of
     * @return SpecialPriceInterface
     */
    private function price(string $sku, int $store, SpecialPrice $of): SpecialPriceInterface
    {
        $price = $this->factory->create();
        $price->setSku($sku);
        $price->setStoreId($store);
        $price->setPrice($of->price);
        $price->setPriceFrom($of->from);
        $price->setPriceTo($of->to);
        return $price;
    }
}
