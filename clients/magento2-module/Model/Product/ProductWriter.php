<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Model\Product;

use Magento\Catalog\Api\Data\ProductInterface;
use Magento\Catalog\Api\Data\ProductInterfaceFactory;
use Magento\Catalog\Api\ProductRepositoryInterface;
use Magento\Catalog\Model\Product\Attribute\Source\Status;
use Magento\Catalog\Model\Product\Type;
use Magento\Catalog\Model\Product\Visibility;
use Waldstream\Feeds\Api\RowNotesInterface;
use Waldstream\Feeds\Api\RowWriterInterface;
use Waldstream\Feeds\Model\AdminStore;
use Waldstream\Feeds\Model\Config;
use Waldstream\Feeds\Model\RowResult;
use Waldstream\Feeds\Model\StagedRow;

/**
 * Writes products. The products of a batch are read in one request, and only those that differ are saved, with
 * nothing but what differs. A deleted row disables the product, and a product without a price is created disabled;
 * a later row enables it if this module disabled it and it has a price by then.
 */
class ProductWriter implements RowWriterInterface
{
    /**
     * Constructor.
     *
     * @param Config $config
     * @param ProductRepositoryInterface $products
     * @param ProductInterfaceFactory $factory
     * @param KnownProducts $known
     * @param ProductChanges $changes
     * @param AdminStore $store
     */
    public function __construct(
        private readonly Config $config,
        private readonly ProductRepositoryInterface $products,
        private readonly ProductInterfaceFactory $factory,
        private readonly KnownProducts $known,
        private readonly ProductChanges $changes,
        private readonly AdminStore $store,
    ) {
    }

    /**
     * @inheritdoc
     */
    public function write(array $rows, RowNotesInterface $notes): void
    {
        $this->store->in(function () use ($rows, $notes): void {
            $known = $this->known->of($rows);
            foreach ($rows as $row) {
                $notes->begin([$row]);
                try {
                    $result = $this->writeRow($row, $known[mb_strtolower($row->sku)] ?? null, $notes);
                } catch (\Throwable $error) {
                    $result = RowResult::failed($error->getMessage());
                }
                $notes->end($row, $result);
            }
        });
    }

    /**
     * Write one row.
     *
     * @param StagedRow $row
     * @param ProductInterface|null $product null: there is none
     * @param RowNotesInterface $notes
     * @return RowResult
     */
    private function writeRow(StagedRow $row, ?ProductInterface $product, RowNotesInterface $notes): RowResult
    {
        if ($row->deleted) {
            return $this->disable($row, $product, $notes);
        }
        if ($product === null && !$this->config->createsProducts()) {
            return RowResult::withoutProduct($row->sku);
        }
        $values = $this->changes->valuesOf($row->data, $this->config->attributeMap());
        $changes = $this->changes->of($values, $product);
        $isPriced = isset($values['price']) || (float) $product?->getPrice() > 0;
        $isOff = $product === null || ($row->disabled && (int) $product->getStatus() === Status::STATUS_DISABLED);
        if ($isOff && !$isPriced) {
            unset($changes['status']);
        } elseif ($isOff && !isset($values['status'])) {
            $changes['status'] = (string) Status::STATUS_ENABLED;
        }
        if ($product === null || $changes !== []) {
            $this->save($row, $product, $changes);
        }
        return RowResult::written($isOff && !$isPriced);
    }

    /**
     * Save what differs of a product, or a new one.
     *
     * @param StagedRow $row
     * @param ProductInterface|null $product null: there is none
     * @param array<string, string|null> $changes by attribute
     * @return void
     */
    private function save(StagedRow $row, ?ProductInterface $product, array $changes): void
    {
        $saved = $this->factory->create();
        $saved->setSku($product?->getSku() ?? $row->sku);
        if ($product === null) {
            $saved->setName($row->sku);
            $saved->setAttributeSetId($this->config->attributeSet());
            $saved->setTypeId(Type::TYPE_SIMPLE);
            $saved->setStatus(Status::STATUS_DISABLED);
            $saved->setVisibility(Visibility::VISIBILITY_BOTH);
            $saved->setPrice(0.0);
        }
        $this->changes->apply($saved, $changes);
        $this->products->save($saved);
    }

    /**
     * Disable the product of a deleted row.
     *
     * @param StagedRow $row
     * @param ProductInterface|null $product
     * @param RowNotesInterface $notes
     * @return RowResult
     */
    private function disable(StagedRow $row, ?ProductInterface $product, RowNotesInterface $notes): RowResult
    {
        if ($product === null) {
            return RowResult::written();
        }
        if ((int) $product->getStatus() === Status::STATUS_DISABLED) {
            return RowResult::written($row->disabled);
        }
        $notes->disabling($row);
        $saved = $this->factory->create();
        $saved->setSku($product->getSku());
        $saved->setStatus(Status::STATUS_DISABLED);
        $this->products->save($saved);
        return RowResult::written(true);
    }
}
