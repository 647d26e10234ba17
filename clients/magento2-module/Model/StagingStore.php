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
        $rows = $this->latestOf($commit->rows);
        [$changed, $same] = [[], []];
        $known = $this->known($db, $table, array_map($this->keyIn(...), array_values($rows)));
        foreach ($rows as $key => $row) {
            $item = $this->itemOf($row, $commit->state->round);
            $there = $known[$key] ?? null;
            $isSpelledSo = $there !== null && $there['sku'] === $item['sku'];
            if ($isSpelledSo && $there['digest'] === $item['digest']) {
                $same[] = $item;
                continue;
            }
            $isOldSpelling = $there !== null && !$isSpelledSo && $row['deleted'];
            if (!$isOldSpelling || !$this->isLive($db, $table, $there)) {
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
     * The rows by key: the last one counts. Magento's SKUs ignore case: where a SKU is spelled otherwise now, the old
     * spelling is deleted in the feed, before or after the new one comes. The product stays then.
     *
     * @param array<int, array<string, mixed>> $rows
     * @return array<string, array<string, mixed>>
     */
    private function latestOf(array $rows): array
    {
        $latest = [];
        foreach ($rows as $row) {
            $key = mb_strtolower($this->keyIn($row));
            $other = $latest[$key] ?? null;
            $isOldSpelling = $other !== null && $other['sku'] !== $row['sku'] && $row['deleted'];
            if (!$isOldSpelling || $other['deleted']) {
                $latest[$key] = $row;
            }
        }
        return $latest;
    }

    /**
     * Key of a row in the table.
     *
     * @param array<string, mixed> $row
     * @return string
     */
    private function keyIn(array $row): string
    {
        $whole = ($this->keyOf)($row);
        return mb_strlen($whole) > self::KEY_LENGTH ? hash('sha256', $whole) : $whole;
    }

    /**
     * A row as it is stored.
     *
     * @param array<string, mixed> $row
     * @param int $round
     * @return array<string, mixed>
     */
    private function itemOf(array $row, int $round): array
    {
        return [
            'feed' => $this->feed,
            'row_key' => $this->keyIn($row),
            'sku' => mb_substr((string) $row['sku'], 0, self::SKU_LENGTH),
            'content' => self::json($row),
            'digest' => hash('sha256', self::json([$row['source'], $row['deleted'], $row['data']])),
            'round' => $round,
            'gone' => 0,
            'status' => RowStatus::PENDING,
            'attempts' => 0,
            'next_attempt_at' => 0,
            'error' => null,
        ];
    }

    /**
     * Rows that are there, by key in lower case, without those that are gone from the feed.
     *
     * @param AdapterInterface $db
     * @param string $table
     * @param string[] $keys
     * @return array<string, array<string, string>>
     */
    private function known(AdapterInterface $db, string $table, array $keys): array
    {
        if ($keys === []) {
            return [];
        }
        $marks = implode(', ', array_fill(0, count($keys), '?'));
        $query = "SELECT row_key, sku, digest FROM {$table} WHERE feed = ? AND gone = 0 AND row_key IN ({$marks})";
        $known = [];
        foreach ($db->fetchAll($query, [$this->feed, ...$keys]) as $row) {
            $known[mb_strtolower((string) $row['row_key'])] = $row;
        }
        return $known;
    }

    /**
     * Whether the feed has the product of a known row.
     *
     * @param AdapterInterface $db
     * @param string $table
     * @param array<string, string> $known
     * @return bool
     */
    private function isLive(AdapterInterface $db, string $table, array $known): bool
    {
        $query = "SELECT content FROM {$table} WHERE feed = ? AND row_key = ?";
        $content = $db->fetchOne($query, [$this->feed, $known['row_key']]);
        return !json_decode((string) $content, true, 512, JSON_THROW_ON_ERROR)['deleted'];
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
