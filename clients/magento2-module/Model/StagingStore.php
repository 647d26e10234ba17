<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Model;

use Magento\Framework\App\ResourceConnection;
use Magento\Framework\DB\Adapter\AdapterInterface;
use Waldstream\Client\FeedCommit;
use Waldstream\Client\FeedState;
use Waldstream\Client\FeedStore;

/**
 * Keeps the rows of a feed in waldstream_row and its cursor in waldstream_state, in one transaction. A row whose
 * content is new is then to be written to the catalog; one that came with the same content stays as it is.
 */
class StagingStore implements FeedStore
{
    private const KEY_LENGTH = 190;
    private const SKU_LENGTH = 255;

    /** @var \Closure(array<string, mixed>): string */
    private readonly \Closure $keyOf;

    /**
     * Constructor.
     *
     * @param ResourceConnection $resource
     * @param string $feed connection and feed
     * @param \Closure $keyOf
     */
    public function __construct(
        private readonly ResourceConnection $resource,
        private readonly string $feed,
        \Closure $keyOf,
    ) {
        $this->keyOf = $keyOf;
    }

    /**
     * @inheritdoc
     */
    public function load(): ?FeedState
    {
        $table = $this->resource->getTableName('waldstream_state');
        $state = $this->resource->getConnection()->fetchOne("SELECT state FROM {$table} WHERE feed = ?", [$this->feed]);
        return is_string($state) ? FeedState::fromJson($state) : null;
    }

    /**
     * @inheritdoc
     */
    public function commit(FeedCommit $commit): void
    {
        $db = $this->resource->getConnection();
        $db->beginTransaction();
        try {
            $this->write($db, $commit);
            $db->commit();
        } catch (\Throwable $error) {
            $db->rollBack();
            throw $error;
        }
    }

    /**
     * Write what a commit changes.
     *
     * @param AdapterInterface $db
     * @param FeedCommit $commit
     * @return void
     */
    private function write(AdapterInterface $db, FeedCommit $commit): void
    {
        $table = $this->resource->getTableName('waldstream_row');
        $items = $this->itemsOf($commit);
        [$changed, $same] = [[], []];
        $known = $this->digests($db, $table, array_map('strval', array_keys($items)));
        foreach ($items as $key => $item) {
            if (($known[$key] ?? null) === $item['digest']) {
                $same[] = $item;
            } else {
                $changed[] = $item;
            }
        }
        if ($same !== []) {
            $db->insertOnDuplicate($table, $same, ['content', 'round']);
        }
        if ($changed !== []) {
            $fields = ['sku', 'content', 'digest', 'round', 'gone', 'status', 'attempts', 'next_attempt_at', 'error'];
            $db->insertOnDuplicate($table, $changed, $fields);
        }
        if ($commit->removeBefore !== null) {
            $gone = ['gone' => 1, 'status' => RowStatus::PENDING, 'attempts' => 0, 'next_attempt_at' => 0];
            $where = ['feed = ?' => $this->feed, 'round < ?' => $commit->removeBefore, 'gone = ?' => 0];
            $db->update($table, $gone, $where);
        }
        $state = ['feed' => $this->feed, 'state' => $commit->state->toJson()];
        $db->insertOnDuplicate($this->resource->getTableName('waldstream_state'), [$state], ['state']);
    }

    /**
     * The rows as they are stored, by key: the last one of a key counts.
     *
     * @param FeedCommit $commit
     * @return array<string, array<string, mixed>>
     */
    private function itemsOf(FeedCommit $commit): array
    {
        $items = [];
        foreach ($commit->rows as $row) {
            $whole = ($this->keyOf)($row);
            $key = mb_strlen($whole) > self::KEY_LENGTH ? hash('sha256', $whole) : $whole;
            $items[$key] = [
                'feed' => $this->feed,
                'row_key' => $key,
                'sku' => mb_substr((string) $row['sku'], 0, self::SKU_LENGTH),
                'content' => self::json($row),
                'digest' => hash('sha256', self::json([$row['source'], $row['deleted'], $row['data']])),
                'round' => $commit->state->round,
                'gone' => 0,
                'status' => RowStatus::PENDING,
                'attempts' => 0,
                'next_attempt_at' => 0,
                'error' => null,
            ];
        }
        return $items;
    }

    /**
     * Digests of rows that are there, by key; those that are gone from the feed have none.
     *
     * @param AdapterInterface $db
     * @param string $table
     * @param string[] $keys
     * @return array<string, string>
     */
    private function digests(AdapterInterface $db, string $table, array $keys): array
    {
        if ($keys === []) {
            return [];
        }
        $marks = implode(', ', array_fill(0, count($keys), '?'));
        $query = "SELECT row_key, digest FROM {$table} WHERE feed = ? AND gone = 0 AND row_key IN ({$marks})";
        return $db->fetchPairs($query, [$this->feed, ...$keys]);
    }

    /**
     * As JSON.
     *
     * @param array<mixed> $value
     * @return string
     */
    private static function json(array $value): string
    {
        return json_encode($value, JSON_THROW_ON_ERROR | JSON_PRESERVE_ZERO_FRACTION | JSON_UNESCAPED_SLASHES);
    }
}
