<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Model\Price;

use Magento\Framework\App\Config\ScopeConfigInterface;
use Magento\Framework\Exception\LocalizedException;
use Magento\Framework\Stdlib\DateTime\TimezoneInterface;
use Magento\Store\Model\ScopeInterface;
use Magento\Store\Model\Store;
use Magento\Store\Model\StoreManagerInterface;
use Waldstream\Feeds\Model\WrongConfiguration;

/** Websites of the shop by their codes. */
class PriceWebsites
{
    private const SCOPE_GLOBAL = 0;

    /**
     * Constructor.
     *
     * @param StoreManagerInterface $stores
     * @param ScopeConfigInterface $config
     * @param TimezoneInterface $time
     */
    public function __construct(
        private readonly StoreManagerInterface $stores,
        private readonly ScopeConfigInterface $config,
        private readonly TimezoneInterface $time,
    ) {
    }

    /**
     * The website of a code; "admin" stands for all websites.
     *
     * @param string $code
     * @return PriceWebsite
     * @throws WrongConfiguration for a code that does not exist, and for one that cannot have prices of its own
     */
    public function of(string $code): PriceWebsite
    {
        try {
            $website = $this->stores->getWebsite($code);
        } catch (LocalizedException) {
            throw new WrongConfiguration(__(
                'Websites of currencies: there is no website "%1". Give the code of a website, or admin for all.',
                $code
            ));
        }
        $id = (int) $website->getId();
        if ($id !== 0 && (int) $this->config->getValue('catalog/price/scope') === self::SCOPE_GLOBAL) {
            throw new WrongConfiguration(__(
                'Websites of currencies: "%1" cannot have prices of its own, because the catalog price scope is'
                . ' Global. Use admin, or set Catalog > Price > Catalog Price Scope to Website.',
                $code
            ));
        }
        $stores = $id === 0 ? [Store::DEFAULT_STORE_ID] : array_map('intval', array_values($website->getStoreIds()));
        $zones = [];
        foreach ($stores as $store) {
            $zones[$store] = $this->time->getConfigTimezone(ScopeInterface::SCOPE_STORE, $store);
        }
        return new PriceWebsite($id, $code, (string) $website->getBaseCurrencyCode(), $zones);
    }

    /**
     * Check that prices of all websites are in the currency of each. Magento takes them as they are for a website of
     * another base currency, unless it has prices of its own.
     *
     * @param array<string, PriceWebsite> $named by code
     * @return void
     * @throws WrongConfiguration
     */
    public function checkAll(array $named): void
    {
        foreach ($named as $all) {
            foreach ($all->id === 0 ? $this->stores->getWebsites() : [] as $website) {
                [$code, $currency] = [(string) $website->getCode(), (string) $website->getBaseCurrencyCode()];
                if ($currency !== $all->currency && !isset($named[$code])) {
                    throw new WrongConfiguration(__(
                        'Websites of currencies: "%1" is all websites, but the base currency of "%2" is %3, not %4.'
                        . ' Name the websites of each currency, for example "%3 = %2".',
                        $all->code,
                        $code,
                        $currency,
                        $all->currency
                    ));
                }
            }
        }
    }
}
