<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Test\Unit;

use Magento\Catalog\Model\Indexer\Product\Price\Processor;

/** The price index of a shop that updates it on save. Only tier prices update it by themselves. */
final class FakePriceIndex extends Processor
{
    /** @var list<int> ids of products, as they were updated */
    public array $ids = [];

    public function reindexList($ids, $forceReindex = false): void
    {
        array_push($this->ids, ...$ids);
    }
}
