<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Test\Unit;

use Magento\Catalog\Api\Data\ProductAttributeMediaGalleryEntryInterface;
use Magento\Catalog\Api\Data\ProductInterface;
use Magento\Framework\Api\Data\ImageContentInterface;
use Magento\InventoryApi\Api\Data\SourceItemInterface;
use Magento\Sales\Api\Data\OrderAddressInterface;
use Magento\Sales\Api\Data\OrderInterface;
use Magento\Sales\Api\Data\OrderItemInterface;

/** Any object of data: setSku('a') is then getSku(). */
final class FakeData implements
    ImageContentInterface,
    OrderAddressInterface,
    OrderInterface,
    OrderItemInterface,
    ProductAttributeMediaGalleryEntryInterface,
    ProductInterface,
    SourceItemInterface
{
    /**
     * @param array<string, mixed> $values by name without "get"
     * @param array<string, mixed> $attributes custom ones
     */
    public function __construct(public array $values = [], public array $attributes = [])
    {
    }

    /** @param array<int, mixed> $arguments */
    public function __call(string $method, array $arguments): mixed
    {
        if (str_starts_with($method, 'set')) {
            $this->values[substr($method, 3)] = $arguments[0];
            return $this;
        }
        return $this->values[preg_replace('/^(get|is)/', '', $method)] ?? null;
    }

    public function setCustomAttribute(string $code, mixed $value): self
    {
        $this->attributes[$code] = $value;
        return $this;
    }

    public function getCustomAttribute(string $code): ?self
    {
        return array_key_exists($code, $this->attributes) ? new self(['Value' => $this->attributes[$code]]) : null;
    }
}
