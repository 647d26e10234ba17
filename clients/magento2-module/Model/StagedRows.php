<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Model;

use Magento\Framework\App\ResourceConnection;

/** The rows of a feed that are to be written to the shop. */
class StagedRows
{
    private const MOST_ATTEMPTS = 10;
    /** Seconds after the first failure; it doubles with each. */
    private const FIRST_WAIT = 60;
    private const MOST_WAIT = 21_600;

    /**
     * Constructor.
     *
     * @param ResourceConnection $resource
     */
    public function __construct(private readonly ResourceConnection $resource)
    {
    }

    /**
     * The next rows to be written.
     *
     * @param string $feed connection and feed
     * @param int $limit
     * @param int $now seconds since 1970
     * @return StagedRow[]
     */
    public function next(string $feed, int $limit, int $now): array
    {
        $query = 'SELECT row_key, sku, content, digest, gone, disabled, attempts FROM ' . $this->table()
            . ' WHERE feed = ? AND status = ' . RowStatus::PENDING . ' AND next_attempt_at <= ?'
            . ' ORDER BY next_attempt_at, row_id LIMIT ' . $limit;
        $rows = $this->resource->getConnection()->fetchAll($query, [$feed, $now]);
        return array_map(static function (array $item): StagedRow {
            $row = json_decode($item['content'], true, 512, JSON_THROW_ON_ERROR);
            return new StagedRow(
                (string) $item['row_key'],
                (string) $item['sku'],
                $row['source'],
                $row['deleted'] || (int) $item['gone'] === 1,
                $row['data'],
                $item['digest'],
                (int) $item['disabled'] === 1,
                (int) $item['attempts'],
            );
        }, $rows);
    }

    /**
     * Note what became of a row, unless another content came meanwhile.
     *
     * @param string $feed
     * @param StagedRow $row
     * @param RowResult $result
     * @param int $now
     * @return void
     */
    public function note(string $feed, StagedRow $row, RowResult $result, int $now): void
    {
        $attempts = $row->attempts + 1;
        $wait = min(self::MOST_WAIT, self::FIRST_WAIT * 2 ** ($attempts - 1));
        $values = $result->error === null
            ? ['status' => RowStatus::WRITTEN, 'disabled' => (int) $result->disabled, 'attempts' => 0, 'error' => null]
            : [
                'status' => $attempts < self::MOST_ATTEMPTS ? RowStatus::PENDING : RowStatus::FAILED,
                'attempts' => $attempts,
                'next_attempt_at' => $now + $wait,
                'error' => mb_substr($result->error, 0, 1000),
            ];
        $where = ['feed = ?' => $feed, 'row_key = ?' => $row->key, 'digest = ?' => $row->digest];
        $this->resource->getConnection()->update($this->table(), $values, $where);
    }

    /**
     * Let every row that failed be written with the next run.
     *
     * @param string $feed
     * @return int rows
     */
    public function retry(string $feed): int
    {
        $values = ['status' => RowStatus::PENDING, 'attempts' => 0, 'next_attempt_at' => 0];
        $where = ['feed = ?' => $feed, 'error IS NOT NULL', 'status != ?' => RowStatus::WRITTEN];
        return $this->resource->getConnection()->update($this->table(), $values, $where);
    }

    /**
     * Rows by status.
     *
     * @param string $feed
     * @return array<int, int>
     */
    public function counts(string $feed): array
    {
        $query = 'SELECT status, COUNT(*) FROM ' . $this->table() . ' WHERE feed = ? GROUP BY status';
        return array_map('intval', $this->resource->getConnection()->fetchPairs($query, [$feed]));
    }

    /**
     * Name of the table.
     *
     * @return string
     */
    private function table(): string
    {
        return $this->resource->getTableName('waldstream_row');
    }
}
