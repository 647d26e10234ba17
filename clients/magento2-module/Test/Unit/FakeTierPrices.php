<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Test\Unit;

use Magento\Catalog\Api\Data\TierPriceInterface;
use Magento\Catalog\Api\TierPriceStorageInterface;

/** Tier prices. As Magento does, it deletes the first one of a group, quantity and amount, of any website, and none of 0. */
final class FakeTierPrices implements TierPriceStorageInterface
{
    private const GROUPS = ['ALL GROUPS', 'NOT LOGGED IN', 'General', 'Wholesale', 'Ärzte'];

    public function __construct(private readonly FakePriceShop $shop)
    {
    }

    public function get(array $skus): array
    {
        $this->shop->checkSkus($skus);
        $found = [];
        foreach ($this->shop->tiers as $place => [$price, $type]) {
            [$website, $group, $quantity, $sku] = explode('|', $place, 4);
            if (in_array($sku, $skus, true)) {
                $one = (new FakePriceData())->setSku($sku)->setWebsiteId($website)->setCustomerGroup($group);
                $found[] = $one->setQuantity("{$quantity}.0000")->setPrice($price)->setPriceType($type);
            }
        }
        return $found;
    }

    public function update(array $prices): array
    {
        $this->shop->calls[] = 'tiers ' . count($prices);
        [$valid, $refused] = $this->checked($prices);
        foreach ($valid as $price) {
            $this->shop->tiers[self::place($price)] = [sprintf('%.6F', $price->getPrice()), $price->getPriceType()];
        }
        return $refused;
    }

    public function replace(array $prices): array
    {
        throw new \LogicException('it would take the tier prices of the shop itself');
    }

    public function delete(array $prices): array
    {
        $this->shop->calls[] = 'no tiers ' . count($prices);
        [$valid, $refused] = $this->checked($prices);
        $found = array_map($this->firstLike(...), $valid);
        $this->shop->tiers = array_diff_key($this->shop->tiers, array_flip(array_filter($found)));
        return $refused;
    }

    private function firstLike(FakePriceData $price): ?string
    {
        $withoutWebsite = static fn (string $place): string => explode('|', $place, 2)[1];
        foreach ($this->shop->tiers as $place => [$amount, $type]) {
            $isLike = $type === $price->getPriceType() && (float) $amount === $price->getPrice() && (float) $amount !== 0.0;
            if ($isLike && $withoutWebsite($place) === $withoutWebsite(self::place($price))) {
                return $place;
            }
        }
        return null;
    }

    private static function place(FakePriceData $price): string
    {
        // Magento finds the group by its code in lower case, of which it changes only ASCII letters.
        $code = strtolower($price->getCustomerGroup());
        if (!in_array($code, array_map('strtolower', self::GROUPS), true)) {
            throw new \ErrorException("Undefined array key \"{$code}\"");
        }
        return implode('|', [$price->getWebsiteId(), $code, (int) $price->getQuantity(), $price->getSku()]);
    }

    /**
     * @param list<FakePriceData> $prices
     * @return array{list<FakePriceData>, list<FakePriceData>}
     */
    private function checked(array $prices): array
    {
        [$valid, $refused] = [[], []];
        foreach ($this->shop->leftOver as $place => $sku) {
            unset($prices[$place]);
            $refused[] = FakePriceShop::refusal('Invalid attribute SKU = %SKU.', ['SKU' => $sku]);
        }
        $this->shop->leftOver = [];
        foreach ($prices as $price) {
            $fault = $this->faultOf($price);
            if ($fault === null) {
                $valid[] = $price;
                continue;
            }
            $row = ' Row ID: SKU = %SKU, Website ID: %websiteId, Customer Group: %customerGroup, Quantity: %qty.';
            $refused[] = FakePriceShop::refusal("Invalid attribute {$fault}." . $row, [
                'price' => $price->getPrice(),
                'SKU' => $price->getSku(),
                'websiteId' => $price->getWebsiteId(),
                'customerGroup' => $price->getCustomerGroup(),
                'qty' => $price->getQuantity(),
            ]);
        }
        return [$valid, $refused];
    }

    private function faultOf(FakePriceData $price): ?string
    {
        $types = [TierPriceInterface::PRICE_TYPE_FIXED, TierPriceInterface::PRICE_TYPE_DISCOUNT];
        $websites = array_map(static fn (FakeData $one): int => (int) $one->getId(), $this->shop->websites);
        return match (true) {
            !$this->shop->isSku($price) => 'SKU = %SKU',
            $price->getPrice() === null || $price->getPrice() < 0 => 'Price = %price',
            !in_array($price->getPriceType(), $types, true) => 'Price Type',
            $price->getQuantity() < 1 => 'Quantity = %qty',
            !in_array($price->getWebsiteId(), $websites, true) => 'Website ID = %websiteId',
            $this->shop->isGlobal && $price->getWebsiteId() !== 0 => 'Website ID = %websiteId',
            !in_array(mb_strtolower($price->getCustomerGroup()), array_map('mb_strtolower', self::GROUPS), true) => 'Customer Group = %customerGroup',
            default => null,
        };
    }
}
