<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Api;

use Waldstream\Feeds\Model\StagedRow;

/** Writes rows of one feed into the shop. Writing a row again changes nothing. */
interface RowWriterInterface
{
    /**
     * Write rows. An error of one row fails that row; an error that is thrown fails all that have no result yet.
     *
     * @param StagedRow[] $rows each of another key
     * @param RowNotesInterface $notes each row ends there, right after it is written
     * @return void
     */
    public function write(array $rows, RowNotesInterface $notes): void;
}
