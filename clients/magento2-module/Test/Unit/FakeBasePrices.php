<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Test\Unit;

use Magento\Catalog\Api\BasePriceStorageInterface;

/** Base prices. Magento's refusals of a price do not name its SKU. */
final class FakeBasePrices implements BasePriceStorageInterface
{
    public function __construct(private readonly FakePriceShop $shop)
    {
    }

    public function get(array $skus): array
    {
        $this->shop->checkSkus($skus);
        $found = [];
        foreach ($this->shop->base as $place => $price) {
            [$store, $sku] = explode(' ', $place, 2);
            if (in_array($sku, $skus, true)) {
                $found[] = (new FakePriceData())->setSku($sku)->setStoreId($store)->setPrice($price);
            }
        }
        return $found;
    }

    public function update(array $prices): array
    {
        $this->shop->calls[] = 'base ' . count($prices);
        $refused = [];
        foreach ($prices as $price) {
            $message = 'Invalid attribute %fieldName = %fieldValue.';
            if (!$this->shop->isSku($price)) {
                $refused[] = FakePriceShop::refusal($message, ['fieldName' => 'SKU', 'fieldValue' => $price->getSku()]);
            } elseif ($price->getPrice() === null || $price->getPrice() < 0) {
                $refused[] = FakePriceShop::refusal($message, ['fieldName' => 'Price', 'fieldValue' => $price->getPrice()]);
            } elseif (!$this->shop->isStore($price->getStoreId())) {
                $text = 'Requested store is not found. Row ID: SKU = %SKU, Store ID: %storeId.';
                $refused[] = FakePriceShop::refusal($text, ['SKU' => $price->getSku(), 'storeId' => $price->getStoreId()]);
            } else {
                $store = $this->shop->isGlobal ? 0 : $price->getStoreId();
                $this->shop->base["{$store} {$price->getSku()}"] = sprintf('%.6F', $price->getPrice());
            }
        }
        return $refused;
    }
}
