<?php

/**
 * What the module uses of Magento, where Magento is not installed. Interfaces of data are empty: the tests' fakes
 * answer any getter.
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

namespace Magento\Store\Model {
    class Store
    {
        public const DEFAULT_STORE_ID = 0;
    }
    interface StoreManagerInterface
    {
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
