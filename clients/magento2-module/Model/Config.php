<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Model;

use Magento\Framework\App\Config\ScopeConfigInterface;
use Magento\Framework\Encryption\EncryptorInterface;
use Waldstream\Feeds\Model\Price\PriceSettings;
use Waldstream\Feeds\Model\Price\PriceWebsites;

/** The configuration of the module. */
class Config
{
    public const FEEDS = ['products', 'inventory', 'prices', 'images'];

    /**
     * Constructor.
     *
     * @param ScopeConfigInterface $config
     * @param EncryptorInterface $encryptor
     */
    public function __construct(
        private readonly ScopeConfigInterface $config,
        private readonly EncryptorInterface $encryptor,
    ) {
    }

    /**
     * Address of the API, without "/v1".
     *
     * @return string
     */
    public function address(): string
    {
        return rtrim($this->text('api/address'), '/');
    }

    /**
     * Key of the API. It is stored encrypted by the field of system.xml; config.xml must not name the same backend
     * model, or Magento decrypts the value before this method does.
     *
     * @return string|null null: none
     */
    public function key(): ?string
    {
        $stored = $this->text('api/key');
        return $stored === '' ? null : $this->encryptor->decrypt($stored);
    }

    /**
     * Hosts of pictures that may have addresses of a private network.
     *
     * @return string[]
     */
    public function imageHosts(): array
    {
        $hosts = preg_split('~[\s,]+~', strtolower($this->text('images/hosts')), -1, PREG_SPLIT_NO_EMPTY);
        return $hosts === false ? [] : $hosts;
    }

    /**
     * Id of the connection.
     *
     * @return string
     */
    public function connection(): string
    {
        return $this->text('api/connection');
    }

    /**
     * Whether a feed is pulled.
     *
     * @param string $feed
     * @return bool
     */
    public function isPulled(string $feed): bool
    {
        return $this->isSet("feeds/{$feed}") && $this->address() !== '' && $this->connection() !== '';
    }

    /**
     * Rows per page.
     *
     * @return int
     */
    public function pageRows(): int
    {
        return min(1000, $this->number('bounds/page_rows', 500));
    }

    /**
     * Pages per run.
     *
     * @return int
     */
    public function pages(): int
    {
        return $this->number('bounds/pages', 200);
    }

    /**
     * Seconds per run.
     *
     * @return int
     */
    public function seconds(): int
    {
        return $this->number('bounds/seconds', 240);
    }

    /**
     * Rows that are written at once.
     *
     * @return int
     */
    public function batchRows(): int
    {
        return $this->number('bounds/batch_rows', 100);
    }

    /**
     * Attributes of the feed to attributes of Magento.
     *
     * @return MapLines
     */
    public function attributeMap(): MapLines
    {
        return new MapLines($this->text('products/attribute_map'));
    }

    /**
     * Whether products of unknown SKUs are created.
     *
     * @return bool
     */
    public function createsProducts(): bool
    {
        return $this->isSet('products/create');
    }

    /**
     * Attribute set of new products.
     *
     * @return int
     */
    public function attributeSet(): int
    {
        return $this->number('products/attribute_set', 4);
    }

    /**
     * Locations of the vendor to source codes. The map names every source: of one that it does not name, what is
     * no longer in the feed could not be set to zero.
     *
     * @return MapLines
     * @throws WrongConfiguration for "*" as a source code
     */
    public function stockSources(): MapLines
    {
        $map = new MapLines($this->text('stock/sources'));
        if (in_array('*', $map->values(), true)) {
            throw new WrongConfiguration(__(
                'Sources: "*" is not a source code. Give each location a line with the code of its source.'
            ));
        }
        return $map;
    }

    /**
     * Which level of the feed becomes which price, and for which websites.
     *
     * @param PriceWebsites $shop
     * @return PriceSettings
     * @throws WrongConfiguration
     */
    public function prices(PriceWebsites $shop): PriceSettings
    {
        $levels = new MapLines($this->text('prices/levels'));
        $currencies = new MapLines($this->text('prices/currencies'));
        return new PriceSettings($levels, $currencies, $shop, $this->isSet('prices/cost'));
    }

    /**
     * Whether orders are pushed.
     *
     * @return bool
     */
    public function pushesOrders(): bool
    {
        return $this->isSet('orders/push') && $this->address() !== '';
    }

    /**
     * Id of this shop in Waldstream.
     *
     * @return string
     */
    public function orderSource(): string
    {
        return $this->text('orders/source');
    }

    /**
     * A text of the configuration.
     *
     * @param string $path
     * @return string
     */
    private function text(string $path): string
    {
        return trim((string) $this->config->getValue("waldstream/{$path}"));
    }

    /**
     * A number of the configuration.
     *
     * @param string $path
     * @param int $usual where there is none
     * @return int
     */
    private function number(string $path, int $usual): int
    {
        $number = (int) $this->text($path);
        return $number > 0 ? $number : $usual;
    }

    /**
     * A flag of the configuration.
     *
     * @param string $path
     * @return bool
     */
    private function isSet(string $path): bool
    {
        return $this->config->isSetFlag("waldstream/{$path}");
    }
}
