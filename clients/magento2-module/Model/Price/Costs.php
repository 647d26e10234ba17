<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Model\Price;

use Magento\Catalog\Api\CostStorageInterface;
use Magento\Catalog\Api\Data\CostInterface;
use Magento\Catalog\Api\Data\CostInterfaceFactory;

/** The vendor's costs. */
class Costs implements PriceKindInterface
{
    /**
     * Constructor.
     *
     * @param CostStorageInterface $storage
     * @param CostInterfaceFactory $factory
     */
    public function __construct(
        private readonly CostStorageInterface $storage,
        private readonly CostInterfaceFactory $factory,
    ) {
    }

    /**
     * @inheritdoc
     */
    public function save(array $plans): array
    {
        $plans = array_filter($plans, static fn (PricePlan $plan): bool => $plan->costs !== null);
        $current = $this->current($plans);
        [$changed, $gone] = [[], []];
        foreach ($plans as $plan) {
            if ($plan->costs === [] && isset($current[$plan->sku])) {
                $gone[] = $plan->sku;
            }
            foreach ($plan->costs as $store => $cost) {
                if (($current[$plan->sku][$store] ?? null) !== $cost) {
                    $changed[] = $this->cost($plan->sku, $store, $cost);
                }
            }
        }
        if ($gone !== []) {
            $this->storage->delete($gone);
        }
        return $changed === [] ? [] : PriceFailures::of($this->storage->update($changed), $plans);
    }

    /**
     * Costs of the shop.
     *
     * @param PricePlan[] $plans
     * @return array<string, array<int, float>> by SKU and store
     */
    private function current(array $plans): array
    {
        $found = [];
        foreach (StoredPrices::of($this->storage->get(...), $plans) as $cost) {
            $found[$cost->getSku()][(int) $cost->getStoreId()] = round((float) $cost->getCost(), 4);
        }
        return $found;
    }

    /**
     * A cost.
     *
     * @param string $sku
     * @param int $store
     * @param float $amount
     * @return CostInterface
     */
    private function cost(string $sku, int $store, float $amount): CostInterface
    {
        $cost = $this->factory->create();
        $cost->setSku($sku);
        $cost->setStoreId($store);
        $cost->setCost($amount);
        return $cost;
    }
}
