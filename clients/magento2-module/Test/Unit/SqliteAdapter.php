<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Test\Unit;

use Magento\Framework\App\ResourceConnection;
use Magento\Framework\DB\Adapter\AdapterInterface;

/**
 * The tables of the module in SQLite, with the methods of Magento's adapter that the module uses. Texts ignore case, as
 * with MySQL's default collation.
 */
final class SqliteAdapter implements AdapterInterface
{
    private const KEYS = ['waldstream_row' => 'feed, row_key', 'waldstream_state' => 'feed', 'waldstream_order' => 'order_id'];

    public readonly \PDO $pdo;
    /** Fails the next commit: the process is killed before it. */
    public bool $dies = false;

    public function __construct()
    {
        $this->pdo = new \PDO('sqlite::memory:');
        $schema = simplexml_load_file(__DIR__ . '/../../etc/db_schema.xml');
        foreach ($schema->table as $table) {
            $this->pdo->exec($this->createTable($table));
        }
    }

    public static function resource(self $adapter): ResourceConnection
    {
        return new ResourceConnection($adapter);
    }

    public function beginTransaction(): void
    {
        $this->pdo->beginTransaction();
    }

    public function commit(): void
    {
        if ($this->dies) {
            $this->dies = false;
            throw new \RuntimeException('killed');
        }
        $this->pdo->commit();
    }

    public function rollBack(): void
    {
        $this->pdo->rollBack();
    }

    public function getTransactionLevel(): int
    {
        return (int) $this->pdo->inTransaction();
    }

    /** @param list<mixed> $bind */
    public function fetchOne(string $query, array $bind = []): mixed
    {
        return $this->run($query, $bind)->fetchColumn();
    }

    /**
     * @param list<mixed> $bind
     * @return list<array<string, mixed>>
     */
    public function fetchAll(string $query, array $bind = []): array
    {
        return $this->run($query, $bind)->fetchAll(\PDO::FETCH_ASSOC);
    }

    /**
     * @param list<mixed> $bind
     * @return array<mixed>
     */
    public function fetchPairs(string $query, array $bind = []): array
    {
        return $this->run($query, $bind)->fetchAll(\PDO::FETCH_KEY_PAIR);
    }

    /** @param array<string, mixed> $values */
    public function insert(string $table, array $values): void
    {
        $this->insertOnDuplicate($table, [$values], null);
    }

    public function lastInsertId(string $table): string
    {
        return (string) $this->pdo->lastInsertId();
    }

    /**
     * @param list<array<string, mixed>> $rows
     * @param array<int|string, mixed>|null $fields names to take over, or values by name; null: there is no such row
     */
    public function insertOnDuplicate(string $table, array $rows, ?array $fields): void
    {
        foreach ($rows as $row) {
            $names = implode(', ', array_keys($row));
            $marks = implode(', ', array_fill(0, count($row), '?'));
            $query = "INSERT INTO {$table} ({$names}) VALUES ({$marks})";
            $sets = [];
            foreach ($fields ?? [] as $name => $value) {
                $sets[] = match (true) {
                    is_int($name) => "{$value} = excluded.{$value}",
                    $value instanceof \Zend_Db_Expr => "{$name} = {$table}.{$value->text}",
                    default => "{$name} = {$this->pdo->quote((string) $value)}",
                };
            }
            if ($sets !== []) {
                $query .= ' ON CONFLICT (' . self::KEYS[$table] . ') DO UPDATE SET ' . implode(', ', $sets);
            }
            $this->run($query, array_values($row));
        }
    }

    /**
     * @param array<string, mixed> $values
     * @param array<int|string, mixed> $where
     */
    public function update(string $table, array $values, array $where): int
    {
        $sets = implode(', ', array_map(static fn (string $name): string => "{$name} = ?", array_keys($values)));
        [$conditions, $bind] = self::conditions($where);
        return $this->run("UPDATE {$table} SET {$sets} WHERE {$conditions}", [...array_values($values), ...$bind])->rowCount();
    }

    /** @param array<int|string, mixed> $where */
    public function delete(string $table, array $where): int
    {
        [$conditions, $bind] = self::conditions($where);
        return $this->run("DELETE FROM {$table} WHERE {$conditions}", $bind)->rowCount();
    }

    /**
     * @param array<int|string, mixed> $where
     * @return array{string, list<mixed>}
     */
    private static function conditions(array $where): array
    {
        [$texts, $bind] = [[], []];
        foreach ($where as $text => $value) {
            $values = is_int($text) ? [] : (array) $value;
            $marks = implode(', ', array_fill(0, count($values), '?'));
            $texts[] = is_int($text) ? $value : str_replace('?', $marks, $text);
            $bind = [...$bind, ...$values];
        }
        return [implode(' AND ', $texts), $bind];
    }

    /** @param list<mixed> $bind */
    private function run(string $query, array $bind): \PDOStatement
    {
        $statement = $this->pdo->prepare($query);
        foreach ($bind as $index => $value) {
            $statement->bindValue($index + 1, $value, is_int($value) ? \PDO::PARAM_INT : \PDO::PARAM_STR);
        }
        $statement->execute();
        return $statement;
    }

    private function createTable(\SimpleXMLElement $table): string
    {
        $parts = [];
        foreach ($table->column as $column) {
            $type = (string) $column->attributes('xsi', true)['type'];
            $isNumber = str_contains($type, 'int');
            $default = isset($column['default']) ? " DEFAULT {$column['default']}" : '';
            $parts[] = (string) $column['identity'] === 'true'
                ? "{$column['name']} INTEGER PRIMARY KEY"
                : "{$column['name']} " . ($isNumber ? 'INTEGER' : 'TEXT COLLATE NOCASE') . $default;
        }
        $name = (string) $table['name'];
        if (isset(self::KEYS[$name])) {
            $parts[] = 'UNIQUE (' . self::KEYS[$name] . ')';
        }
        return "CREATE TABLE {$name} (" . implode(', ', $parts) . ')';
    }
}
