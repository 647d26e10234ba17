<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Test\Unit;

use Magento\Catalog\Api\Data\BasePriceInterface;
use Magento\Catalog\Api\Data\CostInterface;
use Magento\Catalog\Api\Data\PriceUpdateResultInterface;
use Magento\Catalog\Api\Data\SpecialPriceInterface;
use Magento\Catalog\Api\Data\TierPriceInterface;

/** Any object of prices. */
final class FakePriceData implements
    BasePriceInterface,
    CostInterface,
    PriceUpdateResultInterface,
    SpecialPriceInterface,
    TierPriceInterface
{
    /** @param array<string, mixed> $values by name without "get" */
    public function __construct(public array $values = [])
    {
    }

    public function setPrice($price): self
    {
        return $this->with('Price', $price);
    }

    public function getPrice(): mixed
    {
        return $this->values['Price'] ?? null;
    }

    public function setStoreId($storeId): self
    {
        return $this->with('StoreId', $storeId);
    }

    public function getStoreId(): mixed
    {
        return $this->values['StoreId'] ?? null;
    }

    public function setSku($sku): self
    {
        return $this->with('Sku', $sku);
    }

    public function getSku(): mixed
    {
        return $this->values['Sku'] ?? null;
    }

    public function setPriceFrom($priceFrom): self
    {
        return $this->with('PriceFrom', $priceFrom);
    }

    public function getPriceFrom(): mixed
    {
        return $this->values['PriceFrom'] ?? null;
    }

    public function setPriceTo($priceTo): self
    {
        return $this->with('PriceTo', $priceTo);
    }

    public function getPriceTo(): mixed
    {
        return $this->values['PriceTo'] ?? null;
    }

    public function setPriceType($priceType): self
    {
        return $this->with('PriceType', $priceType);
    }

    public function getPriceType(): mixed
    {
        return $this->values['PriceType'] ?? null;
    }

    public function setWebsiteId($websiteId): self
    {
        return $this->with('WebsiteId', $websiteId);
    }

    public function getWebsiteId(): mixed
    {
        return $this->values['WebsiteId'] ?? null;
    }

    public function setCustomerGroup($customerGroup): self
    {
        return $this->with('CustomerGroup', $customerGroup);
    }

    public function getCustomerGroup(): mixed
    {
        return $this->values['CustomerGroup'] ?? null;
    }

    public function setQuantity($quantity): self
    {
        return $this->with('Quantity', $quantity);
    }

    public function getQuantity(): mixed
    {
        return $this->values['Quantity'] ?? null;
    }

    public function setCost($cost): self
    {
        return $this->with('Cost', $cost);
    }

    public function getCost(): mixed
    {
        return $this->values['Cost'] ?? null;
    }

    public function setMessage($message): self
    {
        return $this->with('Message', $message);
    }

    public function getMessage(): mixed
    {
        return $this->values['Message'] ?? null;
    }

    public function setParameters(array $parameters): self
    {
        return $this->with('Parameters', $parameters);
    }

    /** @return array<string, mixed> */
    public function getParameters(): array
    {
        return $this->values['Parameters'] ?? [];
    }

    private function with(string $name, mixed $value): self
    {
        $this->values[$name] = $value;
        return $this;
    }
}
