<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Model\Stock;

use Magento\Framework\Api\SearchCriteriaBuilder;
use Magento\InventoryApi\Api\Data\SourceItemInterface;
use Magento\InventoryApi\Api\Data\SourceItemInterfaceFactory;
use Magento\InventoryApi\Api\SourceItemRepositoryInterface;
use Magento\InventoryApi\Api\SourceItemsSaveInterface;
use Waldstream\Feeds\Api\RowNotesInterface;
use Waldstream\Feeds\Api\RowWriterInterface;
use Waldstream\Feeds\Model\Config;
use Waldstream\Feeds\Model\Product\KnownProducts;
use Waldstream\Feeds\Model\RowResult;
use Waldstream\Feeds\Model\StagedRow;

/**
 * Writes stock as source items: absolute levels, those of a batch that differ in one call; a row that failed before
 * is saved by itself, so that it does not fail others again. What the row no longer
 * names, and all of a deleted row, becomes zero in the sources of the map. A row that is not in stock keeps its
 * quantities, and all its source items are out of stock.
 */
class StockWriter implements RowWriterInterface
{
    /**
     * Constructor.
     *
     * @param Config $config
     * @param SourceItemRepositoryInterface $items
     * @param SourceItemsSaveInterface $save
     * @param SourceItemInterfaceFactory $factory
     * @param SearchCriteriaBuilder $criteria
     * @param KnownProducts $products
     * @param SourceLevels $levels
     */
    public function __construct(
        private readonly Config $config,
        private readonly SourceItemRepositoryInterface $items,
        private readonly SourceItemsSaveInterface $save,
        private readonly SourceItemInterfaceFactory $factory,
        private readonly SearchCriteriaBuilder $criteria,
        private readonly KnownProducts $products,
        private readonly SourceLevels $levels,
    ) {
    }

    /**
     * @inheritdoc
     */
    public function write(array $rows, RowNotesInterface $notes): void
    {
        $sources = $this->config->stockSources();
        $products = $this->products->of($rows);
        $wanted = [];
        foreach ($rows as $row) {
            $sku = ($products[mb_strtolower($row->sku)] ?? null)?->getSku();
            if ($sku === null) {
                $notes->end($row, $row->deleted ? RowResult::written() : RowResult::withoutProduct($row->sku));
                continue;
            }
            try {
                $levels = $this->levels->of($row, $sources);
            } catch (\Throwable $error) {
                $notes->end($row, RowResult::failed($error->getMessage()));
                continue;
            }
            $wanted[] = [$row, $sku, $levels];
        }
        $this->writeLevels($wanted, $notes);
    }

    /**
     * Write levels.
     *
     * @param array<int, array{StagedRow, string, array<string, float>}> $wanted row, SKU, levels by source
     * @param RowNotesInterface $notes
     * @return void
     */
    private function writeLevels(array $wanted, RowNotesInterface $notes): void
    {
        $current = $this->current(array_column($wanted, 1));
        $together = [];
        $apart = [];
        foreach ($wanted as [$row, $sku, $levels]) {
            $change = [$row, $this->changedItems($row, $sku, $levels, $current[$sku] ?? [])];
            if ($row->attempts === 0) {
                $together[] = $change;
            } else {
                $apart[] = $change;
            }
        }
        // One wrong row fails the call: each by itself then shows which.
        if (!$this->saveTogether($together, $notes)) {
            $apart = array_merge($together, $apart);
        }
        foreach ($apart as [$row, $items]) {
            $notes->begin([$row]);
            $notes->end($row, $this->saveOne($items));
        }
    }

    /**
     * Source items of a row that differ from those of the shop.
     *
     * @param StagedRow $row
     * @param string $sku
     * @param array<string, float> $levels by source code
     * @param array<string, SourceItemInterface> $own by source code
     * @return SourceItemInterface[]
     */
    private function changedItems(StagedRow $row, string $sku, array $levels, array $own): array
    {
        $inStock = ($row->data['in_stock'] ?? true) !== false;
        $changed = [];
        foreach ($levels + array_fill_keys(array_keys($own), 0.0) as $code => $level) {
            $item = $own[$code] ?? null;
            $status = self::status($level, $inStock);
            if ($item === null || self::differs($item, $level, $status)) {
                $changed[] = $this->item($sku, (string) $code, $level, $status);
            }
        }
        return $changed;
    }

    /**
     * Save the items of several rows in one call.
     *
     * @param array<int, array{StagedRow, SourceItemInterface[]}> $changes
     * @param RowNotesInterface $notes
     * @return bool false: the call failed, and the rows have no result yet
     */
    private function saveTogether(array $changes, RowNotesInterface $notes): bool
    {
        $notes->begin(array_column($changes, 0));
        try {
            $this->saveAll(array_merge(...array_column($changes, 1)));
        } catch (\Throwable) {
            return false;
        }
        foreach (array_column($changes, 0) as $row) {
            $notes->end($row, RowResult::written());
        }
        return true;
    }

    /**
     * Save the items of one row.
     *
     * @param SourceItemInterface[] $items
     * @return RowResult
     */
    private function saveOne(array $items): RowResult
    {
        try {
            $this->saveAll($items);
            return RowResult::written();
        } catch (\Throwable $error) {
            return RowResult::failed($error->getMessage());
        }
    }

    /**
     * Save items.
     *
     * @param SourceItemInterface[] $items
     * @return void
     */
    private function saveAll(array $items): void
    {
        if ($items !== []) {
            $this->save->execute($items);
        }
    }

    /**
     * Items that the shop has, of sources that the map can name.
     *
     * @param string[] $skus
     * @return array<string, array<string, SourceItemInterface>> by SKU and source code
     */
    private function current(array $skus): array
    {
        if ($skus === []) {
            return [];
        }
        $codes = $this->config->stockSources()->values();
        $criteria = $this->criteria
            ->addFilter(SourceItemInterface::SKU, array_values(array_unique($skus)), 'in')
            ->addFilter(SourceItemInterface::SOURCE_CODE, $codes, 'in')
            ->create();
        $found = [];
        foreach ($this->items->getList($criteria)->getItems() as $item) {
            $found[$item->getSku()][$item->getSourceCode()] = $item;
        }
        return $found;
    }

    /**
     * A source item.
     *
     * @param string $sku
     * @param string $code
     * @param float $level
     * @param int $status
     * @return SourceItemInterface
     */
    private function item(string $sku, string $code, float $level, int $status): SourceItemInterface
    {
        $item = $this->factory->create();
        $item->setSku($sku);
        $item->setSourceCode($code);
        $item->setQuantity($level);
        $item->setStatus($status);
        return $item;
    }

    /**
     * Whether the shop has another level or status.
     *
     * @param SourceItemInterface $item
     * @param float $level
     * @param int $status
     * @return bool
     */
    private static function differs(SourceItemInterface $item, float $level, int $status): bool
    {
        return (float) $item->getQuantity() !== $level || (int) $item->getStatus() !== $status;
    }

    /**
     * Whether a level can be sold.
     *
     * @param float $level
     * @param bool $inStock of the row
     * @return int
     */
    private static function status(float $level, bool $inStock): int
    {
        $isSold = $inStock && $level > 0;
        return $isSold ? SourceItemInterface::STATUS_IN_STOCK : SourceItemInterface::STATUS_OUT_OF_STOCK;
    }
}
