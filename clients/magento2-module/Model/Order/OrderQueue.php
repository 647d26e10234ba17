<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Model\Order;

use Magento\Framework\App\ResourceConnection;

/** Orders that are to be pushed. */
class OrderQueue
{
    /** Seconds after the first failure of an order; it doubles with each. */
    private const FIRST_WAIT = 60;
    private const MOST_WAIT = 21_600;
    /** Seconds after a failure that says nothing of the order. */
    private const SHORT_WAIT = 60;

    /**
     * Constructor.
     *
     * @param ResourceConnection $resource
     */
    public function __construct(private readonly ResourceConnection $resource)
    {
    }

    /**
     * Add an order, in the transaction that saves it.
     *
     * @param int $orderId
     * @return void
     */
    public function add(int $orderId): void
    {
        $db = $this->resource->getConnection();
        $values = ['revision' => new \Zend_Db_Expr('revision + 1'), 'attempts' => 0, 'next_attempt_at' => 0];
        $db->insertOnDuplicate($this->table(), [['order_id' => $orderId]], $values);
    }

    /**
     * The next orders to be pushed.
     *
     * @param int $limit
     * @param int $now seconds since 1970
     * @return array<int, array{order_id: int|string, revision: int|string, attempts: int|string}>
     */
    public function next(int $limit, int $now): array
    {
        $query = 'SELECT order_id, revision, attempts FROM ' . $this->table()
            . ' WHERE next_attempt_at <= ? ORDER BY next_attempt_at, order_id LIMIT ' . $limit;
        return $this->resource->getConnection()->fetchAll($query, [$now]);
    }

    /**
     * Remove an order, unless it changed meanwhile.
     *
     * @param int $orderId
     * @param int $revision
     * @return void
     */
    public function remove(int $orderId, int $revision): void
    {
        $where = ['order_id = ?' => $orderId, 'revision = ?' => $revision];
        $this->resource->getConnection()->delete($this->table(), $where);
    }

    /**
     * Push an order again later, unless it changed meanwhile.
     *
     * @param int $orderId
     * @param int $revision
     * @param int $attempts
     * @param string $error
     * @param int $now
     * @return void
     */
    public function postpone(int $orderId, int $revision, int $attempts, string $error, int $now): void
    {
        $wait = min(self::MOST_WAIT, self::FIRST_WAIT * 2 ** min(20, $attempts - 1));
        $this->wait($orderId, $revision, $attempts, $error, $now + $wait);
    }

    /**
     * Push an order again soon: the failure says nothing of the order.
     *
     * @param int $orderId
     * @param int $revision
     * @param int $attempts without this one
     * @param string $error
     * @param int $now
     * @return void
     */
    public function postponeShortly(int $orderId, int $revision, int $attempts, string $error, int $now): void
    {
        $this->wait($orderId, $revision, $attempts, $error, $now + self::SHORT_WAIT);
    }

    /**
     * Orders that wait.
     *
     * @return int
     */
    public function size(): int
    {
        return (int) $this->resource->getConnection()->fetchOne('SELECT COUNT(*) FROM ' . $this->table());
    }

    /**
     * Let a revision of an order wait.
     *
     * @param int $orderId
     * @param int $revision
     * @param int $attempts
     * @param string $error
     * @param int $until seconds since 1970
     * @return void
     */
    private function wait(int $orderId, int $revision, int $attempts, string $error, int $until): void
    {
        $values = ['attempts' => $attempts, 'next_attempt_at' => $until, 'error' => mb_substr($error, 0, 1000)];
        $where = ['order_id = ?' => $orderId, 'revision = ?' => $revision];
        $this->resource->getConnection()->update($this->table(), $values, $where);
    }

    /**
     * Name of the table.
     *
     * @return string
     */
    private function table(): string
    {
        return $this->resource->getTableName('waldstream_order');
    }
}
