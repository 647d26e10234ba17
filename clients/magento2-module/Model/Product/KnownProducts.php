<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Model\Product;

use Magento\Catalog\Api\Data\ProductInterface;
use Magento\Catalog\Api\ProductRepositoryInterface;
use Magento\Framework\Api\SearchCriteriaBuilder;
use Waldstream\Feeds\Model\StagedRow;

/** Products of the catalog, many in one request. */
class KnownProducts
{
    /**
     * Constructor.
     *
     * @param ProductRepositoryInterface $products
     * @param SearchCriteriaBuilder $criteria
     */
    public function __construct(
        private readonly ProductRepositoryInterface $products,
        private readonly SearchCriteriaBuilder $criteria,
    ) {
    }

    /**
     * The products of rows. The catalog does not tell upper from lower case in SKUs.
     *
     * @param StagedRow[] $rows
     * @return array<string, ProductInterface> by the SKU in lower case
     */
    public function of(array $rows): array
    {
        $skus = array_values(array_unique(array_map(static fn (StagedRow $row): string => $row->sku, $rows)));
        $criteria = $this->criteria->addFilter('sku', $skus, 'in')->create();
        $found = [];
        foreach ($this->products->getList($criteria)->getItems() as $product) {
            $found[mb_strtolower($product->getSku())] = $product;
        }
        return $found;
    }
}
