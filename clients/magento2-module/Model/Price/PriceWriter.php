<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Model\Price;

use Magento\Catalog\Model\Indexer\Product\Price\Processor;
use Waldstream\Feeds\Api\RowNotesInterface;
use Waldstream\Feeds\Api\RowWriterInterface;
use Waldstream\Feeds\Model\Config;
use Waldstream\Feeds\Model\Product\KnownProducts;
use Waldstream\Feeds\Model\RowResult;
use Waldstream\Feeds\Model\StagedRow;

/**
 * Writes prices through Magento's price services, those of a batch that differ in one call for each kind. Parts of a
 * row that are refused do not hold up the others, of this row or another. A row whose prices change by themselves at
 * some time is written again then.
 */
class PriceWriter implements RowWriterInterface
{
    /**
     * Constructor.
     *
     * @param Config $config
     * @param KnownProducts $products
     * @param PriceWebsites $websites
     * @param PlanPrices $plans
     * @param BasePrices $base
     * @param TierPrices $tiers
     * @param SpecialPrices $specials
     * @param Costs $costs
     * @param Processor $index
     */
    public function __construct(
        private readonly Config $config,
        private readonly KnownProducts $products,
        private readonly PriceWebsites $websites,
        private readonly PlanPrices $plans,
        private readonly BasePrices $base,
        private readonly TierPrices $tiers,
        private readonly SpecialPrices $specials,
        private readonly Costs $costs,
        private readonly Processor $index,
    ) {
    }

    /**
     * @inheritdoc
     */
    public function write(array $rows, RowNotesInterface $notes): void
    {
        $settings = $this->config->prices($this->websites);
        $products = $this->products->of($rows);
        [$together, $apart] = [[], []];
        foreach ($rows as $row) {
            $product = $products[mb_strtolower($row->sku)] ?? null;
            if ($product === null) {
                $notes->end($row, $row->deleted ? RowResult::written() : RowResult::withoutProduct($row->sku));
                continue;
            }
            try {
                $id = (int) $product->getId();
                $plan = $this->plans->of($row, $id, $product->getSku(), $settings, time());
            } catch (\Throwable $error) {
                $notes->end($row, RowResult::failed($error->getMessage()));
                continue;
            }
            if ($row->attempts === 0) {
                $together[] = [$row, $plan];
            } else {
                $apart[] = [$row, $plan];
            }
        }
        if (!$this->writeTogether($together, $notes)) {
            $apart = array_merge($together, $apart);
        }
        foreach ($apart as [$row, $plan]) {
            $notes->begin([$row]);
            $notes->end($row, $this->writeOne($plan));
        }
    }

    /**
     * Write the prices of several rows.
     *
     * @param array<int, array{StagedRow, PricePlan}> $planned
     * @param RowNotesInterface $notes
     * @return bool false: something failed that is of no row, and the rows have no result yet
     */
    private function writeTogether(array $planned, RowNotesInterface $notes): bool
    {
        $notes->begin(array_column($planned, 0));
        try {
            $failures = $this->save(array_column($planned, 1));
        } catch (\Throwable) {
            return false;
        }
        foreach ($planned as [$row, $plan]) {
            $notes->end($row, self::result($plan, $failures));
        }
        return true;
    }

    /**
     * Write the prices of one row.
     *
     * @param PricePlan $plan
     * @return RowResult
     */
    private function writeOne(PricePlan $plan): RowResult
    {
        try {
            return self::result($plan, $this->save([$plan]));
        } catch (\Throwable $error) {
            return RowResult::failed($error->getMessage(), $plan->dueAt);
        }
    }

    /**
     * Save prices of all kinds, and bring the price index up to date. Where the index is updated by schedule, Magento
     * does that later.
     *
     * @param PricePlan[] $plans
     * @return array<string, string[]> what was refused, by SKU in lower case
     */
    private function save(array $plans): array
    {
        $failures = [];
        try {
            foreach ([$this->base, $this->tiers, $this->specials, $this->costs] as $kind) {
                $failures = PriceFailures::both($failures, $kind->save($plans));
            }
        } finally {
            $changed = array_filter($plans, static fn (PricePlan $plan): bool => $plan->isToIndex);
            $ids = array_values(array_map(static fn (PricePlan $plan): int => $plan->product, $changed));
            if ($ids !== []) {
                $this->index->reindexList($ids);
            }
        }
        return $failures;
    }

    /**
     * What became of a row.
     *
     * @param PricePlan $plan
     * @param array<string, string[]> $failures by SKU in lower case
     * @return RowResult
     */
    private static function result(PricePlan $plan, array $failures): RowResult
    {
        $errors = array_unique([...$plan->refused, ...$failures[mb_strtolower($plan->sku)] ?? []]);
        return $errors === []
            ? RowResult::written(dueAt: $plan->dueAt)
            : RowResult::failed(implode(' ', $errors), $plan->dueAt);
    }
}
