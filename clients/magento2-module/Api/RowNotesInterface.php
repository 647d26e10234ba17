<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Api;

use Waldstream\Feeds\Model\RowResult;
use Waldstream\Feeds\Model\StagedRow;

/** Where a writer notes what it does with rows, so that a process may die at any time. */
interface RowNotesInterface
{
    /**
     * Rows are about to be written: counts the attempt.
     *
     * @param StagedRow[] $rows
     * @return void
     */
    public function begin(array $rows): void;

    /**
     * The product of a row is about to be disabled.
     *
     * @param StagedRow $row
     * @return void
     */
    public function disabling(StagedRow $row): void;

    /**
     * What became of a row.
     *
     * @param StagedRow $row
     * @param RowResult $result
     * @return void
     */
    public function end(StagedRow $row, RowResult $result): void;
}
