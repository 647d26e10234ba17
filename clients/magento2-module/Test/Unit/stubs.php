<?php

/**
 * What the module uses of Magento, where Magento is not installed. Most interfaces of data are empty: the tests' fakes
 * answer any getter. Those of prices have Magento's own methods.
 */

declare(strict_types=1);

namespace {
    class Zend_Db_Expr
    {
        public function __construct(public readonly string $text)
        {
        }
    }

    function __(string $text, mixed ...$values): string
    {
        foreach ($values as $index => $value) {
            $text = str_replace('%' . ($index + 1), (string) $value, $text);
        }
        return $text;
    }
}

namespace Magento\Framework\Exception {
    class LocalizedException extends \Exception
    {
    }
    class NoSuchEntityException extends LocalizedException
    {
    }
}

namespace Magento\Framework\Data {
    interface OptionSourceInterface
    {
        public function toOptionArray();
    }
}

namespace Magento\Framework {
    interface UrlInterface
    {
        public const URL_TYPE_MEDIA = 'media';
    }
}

namespace Magento\Framework\DB\Adapter {
    interface AdapterInterface
    {
    }
}

namespace Magento\Framework\App {
    class ResourceConnection
    {
        public function __construct(private readonly \Magento\Framework\DB\Adapter\AdapterInterface $db)
        {
        }

        public function getConnection(): \Magento\Framework\DB\Adapter\AdapterInterface
        {
            return $this->db;
        }

        public function getTableName(string $name): string
        {
            return $name;
        }
    }
}

namespace Magento\Framework\App\Config {
    interface ScopeConfigInterface
    {
    }
}

namespace Magento\Framework\Encryption {
    interface EncryptorInterface
    {
    }
}

namespace Magento\Framework\Lock {
    interface LockManagerInterface
    {
    }
}

namespace Magento\Framework\Api {
    class SearchCriteriaBuilder
    {
        /** @var array<string, mixed> */
        private array $filters = [];

        public function addFilter(string $field, mixed $value, string $condition = 'eq'): self
        {
            $this->filters[$field] = $value;
            return $this;
        }

        /** @return array<string, mixed> */
        public function create(): array
        {
            $filters = $this->filters;
            $this->filters = [];
            return $filters;
        }
    }
}

namespace Magento\Framework\Api\Data {
    interface ImageContentInterface
    {
    }
    class ImageContentInterfaceFactory extends \Waldstream\Feeds\Test\Unit\FakeFactory
    {
    }
}

namespace Magento\Framework\HTTP\Client {
    class CurlFactory extends \Waldstream\Feeds\Test\Unit\FakeFactory
    {
    }
}

namespace Magento\Framework\Stdlib\DateTime {
    interface TimezoneInterface
    {
        public function getConfigTimezone($scopeType = null, $scopeCode = null);
    }
}

namespace Magento\Store\Model {
    interface ScopeInterface
    {
        public const SCOPE_STORE = 'store';
    }
    class Store
    {
        public const DEFAULT_STORE_ID = 0;
    }
    interface StoreManagerInterface
    {
    }
}

namespace Magento\Catalog\Model\Indexer\Product\Price {
    class Processor
    {
        public function reindexList($ids, $forceReindex = false): void
        {
        }
    }
}

namespace Magento\Catalog\Api\Data {
    interface ProductInterface
    {
    }
    class ProductInterfaceFactory extends \Waldstream\Feeds\Test\Unit\FakeFactory
    {
    }
    interface ProductAttributeMediaGalleryEntryInterface
    {
    }
    class ProductAttributeMediaGalleryEntryInterfaceFactory extends \Waldstream\Feeds\Test\Unit\FakeFactory
    {
    }
    interface BasePriceInterface
    {
        public function setPrice($price);
        public function getPrice();
        public function setStoreId($storeId);
        public function getStoreId();
        public function setSku($sku);
        public function getSku();
    }
    class BasePriceInterfaceFactory extends \Waldstream\Feeds\Test\Unit\FakeFactory
    {
    }
    interface SpecialPriceInterface
    {
        public function setPrice($price);
        public function getPrice();
        public function setStoreId($storeId);
        public function getStoreId();
        public function setSku($sku);
        public function getSku();
        public function setPriceFrom($datetime);
        public function getPriceFrom();
        public function setPriceTo($datetime);
        public function getPriceTo();
    }
    class SpecialPriceInterfaceFactory extends \Waldstream\Feeds\Test\Unit\FakeFactory
    {
    }
    interface TierPriceInterface
    {
        public const PRICE_TYPE_FIXED = 'fixed';
        public const PRICE_TYPE_DISCOUNT = 'discount';

        public function setPrice($price);
        public function getPrice();
        public function setPriceType($type);
        public function getPriceType();
        public function setWebsiteId($websiteId);
        public function getWebsiteId();
        public function setSku($sku);
        public function getSku();
        public function setCustomerGroup($group);
        public function getCustomerGroup();
        public function setQuantity($quantity);
        public function getQuantity();
    }
    class TierPriceInterfaceFactory extends \Waldstream\Feeds\Test\Unit\FakeFactory
    {
    }
    interface CostInterface
    {
        public function setCost($cost);
        public function getCost();
        public function setStoreId($storeId);
        public function getStoreId();
        public function setSku($sku);
        public function getSku();
    }
    class CostInterfaceFactory extends \Waldstream\Feeds\Test\Unit\FakeFactory
    {
    }
    interface PriceUpdateResultInterface
    {
        public function getMessage();
        public function setMessage($message);
        public function getParameters();
        public function setParameters(array $parameters);
    }
}

namespace Magento\Catalog\Api {
    interface ProductRepositoryInterface
    {
    }
    interface ProductAttributeRepositoryInterface
    {
    }
    interface ProductAttributeMediaGalleryManagementInterface
    {
    }
    interface BasePriceStorageInterface
    {
        public function get(array $skus);
        public function update(array $prices);
    }
    interface SpecialPriceStorageInterface
    {
        public function get(array $skus);
        public function update(array $prices);
        public function delete(array $prices);
    }
    interface TierPriceStorageInterface
    {
        public function get(array $skus);
        public function update(array $prices);
        public function replace(array $prices);
        public function delete(array $prices);
    }
    interface CostStorageInterface
    {
        public function get(array $skus);
        public function update(array $prices);
        public function delete(array $skus);
    }
}

namespace Magento\Catalog\Model\Product {
    class Type
    {
        public const TYPE_SIMPLE = 'simple';
    }
    class Visibility
    {
        public const VISIBILITY_BOTH = 4;
    }
}

namespace Magento\Catalog\Model\Product\Attribute\Source {
    class Status
    {
        public const STATUS_ENABLED = 1;
        public const STATUS_DISABLED = 2;
    }
}

namespace Magento\InventoryApi\Api\Data {
    interface SourceItemInterface
    {
        public const SKU = 'sku';
        public const SOURCE_CODE = 'source_code';
        public const STATUS_IN_STOCK = 1;
        public const STATUS_OUT_OF_STOCK = 0;
    }
    class SourceItemInterfaceFactory extends \Waldstream\Feeds\Test\Unit\FakeFactory
    {
    }
}

namespace Magento\InventoryApi\Api {
    interface SourceItemRepositoryInterface
    {
    }
    interface SourceItemsSaveInterface
    {
    }
}

namespace Magento\Sales\Api\Data {
    interface OrderInterface
    {
    }
    interface OrderItemInterface
    {
    }
    interface OrderAddressInterface
    {
    }
}

namespace Magento\Sales\Api {
    interface OrderRepositoryInterface
    {
    }
}
