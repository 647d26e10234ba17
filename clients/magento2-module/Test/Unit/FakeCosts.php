<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Test\Unit;

use Magento\Catalog\Api\CostStorageInterface;

/** Costs. */
final class FakeCosts implements CostStorageInterface
{
    public function __construct(private readonly FakePriceShop $shop)
    {
    }

    public function get(array $skus): array
    {
        $this->shop->checkSkus($skus);
        $found = [];
        foreach ($this->shop->costs as $place => $cost) {
            [$store, $sku] = explode(' ', $place, 2);
            if (in_array($sku, $skus, true)) {
                $found[] = (new FakePriceData())->setSku($sku)->setStoreId($store)->setCost($cost);
            }
        }
        return $found;
    }

    public function update(array $prices): array
    {
        $this->shop->calls[] = 'cost ' . count($prices);
        $refused = [];
        foreach ($prices as $price) {
            $values = ['cost' => $price->getCost(), 'SKU' => $price->getSku(), 'storeId' => $price->getStoreId()];
            if (!$this->shop->isSku($price) || $price->getCost() === null || $price->getCost() < 0) {
                $text = 'Invalid attribute Cost = %cost. Row ID: SKU = %SKU, Store ID: %storeId.';
                $refused[] = FakePriceShop::refusal($text, $values);
            } else {
                $this->shop->costs["{$price->getStoreId()} {$price->getSku()}"] = sprintf('%.6F', $price->getCost());
            }
        }
        return $refused;
    }

    public function delete(array $skus): bool
    {
        $this->shop->checkSkus($skus);
        $this->shop->calls[] = 'no cost ' . count($skus);
        $isGone = static fn (string $place): bool => in_array(explode(' ', $place, 2)[1], $skus, true);
        $this->shop->costs = array_filter($this->shop->costs, static fn (string $place): bool => !$isGone($place), ARRAY_FILTER_USE_KEY);
        return true;
    }
}
