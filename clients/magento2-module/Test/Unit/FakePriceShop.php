<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Test\Unit;

use Magento\Framework\App\Config\ScopeConfigInterface;
use Magento\Framework\Exception\LocalizedException;
use Magento\Framework\Exception\NoSuchEntityException;
use Magento\Framework\Stdlib\DateTime\TimezoneInterface;
use Magento\Store\Model\StoreManagerInterface;

/** Websites and prices of a shop, and what its price services check: as strict as Magento 2.4 is. */
final class FakePriceShop implements ScopeConfigInterface, StoreManagerInterface, TimezoneInterface
{
    public bool $isGlobal = true;
    /** @var array<string, FakeData> by code */
    public array $websites;
    /** @var list<string> SKUs that may have prices of their own */
    public array $skus = ['A', 'B', '100'];
    /** @var list<string> SKUs whose prices break a plugin */
    public array $breaks = [];
    /** @var array<int, string> SKUs by place in the list of prices, that an earlier call refused and did not report */
    public array $leftOver = [];
    /** @var list<string> calls that changed something, with the number of prices */
    public array $calls = [];
    /** @var array<string, string> by store and SKU */
    public array $base = [];
    /** @var array<string, string> by store and SKU */
    public array $costs = [];
    /** @var array<string, array{string, string|null, string|null}> price and days by store and SKU */
    public array $special = [];
    /** @var array<string, array{string|null, string|null}> days without a price, which no service shows, by store and SKU */
    public array $days = [];
    /** @var array<string, array{string, string}> price and type, by website, group, quantity and SKU */
    public array $tiers = [];

    public function __construct()
    {
        $this->websites = [
            'admin' => new FakeData(['Code' => 'admin', 'Id' => '0', 'StoreIds' => [0], 'BaseCurrencyCode' => 'USD']),
            'us' => new FakeData(['Code' => 'us', 'Id' => '1', 'StoreIds' => ['1' => '1', '2' => '2'], 'BaseCurrencyCode' => 'USD']),
            'eu' => new FakeData(['Code' => 'eu', 'Id' => '2', 'StoreIds' => ['3' => '3'], 'BaseCurrencyCode' => 'EUR']),
        ];
    }

    public function getWebsite(string $code): FakeData
    {
        return $this->websites[$code] ?? throw new NoSuchEntityException("no website {$code}");
    }

    /** @return list<FakeData> */
    public function getWebsites(): array
    {
        $one = static fn (FakeData $website): FakeData => new FakeData([...$website->values, 'BaseCurrencyCode' => 'USD']);
        $all = array_values(array_diff_key($this->websites, ['admin' => true]));
        return $this->isGlobal ? array_map($one, $all) : $all;
    }

    public function getValue(string $path): ?string
    {
        return $path === 'catalog/price/scope' ? ($this->isGlobal ? '0' : '1') : null;
    }

    public function getConfigTimezone($scopeType = null, $scopeCode = null): string
    {
        return $scopeCode === 3 ? 'Europe/Berlin' : 'America/New_York';
    }

    /** @param string[] $skus */
    public function checkSkus(array $skus): void
    {
        $unknown = array_diff($skus, $this->skus);
        if ($unknown !== []) {
            throw new NoSuchEntityException('Requested products don\'t exist: ' . implode(', ', $unknown));
        }
    }

    public function isSku(FakePriceData $price): bool
    {
        if (in_array($price->getSku(), $this->breaks, true)) {
            throw new LocalizedException('a plugin breaks');
        }
        return in_array($price->getSku(), $this->skus, true);
    }

    public function isStore(mixed $id): bool
    {
        $stores = array_merge(...array_map(static fn (FakeData $one): array => array_values($one->getStoreIds()), array_values($this->websites)));
        return in_array((string) $id, array_map('strval', $stores), true);
    }

    /** @param array<string, mixed> $parameters */
    public static function refusal(string $message, array $parameters): FakePriceData
    {
        return (new FakePriceData())->setMessage($message)->setParameters($parameters);
    }
}
