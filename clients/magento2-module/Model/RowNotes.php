<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Model;

use Waldstream\Feeds\Api\RowNotesInterface;

/** Notes of one batch, in the staging table and in the report of the pull. */
class RowNotes implements RowNotesInterface
{
    /** @var array<int|string, true> by key of the row */
    private array $ended = [];

    /**
     * Constructor.
     *
     * @param StagedRows $rows
     * @param string $feed connection and feed
     * @param PullReport $report
     */
    public function __construct(
        private readonly StagedRows $rows,
        private readonly string $feed,
        private readonly PullReport $report,
    ) {
    }

    /**
     * @inheritdoc
     */
    public function begin(array $rows): void
    {
        $this->rows->begin($this->feed, $rows, time());
    }

    /**
     * @inheritdoc
     */
    public function disabling(StagedRow $row): void
    {
        $this->rows->disabling($this->feed, $row);
    }

    /**
     * @inheritdoc
     */
    public function end(StagedRow $row, RowResult $result): void
    {
        $this->rows->note($this->feed, $row, $result, time());
        $this->ended[$row->key] = true;
        if ($result->error === null) {
            $this->report->written += 1;
        } else {
            $this->report->failed += 1;
        }
    }

    /**
     * Fail the rows that have no result yet.
     *
     * @param StagedRow[] $rows
     * @param string $error
     * @return void
     */
    public function failOthers(array $rows, string $error): void
    {
        foreach ($rows as $row) {
            if (!isset($this->ended[$row->key])) {
                $this->end($row, RowResult::failed($error));
            }
        }
    }
}
