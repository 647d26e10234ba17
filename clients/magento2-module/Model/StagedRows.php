<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Model;

use Magento\Framework\App\ResourceConnection;
use Magento\Framework\DB\Adapter\AdapterInterface;

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
     * Count an attempt before it is made. So rows of a process that dies are also written later and later.
     *
     * @param string $feed
     * @param StagedRow[] $rows
     * @param int $now
     * @return void
     */
    public function begin(string $feed, array $rows, int $now): void
    {
        $keys = [];
        foreach ($rows as $row) {
            $keys[$row->attempts][] = $row->key;
        }
        $db = $this->resource->getConnection();
        self::endTransactions($db);
        foreach ($keys as $attempts => $ofThem) {
            $values = self::failure($attempts + 1, 'the process ended while it wrote this row', $now);
            $db->update($this->table(), $values, ['feed = ?' => $feed, 'row_key IN (?)' => $ofThem]);
        }
    }

    /**
     * Note that the product of a row is disabled by this module, before it is.
     *
     * @param string $feed
     * @param StagedRow $row
     * @return void
     */
    public function disabling(string $feed, StagedRow $row): void
    {
        $where = ['feed = ?' => $feed, 'row_key = ?' => $row->key];
        $this->resource->getConnection()->update($this->table(), ['disabled' => 1], $where);
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
        $db = $this->resource->getConnection();
        if ($result->error === null) {
            $disabled = (int) $result->disabled;
            $status = $result->dueAt === null ? RowStatus::WRITTEN : RowStatus::PENDING;
            $values = ['status' => $status, 'disabled' => $disabled, 'attempts' => 0, 'error' => null];
            if ($result->dueAt !== null) {
                $values['next_attempt_at'] = $result->dueAt;
            }
        } else {
            self::endTransactions($db);
            $values = self::failure($row->attempts + 1, $result->error, $now, $result->dueAt);
        }
        $where = ['feed = ?' => $feed, 'row_key = ?' => $row->key, 'digest = ?' => $row->digest];
        $db->update($this->table(), $values, $where);
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
     * Let all rows be written again, also those that the shop has: what is to be written of them may have changed
     * with the configuration.
     *
     * @param string $feed
     * @return void
     */
    public function again(string $feed): void
    {
        $values = ['status' => RowStatus::PENDING, 'attempts' => 0, 'next_attempt_at' => 0];
        $this->resource->getConnection()->update($this->table(), $values, ['feed = ?' => $feed]);
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
     * Values of a row that failed.
     *
     * @param int $attempts
     * @param string $error
     * @param int $now
     * @param int|null $dueAt it is to be written then, however often it has failed
     * @return array<string, int|string>
     */
    private static function failure(int $attempts, string $error, int $now, ?int $dueAt = null): array
    {
        $isTried = $attempts < self::MOST_ATTEMPTS;
        $next = $now + min(self::MOST_WAIT, self::FIRST_WAIT * 2 ** min($attempts - 1, self::MOST_ATTEMPTS));
        return [
            'status' => $isTried || $dueAt !== null ? RowStatus::PENDING : RowStatus::FAILED,
            'attempts' => $attempts,
            'next_attempt_at' => $isTried ? min($next, $dueAt ?? $next) : $dueAt ?? $next,
            'error' => mb_substr($error, 0, 1000),
        ];
    }

    /**
     * Roll back what a failed save left open: Magento rolls back after an Exception, not after an Error. A note in
     * such a transaction would be lost with it.
     *
     * @param AdapterInterface $db
     * @return void
     */
    private static function endTransactions(AdapterInterface $db): void
    {
        while ($db->getTransactionLevel() > 0) {
            $db->rollBack();
        }
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
