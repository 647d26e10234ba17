<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Model\Price;

use Magento\Catalog\Api\BasePriceStorageInterface;
use Magento\Catalog\Api\Data\BasePriceInterface;
use Magento\Catalog\Api\Data\BasePriceInterfaceFactory;

/** Base prices. A base price that the row does not have stays: a product has to have one. */
class BasePrices implements PriceKindInterface
{
    /**
     * Constructor.
     *
     * @param BasePriceStorageInterface $storage
     * @param BasePriceInterfaceFactory $factory
     */
    public function __construct(
        private readonly BasePriceStorageInterface $storage,
        private readonly BasePriceInterfaceFactory $factory,
    ) {
    }

    /**
     * @inheritdoc
     */
    public function save(array $plans): array
    {
        $plans = array_filter($plans, static fn (PricePlan $plan): bool => $plan->base !== []);
        $current = $this->current($plans);
        $changed = [];
        foreach ($plans as $plan) {
            foreach ($plan->base as $store => $price) {
                if (($current[$plan->sku][$store] ?? null) !== $price) {
                    $changed[] = $this->price($plan->sku, $store, $price);
                    $plan->isToIndex = true;
                }
            }
        }
        return $changed === [] ? [] : PriceFailures::of($this->storage->update($changed), $plans);
    }

    /**
     * Base prices of the shop.
     *
     * @param PricePlan[] $plans
     * @return array<string, array<int, float>> by SKU and store
     */
    private function current(array $plans): array
    {
        $found = [];
        foreach (StoredPrices::of($this->storage->get(...), $plans) as $price) {
            $found[$price->getSku()][(int) $price->getStoreId()] = round((float) $price->getPrice(), 4);
        }
        return $found;
    }

    /**
     * A base price.
     *
     * @param string $sku
     * @param int $store
     * @param float $amount
     * @return BasePriceInterface
     */
    private function price(string $sku, int $store, float $amount): BasePriceInterface
    {
        $price = $this->factory->create();
        $price->setSku($sku);
        $price->setStoreId($store);
        $price->setPrice($amount);
        return $price;
    }
}
