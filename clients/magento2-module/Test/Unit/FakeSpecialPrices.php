<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Test\Unit;

use Magento\Catalog\Api\SpecialPriceStorageInterface;

/** Special prices. An update adds days, and takes none away. */
final class FakeSpecialPrices implements SpecialPriceStorageInterface
{
    public function __construct(private readonly FakePriceShop $shop)
    {
    }

    public function get(array $skus): array
    {
        $this->shop->checkSkus($skus);
        $found = [];
        foreach ($this->shop->special as $place => [$price, $from, $to]) {
            [$store, $sku] = explode(' ', $place, 2);
            if (in_array($sku, $skus, true)) {
                $one = (new FakePriceData())->setSku($sku)->setStoreId($store)->setPrice($price);
                $found[] = $one->setPriceFrom($from)->setPriceTo($to);
            }
        }
        return $found;
    }

    public function update(array $prices): array
    {
        $this->shop->calls[] = 'special ' . count($prices);
        [$valid, $refused] = $this->checked($prices);
        foreach ($valid as $price) {
            $place = "{$price->getStoreId()} {$price->getSku()}";
            [, $from, $to] = $this->shop->special[$place] ?? [null, ...$this->shop->days[$place] ?? [null, null]];
            $days = [$price->getPriceFrom() ?: $from, $price->getPriceTo() ?: $to];
            $this->shop->special[$place] = [sprintf('%.6F', $price->getPrice()), ...$days];
        }
        return $refused;
    }

    public function delete(array $prices): array
    {
        $this->shop->calls[] = 'no special ' . count($prices);
        [$valid, $refused] = $this->checked($prices);
        foreach ($valid as $price) {
            $place = "{$price->getStoreId()} {$price->getSku()}";
            unset($this->shop->special[$place], $this->shop->days[$place]);
        }
        return $refused;
    }

    /**
     * @param list<FakePriceData> $prices
     * @return array{list<FakePriceData>, list<FakePriceData>}
     */
    private function checked(array $prices): array
    {
        [$valid, $refused] = [[], []];
        foreach ($prices as $price) {
            $why = $this->faultOf($price);
            if ($why === null) {
                $valid[] = $price;
                continue;
            }
            $row = ' Row ID: SKU = %SKU, Store ID: %storeId, Price From: %priceFrom, Price To: %priceTo.';
            $values = ['price' => $price->getPrice(), 'SKU' => $price->getSku(), 'storeId' => $price->getStoreId()];
            $days = ['priceFrom' => $price->getPriceFrom(), 'priceTo' => $price->getPriceTo()];
            $refused[] = FakePriceShop::refusal($why . $row, [...$values, ...$days]);
        }
        return [$valid, $refused];
    }

    private function faultOf(FakePriceData $price): ?string
    {
        foreach (array_filter([$price->getPriceFrom(), $price->getPriceTo()]) as $day) {
            if (date('Y-m-d H:i:s', strtotime($day)) !== $day) {
                return 'Invalid attribute Price To = %priceTo.';
            }
        }
        return match (true) {
            !$this->shop->isSku($price) => "The product that was requested doesn't exist.",
            $this->shop->isGlobal && $price->getStoreId() !== 0 => 'Could not change non global Price when price scope is global.',
            !$this->shop->isStore($price->getStoreId()) => 'Requested store is not found.',
            $price->getPrice() === null || $price->getPrice() < 0 => 'Invalid attribute Price = %price.',
            default => null,
        };
    }
}
