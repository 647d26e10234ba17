<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Test\Unit;

use PHPUnit\Framework\TestCase;
use Waldstream\Client\FeedCommit;
use Waldstream\Client\FeedState;
use Waldstream\Client\RowKey;
use Waldstream\Feeds\Model\RowResult;
use Waldstream\Feeds\Model\StagedRow;
use Waldstream\Feeds\Model\StagedRows;
use Waldstream\Feeds\Model\StagingStore;

final class StagingStoreTest extends TestCase
{
    private const NOW = 1_000_000;

    private SqliteAdapter $db;
    private StagingStore $store;
    private StagedRows $rows;

    protected function setUp(): void
    {
        $this->db = new SqliteAdapter();
        $resource = SqliteAdapter::resource($this->db);
        $this->store = new StagingStore($resource, 'c/inventory', RowKey::sku(...));
        $this->rows = new StagedRows($resource);
    }

    /** @return array<string, mixed> */
    private static function row(string $sku, string $total = '1', bool $deleted = false): array
    {
        return ['connection' => 'c', 'source' => 'erp', 'sku' => $sku, 'deleted' => $deleted, 'data' => ['total' => $total]];
    }

    /** @param list<array<string, mixed>> $rows */
    private function commit(array $rows, int $round = 1, ?int $removeBefore = null, string $cursor = 'x'): void
    {
        $this->store->commit(new FeedCommit($rows, new FeedState($cursor, round: $round), $removeBefore));
    }

    /** @return list<string> SKUs that are to be written */
    private function pending(int $now = self::NOW): array
    {
        return array_map(static fn (StagedRow $row): string => $row->sku, $this->rows->next('c/inventory', 100, $now));
    }

    private function writeAll(): void
    {
        $this->writeAllAt(self::NOW);
    }

    private function writeAllAt(int $now): void
    {
        foreach ($this->rows->next('c/inventory', 100, $now) as $row) {
            $this->rows->note('c/inventory', $row, RowResult::written(), $now);
        }
    }

    public function testARowThatChangesByItselfIsWrittenAgainThenHoweverOftenItFailed(): void
    {
        $this->commit([self::row('a'), self::row('b')]);
        [$a, $b] = $this->rows->next('c/inventory', 100, self::NOW);
        $this->rows->note('c/inventory', $a, RowResult::written(dueAt: self::NOW + 500), self::NOW);
        $last = new StagedRow($b->key, $b->sku, $b->source, false, $b->data, $b->digest, attempts: 9);
        $this->rows->note('c/inventory', $last, RowResult::failed('no', self::NOW + 500), self::NOW);
        self::assertSame([], $this->pending(self::NOW + 499));
        self::assertSame(['a', 'b'], $this->pending(self::NOW + 500));
        $this->writeAllAt(self::NOW + 500);
        self::assertSame([], $this->pending(self::NOW + 1_000_000));
    }

    public function testKeepsRowsAndCursorTogetherOrNeither(): void
    {
        $this->commit([self::row('a')]);
        $this->db->dies = true;
        try {
            $this->commit([self::row('b')], cursor: 'y');
            self::fail('it is to be killed');
        } catch (\RuntimeException) {
            self::assertSame('x', $this->store->load()?->cursor);
        }
        self::assertSame(['a'], $this->pending());
        $this->commit([self::row('b')], cursor: 'y');
        self::assertSame('y', $this->store->load()?->cursor);
        self::assertSame(['a', 'b'], $this->pending());
    }

    public function testOnlyNewContentIsToBeWritten(): void
    {
        $this->commit([self::row('a'), self::row('b'), self::row('12')]);
        $this->writeAll();
        self::assertSame([], $this->pending());
        $this->commit([self::row('a'), self::row('b', '2'), self::row('12'), self::row('b', '3')]);
        $rows = $this->rows->next('c/inventory', 100, self::NOW);
        self::assertSame([['b', '3']], array_map(static fn (StagedRow $row): array => [$row->sku, $row->data['total']], $rows));
    }

    public function testWhatIsGoneAfterAFullReadIsDeletedInTheShop(): void
    {
        $this->commit([self::row('a'), self::row('gone')]);
        $this->writeAll();
        $this->commit([self::row('a')], 2, 2);
        [$row] = $this->rows->next('c/inventory', 100, self::NOW);
        self::assertSame(['gone', true], [$row->sku, $row->deleted]);
        $this->writeAll();
        self::assertSame([], $this->pending());
        $this->commit([self::row('gone')], 2);
        [$row] = $this->rows->next('c/inventory', 100, self::NOW);
        self::assertSame(['gone', false], [$row->sku, $row->deleted]);
    }

    public function testARowThatFailsIsWrittenAgainLaterAndLater(): void
    {
        $this->commit([self::row('a')]);
        $times = [];
        $now = self::NOW;
        for ($attempt = 1; $attempt <= 10; $attempt += 1) {
            [$row] = $this->rows->next('c/inventory', 100, $now);
            $this->rows->note('c/inventory', $row, RowResult::failed('no'), $now);
            self::assertSame([], $this->pending($now + 59));
            $times[] = $now;
            $now += 21_600;
        }
        self::assertSame([], $this->pending(2_000_000_000));
        self::assertSame(1, $this->rows->retry('c/inventory'));
        self::assertSame(['a'], $this->pending());
        self::assertSame([0 => 1], $this->rows->counts('c/inventory'));
    }

