<?php

declare(strict_types=1);

namespace Waldstream\Client;

/**
 * Stores a feed in two tables of a database, rows and state in one transaction. Works with SQLite, MySQL and
 * PostgreSQL. Deleted rows are stored with `deleted` 1.
 */
final class PdoStore implements FeedStore
{
    /** @var \Closure(array<string, mixed>): string */
    private readonly \Closure $keyOf;

    /**
     * @param \PDO $pdo with ERRMODE_EXCEPTION, the default
     * @param string $name name of the feed in the tables: several feeds may share them
     * @param (\Closure(array<string, mixed>): string)|null $keyOf the SKU by default
     */
    public function __construct(private readonly \PDO $pdo, private readonly string $name, ?\Closure $keyOf = null)
    {
        $this->keyOf = $keyOf ?? RowKey::sku(...);
    }

    /** Creates the tables where they are missing. */
    public function createTables(): void
    {
        $isMysql = $this->pdo->getAttribute(\PDO::ATTR_DRIVER_NAME) === 'mysql';
        // MySQL's TEXT is too short for a row, and its default collation ignores case.
        [$text, $exact] = $isMysql ? ['MEDIUMTEXT', ' COLLATE utf8mb4_bin'] : ['TEXT', ''];
        $this->pdo->exec('CREATE TABLE IF NOT EXISTS waldstream_rows (feed VARCHAR(100) NOT NULL,'
            . " row_key VARCHAR(255){$exact} NOT NULL, round INTEGER NOT NULL, deleted SMALLINT NOT NULL,"
            . " content {$text} NOT NULL,"
            . ' PRIMARY KEY (feed, row_key))');
        $this->pdo->exec('CREATE TABLE IF NOT EXISTS waldstream_states (feed VARCHAR(100) NOT NULL,'
            . ' state TEXT NOT NULL, PRIMARY KEY (feed))');
    }

    public function load(): ?FeedState
    {
        $query = $this->pdo->prepare('SELECT state FROM waldstream_states WHERE feed = ?');
        $query->execute([$this->name]);
        $state = $query->fetchColumn();
        return is_string($state) ? FeedState::fromJson($state) : null;
    }

    public function commit(FeedCommit $commit): void
    {
        $this->pdo->beginTransaction();
        try {
            $this->write($commit);
            $this->pdo->commit();
        } catch (\Throwable $error) {
            $this->pdo->rollBack();
            throw $error;
        }
    }

    private function write(FeedCommit $commit): void
    {
        $remove = $this->pdo->prepare('DELETE FROM waldstream_rows WHERE feed = ? AND row_key = ?');
        $insert = $this->pdo->prepare('INSERT INTO waldstream_rows (feed, row_key, round, deleted, content)'
            . ' VALUES (?, ?, ?, ?, ?)');
        foreach ($commit->rows as $row) {
            $key = ($this->keyOf)($row);
            $remove->execute([$this->name, $key]);
            $content = json_encode($row, JSON_THROW_ON_ERROR | JSON_PRESERVE_ZERO_FRACTION);
            $insert->execute([$this->name, $key, $commit->state->round, (int) $row['deleted'], $content]);
        }
        if ($commit->removeBefore !== null) {
            $this->pdo->prepare('DELETE FROM waldstream_rows WHERE feed = ? AND round < ?')
                ->execute([$this->name, $commit->removeBefore]);
        }
        $this->pdo->prepare('DELETE FROM waldstream_states WHERE feed = ?')->execute([$this->name]);
        $this->pdo->prepare('INSERT INTO waldstream_states (feed, state) VALUES (?, ?)')
            ->execute([$this->name, $commit->state->toJson()]);
    }
}
