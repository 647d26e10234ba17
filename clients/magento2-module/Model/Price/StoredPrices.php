<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Model\Price;

/** Prices that Magento has. */
class StoredPrices
{
    /**
     * Those of the plans' products; no request without products.
     *
     * @template T of object
     * @param callable(string[]): T[] $get one of Magento's price storages, by SKUs
     * @param PricePlan[] $plans
     * @return T[]
     */
    public static function of(callable $get, array $plans): array
    {
        $skus = array_values(array_map(static fn (PricePlan $plan): string => $plan->sku, $plans));
        return $skus === [] ? [] : $get($skus);
    }
}