    public function testRowsOfAProcessThatDiedAreWrittenAgainLaterAndLater(): void
    {
        $this->commit([self::row('a'), self::row('12')]);
        $now = self::NOW;
        for ($attempt = 1; $attempt <= 10; $attempt += 1) {
            $rows = $this->rows->next('c/inventory', 100, $now);
            self::assertSame([$attempt - 1, $attempt - 1], array_map(static fn (StagedRow $row): int => $row->attempts, $rows));
            $this->rows->begin('c/inventory', $rows, $now);
            self::assertSame([], $this->pending($now + 59));
            $now += 21_600;
        }
        self::assertSame([], $this->pending(2_000_000_000));
        self::assertSame(2, $this->rows->retry('c/inventory'));
        $rows = $this->rows->next('c/inventory', 100, $now);
        $this->rows->begin('c/inventory', $rows, $now);
        $this->rows->note('c/inventory', $rows[0], RowResult::written(), $now);
        self::assertSame(['12'], $this->pending($now + 60));
    }

    public function testATransactionThatAFailedSaveLeftOpenIsRolledBackBeforeTheNote(): void
    {
        $this->commit([self::row('a')]);
        $rows = $this->rows->next('c/inventory', 1, self::NOW);
        $this->db->beginTransaction();
        $this->rows->note('c/inventory', $rows[0], RowResult::failed('a plugin breaks'), self::NOW);
        self::assertSame(0, $this->db->getTransactionLevel());
        $this->db->beginTransaction();
        $this->rows->begin('c/inventory', $rows, self::NOW);
        self::assertSame(0, $this->db->getTransactionLevel());
        self::assertSame([], $this->pending());
    }

    public function testARowIsMarkedBeforeItsProductIsDisabled(): void
    {
        $this->commit([self::row('a', deleted: true)]);
        [$row] = $this->rows->next('c/inventory', 1, self::NOW);
        $this->rows->disabling('c/inventory', $row);
        [$row] = $this->rows->next('c/inventory', 1, self::NOW);
        self::assertTrue($row->disabled);
    }

    public function testWhatCameWhileARowWasWrittenIsWrittenToo(): void
    {
        $this->commit([self::row('a')]);
        [$row] = $this->rows->next('c/inventory', 100, self::NOW);
        $this->commit([self::row('a', '2')]);
        $this->rows->note('c/inventory', $row, RowResult::written(), self::NOW);
        self::assertSame(['a'], $this->pending());
    }

    /** @return array<string, array{list<list<array<string, mixed>>>}> commits */
    public static function renames(): array
    {
        [$old, $gone, $new] = [self::row('abc'), self::row('abc', deleted: true), self::row('ABC')];
        return [
            'the new one comes first' => [[[$old], [$new], [$gone]]],
            'the old one goes first' => [[[$old], [$gone], [$new]]],
            'both in one commit' => [[[$old], [$new, $gone]]],
            'both in one commit, the old one first' => [[[$old], [$gone, $new]]],
            'in a first read' => [[[$new, $gone]]],
            'again' => [[[$old], [$new], [$gone], [$new], [$gone]]],
        ];
    }

    /**
     * Magento's SKUs ignore case, and so does the key of the table.
     *
     * @dataProvider renames
     * @param list<list<array<string, mixed>>> $commits
     */
    public function testASkuThatIsSpelledOtherwiseNowIsNotDeleted(array $commits): void
    {
        foreach ($commits as $rows) {
            $this->commit($rows);
        }
        $rows = $this->rows->next('c/inventory', 100, self::NOW);
        self::assertSame([['ABC', false]], array_map(static fn (StagedRow $row): array => [$row->sku, $row->deleted], $rows));
        $this->writeAll();
        $this->commit([self::row('ABC'), self::row('abc', deleted: true)]);
        self::assertSame([], $this->pending());
    }

    public function testAProductIsDeletedWhenNoSpellingOfItIsLeft(): void
    {
        $this->commit([self::row('ABC'), self::row('abc', deleted: true)]);
        $this->writeAll();
        $this->commit([self::row('abc', deleted: true)], 2, 2);
        [$row] = $this->rows->next('c/inventory', 100, self::NOW);
        self::assertSame(['ABC', true], [$row->sku, $row->deleted]);
        $this->writeAll();
        $this->commit([self::row('ABC')], 2);
        $this->commit([self::row('ABC', deleted: true)], 2);
        [$row] = $this->rows->next('c/inventory', 100, self::NOW);
        self::assertSame(['ABC', true], [$row->sku, $row->deleted]);
    }

    public function testALongKeyIsKept(): void
    {
        $sku = str_repeat('x', 400);
        $this->commit([self::row($sku), self::row($sku . 'y')]);
        self::assertCount(2, $this->pending());
    }
}
