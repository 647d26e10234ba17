<?php

declare(strict_types=1);

namespace Waldstream\Client\Test;

use PHPUnit\Framework\TestCase;
use Waldstream\Client\FeedCommit;
use Waldstream\Client\FeedException;
use Waldstream\Client\FeedState;
use Waldstream\Client\FileStore;
use Waldstream\Client\MemoryStore;
use Waldstream\Client\PdoStore;
use Waldstream\Client\RowKey;

final class StoresTest extends TestCase
{
    private string $path;

    protected function setUp(): void
    {
        $this->path = (string) tempnam(sys_get_temp_dir(), 'waldstream');
    }

    protected function tearDown(): void
    {
        array_map('unlink', glob($this->path . '*') ?: []);
    }

    /** @return array<string, mixed> */
    private static function row(string $sku, string $total = '1', string $source = 'erp'): array
    {
        return ['source' => $source, 'sku' => $sku, 'deleted' => false, 'data' => ['total' => $total, 'width' => 1.0]];
    }

    /** @param list<array<string, mixed>> $rows */
    private static function commit(array $rows, string $cursor = 'c', int $round = 1, ?int $before = null): FeedCommit
    {
        return new FeedCommit($rows, new FeedState($cursor, null, true, $round, false), $before);
    }

    public function testAFileIsReadAgainAsItWasWritten(): void
    {
        $store = new FileStore($this->path);
        self::assertNull($store->load());
        $store->commit(self::commit([self::row('12'), self::row('b'), self::row('12', '2')]));
        $store->commit(self::commit([self::row('b', '3')], 'd'));
        unset($store);
        $again = new FileStore($this->path);
        self::assertSame('d', $again->load()?->cursor);
        self::assertSame([self::row('12', '2'), self::row('b', '3')], $again->rows());
        self::assertSame(self::row('12', '2'), $again->get('12'));
    }

    public function testACommitThatWasCutOffDoesNotCount(): void
    {
        (new FileStore($this->path))->commit(self::commit([self::row('a')]));
        $whole = (string) file_get_contents($this->path);
        file_put_contents($this->path, substr($whole, 0, -1), FILE_APPEND);
        (new FileStore($this->path))->commit(self::commit([self::row('b')], 'd'));
        $again = new FileStore($this->path);
        self::assertSame('d', $again->load()?->cursor);
        self::assertSame(['a', 'b'], array_column($again->rows(), 'sku'));
    }

    public function testAFileThatMostlyHoldsReplacedRowsIsWrittenAnew(): void
    {
        $store = new FileStore($this->path);
        $rows = array_map(static fn (int $n): array => self::row("sku-{$n}"), range(1, 1000));
        $store->commit(self::commit([self::row('old'), ...$rows]));
        $size = filesize($this->path);
        for ($round = 2; $round < 14; $round += 1) {
            $store->commit(self::commit($rows, 'c', $round));
        }
        clearstatcache();
        self::assertLessThan(6 * $size, filesize($this->path));
        $store->commit(self::commit([], 'd', 13, 2));
        unset($store);
        $again = new FileStore($this->path);
        self::assertCount(1000, $again->rows());
        self::assertNull($again->get('old'));
    }

    public function testASecondProcessIsRefused(): void
    {
        $store = new FileStore($this->path);
        try {
            new FileStore($this->path);
            self::fail('it is locked');
        } catch (FeedException $error) {
            self::assertSame('store_taken', $error->problem);
        }
        self::assertNull($store->load());
    }

    public function testAFileThatIsSomethingElseIsRefusedAndNotChanged(): void
    {
        file_put_contents($this->path, "something else\n");
        try {
            new FileStore($this->path);
            self::fail('it is no copy');
        } catch (FeedException $error) {
            self::assertSame('store_invalid', $error->problem);
        }
        self::assertSame("something else\n", file_get_contents($this->path));
    }

    public function testADatabaseHasRowsAndStateOrNeither(): void
    {
        $pdo = new \PDO('sqlite::memory:');
        $store = new PdoStore($pdo, 'inventory', RowKey::sourceAndSku(...));
        $other = new PdoStore($pdo, 'images');
        $store->createTables();
        $store->createTables();
        $store->commit(self::commit([self::row('a'), self::row('a', '1', 'other'), self::row('b')]));
        $other->commit(self::commit([self::row('a')], 'o'));
        try {
            $store->commit(self::commit([self::row('c'), self::row("\xff")], 'd'));
            self::fail('it is no text');
        } catch (\JsonException) {
            self::assertSame('c', $store->load()?->cursor);
        }
        $store->commit(self::commit([self::row('a', '2')], 'd', 2, 2));
        $kept = $pdo->query('SELECT feed, content FROM waldstream_rows ORDER BY feed')->fetchAll(\PDO::FETCH_NUM);
        $kept = array_map(static fn (array $one): array => [$one[0], json_decode($one[1], true)], $kept);
        self::assertSame([['images', self::row('a')], ['inventory', self::row('a', '2')]], $kept);
        self::assertSame(['d', 'o'], [$store->load()?->cursor, $other->load()?->cursor]);
    }

    public function testMemoryRemovesRowsOfEarlierRounds(): void
    {
        $store = new MemoryStore();
        $store->commit(self::commit([self::row('1'), self::row('2')]));
        $store->commit(self::commit([self::row('2')], 'd', 2, 2));
        self::assertSame([self::row('2')], $store->rows());
        self::assertNull($store->get('1'));
    }
}
