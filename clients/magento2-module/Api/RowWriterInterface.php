<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Api;

use Waldstream\Feeds\Model\RowResult;
use Waldstream\Feeds\Model\StagedRow;

/** Writes rows of one feed into the shop. Writing a row again changes nothing. */
interface RowWriterInterface
{
    /**
     * Write rows.
     *
     * @param StagedRow[] $rows each of another key
     * @return RowResult[] by the key of the row, one for each
     */
    public function write(array $rows): array;
}
