<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Test\Unit;

use Magento\Catalog\Api\ProductAttributeMediaGalleryManagementInterface;
use Magento\Catalog\Api\ProductAttributeRepositoryInterface;
use Magento\Catalog\Api\ProductRepositoryInterface;
use Magento\Framework\Exception\LocalizedException;
use Magento\InventoryApi\Api\SourceItemRepositoryInterface;
use Magento\InventoryApi\Api\SourceItemsSaveInterface;
use Magento\Store\Model\StoreManagerInterface;

/** A catalog with its stock and galleries, in memory; and what was asked of it. */
final class FakeShop implements
    ProductAttributeMediaGalleryManagementInterface,
    ProductAttributeRepositoryInterface,
    ProductRepositoryInterface,
    SourceItemRepositoryInterface,
    SourceItemsSaveInterface,
    StoreManagerInterface
{
    /** @var array<string, FakeData> by SKU */
    public array $products = [];
    /** @var array<string, FakeData> by SKU and source code */
    public array $stock = [];
    /** @var array<string, array<int, FakeData>> by SKU and id */
    public array $galleries = [];
    /** @var array<string, FakeData> */
    public array $attributes = [];
    /** @var list<FakeData> */
    public array $savedProducts = [];
    /** @var list<list<FakeData>> */
    public array $savedItems = [];
    /** @var list<int|string> */
    public array $stores = [];
    /** @var list<string> what was written and noted, in order */
    public array $events = [];
    private int $lastId = 0;

    public function product(string $sku, array $values = [], array $attributes = []): FakeData
    {
        return $this->products[$sku] = new FakeData(['Sku' => $sku, 'Status' => 1, ...$values], $attributes);
    }

    /** @param array<string, mixed>|string $asked filters, or a SKU */
    public function getList(array|string $asked): mixed
    {
        if (is_string($asked)) {
            return array_values($this->galleries[$asked] ?? []);
        }
        $all = isset($asked['source_code']) ? $this->stock : $this->products;
        return new FakeData(['Items' => array_filter($all, static function (FakeData $one) use ($asked): bool {
            $codes = $asked['source_code'] ?? [$one->getSourceCode()];
            $skus = array_map('mb_strtolower', $asked['sku']);
            return in_array(mb_strtolower($one->getSku()), $skus, true) && in_array($one->getSourceCode(), $codes, true);
        })]);
    }

    public function save(FakeData $product): void
    {
        $this->events[] = "save {$product->getSku()}";
        match ($product->attributes['fails'] ?? null) {
            null => null,
            'type' => throw new \TypeError('a plugin breaks'),
            default => throw new LocalizedException('it cannot be saved'),
        };
        $this->savedProducts[] = $product;
        $there = $this->products[$product->getSku()] ?? new FakeData();
        $there->values = [...$there->values, ...$product->values];
        $there->attributes = [...$there->attributes, ...$product->attributes];
        $this->products[$product->getSku()] = $there;
    }

    /** @param list<FakeData> $items */
    public function execute(array $items): void
    {
        $this->events[] = 'save ' . implode(', ', array_map(static fn (FakeData $item): string => $item->getSku(), $items));
        foreach ($items as $item) {
            match ($item->getSourceCode()) {
                'unknown' => throw new LocalizedException('there is no such source'),
                'type' => throw new \TypeError('a plugin breaks'),
                default => null,
            };
        }
        $this->savedItems[] = $items;
        foreach ($items as $item) {
            $this->stock["{$item->getSku()} {$item->getSourceCode()}"] = $item;
        }
    }

    public function get(string $code): FakeData
    {
        return $this->attributes[$code] ?? new FakeData(['FrontendInput' => 'text']);
    }

    public function create(string $sku, FakeData $entry): int
    {
        $this->events[] = "add to {$sku}";
        if ($entry->getLabel() === 'breaks') {
            throw new \TypeError('a plugin breaks');
        }
        $this->lastId += 1;
        $entry->setId($this->lastId);
        $entry->setFile('/w/s/' . $entry->getContent()->getName());
        $this->galleries[$sku][$this->lastId] = $entry;
        return $this->lastId;
    }

    public function update(string $sku, FakeData $entry): bool
    {
        $there = $this->galleries[$sku][$entry->getId()];
        $there->values = [...$there->values, ...$entry->values];
        return true;
    }

    public function remove(string $sku, int $id): bool
    {
        $this->events[] = "remove from {$sku}";
        unset($this->galleries[$sku][$id]);
        return true;
    }

    public function getStore(): FakeData
    {
        return new FakeData(['Id' => 1]);
    }

    /** @return list<FakeData> */
    public function getStores(): array
    {
        return [new FakeData(['BaseUrl' => 'https://shop.example/media/'])];
    }

    public function setCurrentStore(int|string $store): void
    {
        $this->stores[] = $store;
    }
}
