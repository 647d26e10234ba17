<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Test\Unit;

use Waldstream\Feeds\Api\RowNotesInterface;
use Waldstream\Feeds\Model\RowResult;
use Waldstream\Feeds\Model\StagedRow;

/** Keeps what a writer notes, in one list with what it asks of the shop. */
final class FakeNotes implements RowNotesInterface
{
    /** @var array<string, RowResult> by key of the row */
    public array $results = [];

    public function __construct(private readonly FakeShop $shop)
    {
    }

    public function begin(array $rows): void
    {
        $this->shop->events[] = 'begin ' . implode(', ', array_map(static fn (StagedRow $row): string => $row->sku, $rows));
    }

    public function disabling(StagedRow $row): void
    {
        $this->shop->events[] = "disabling {$row->sku}";
    }

    public function end(StagedRow $row, RowResult $result): void
    {
        $this->shop->events[] = "end {$row->sku}";
        $this->results[$row->key] = $result;
    }
}
