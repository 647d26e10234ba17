<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Model;

use Magento\Framework\App\ResourceConnection;

/** The pulls that the grid shows. */
class PullLog
{
    private const KEPT_DAYS = 30;

    /**
     * Constructor.
     *
     * @param ResourceConnection $resource
     */
    public function __construct(private readonly ResourceConnection $resource)
    {
    }

    /**
     * Note that a pull has begun.
     *
     * @param string $feed
     * @return int its id
     */
    public function begin(string $feed): int
    {
        $db = $this->resource->getConnection();
        $db->insert($this->table(), ['feed' => $feed, 'started_at' => self::time(time())]);
        return (int) $db->lastInsertId($this->table());
    }

    /**
     * Note what a pull did.
     *
     * @param int $id
     * @param PullReport $report
     * @return void
     */
    public function end(int $id, PullReport $report): void
    {
        $values = [
            'finished_at' => self::time(time()),
            'pages' => $report->pages,
            'rows_read' => $report->read,
            'complete' => (int) $report->complete,
            'rows_written' => $report->written,
            'rows_failed' => $report->failed,
            'error' => $report->error === null ? null : mb_substr($report->error, 0, 1000),
        ];
        $this->resource->getConnection()->update($this->table(), $values, ['pull_id = ?' => $id]);
    }

    /**
     * The last pull of a feed.
     *
     * @param string $feed
     * @return array<string, mixed>|null
     */
    public function last(string $feed): ?array
    {
        $query = 'SELECT * FROM ' . $this->table() . ' WHERE feed = ? ORDER BY pull_id DESC LIMIT 1';
        return $this->resource->getConnection()->fetchAll($query, [$feed])[0] ?? null;
    }

    /**
     * Remove old pulls.
     *
     * @return void
     */
    public function forget(): void
    {
        $before = self::time(time() - self::KEPT_DAYS * 86_400);
        $this->resource->getConnection()->delete($this->table(), ['started_at < ?' => $before]);
    }

    /**
     * Name of the table.
     *
     * @return string
     */
    private function table(): string
    {
        return $this->resource->getTableName('waldstream_pull');
    }

    /**
     * A time as the database has it.
     *
     * @param int $seconds since 1970
     * @return string
     */
    private static function time(int $seconds): string
    {
        return gmdate('Y-m-d H:i:s', $seconds);
    }
}
