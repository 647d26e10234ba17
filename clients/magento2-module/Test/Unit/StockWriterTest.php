<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Test\Unit;

use Magento\Framework\Api\SearchCriteriaBuilder;
use Magento\InventoryApi\Api\Data\SourceItemInterfaceFactory;
use PHPUnit\Framework\TestCase;
use Waldstream\Feeds\Model\Product\KnownProducts;
use Waldstream\Feeds\Model\RowResult;
use Waldstream\Feeds\Model\StagedRow;
use Waldstream\Feeds\Model\Stock\SourceLevels;
use Waldstream\Feeds\Model\Stock\StockWriter;
use Waldstream\Feeds\Model\WrongConfiguration;

final class StockWriterTest extends TestCase
{
    private const SOURCES = ['stock/sources' => "East = east\nEast 2 = east\nWest = west\nLost ="];

    private FakeShop $shop;

    protected function setUp(): void
    {
        $this->shop = new FakeShop();
        $this->shop->product('A');
        $this->shop->product('B');
    }

    /**
     * @param list<StagedRow> $rows
     * @param array<string, string> $config
     * @return array<string, RowResult>
     */
    private function write(array $rows, array $config = self::SOURCES): array
    {
        $factory = new SourceItemInterfaceFactory(static fn (): FakeData => new FakeData());
        $criteria = new SearchCriteriaBuilder();
        $known = new KnownProducts($this->shop, $criteria);
        $levels = new SourceLevels();
        $config = FakeConfig::with($config);
        $writer = new StockWriter($config, $this->shop, $this->shop, $factory, $criteria, $known, $levels);
        $notes = new FakeNotes($this->shop);
        $writer->write($rows, $notes);
        return $notes->results;
    }

    /** @param array<string, string> $available by location */
    private static function row(string $sku, array $available, bool $deleted = false, bool $inStock = true, int $attempts = 0): StagedRow
    {
        $locations = [];
        foreach ($available as $location => $level) {
            $locations[] = ['location' => $location, 'on_hand' => $level, 'available' => $level];
        }
        $data = ['in_stock' => $inStock, 'locations' => $locations];
        return new StagedRow($sku, $sku, 'erp', $deleted, $data, attempts: $attempts);
    }

    /** @return array<string, array{float, int}> */
    private function stock(): array
    {
        return array_map(static fn (FakeData $item): array => [$item->getQuantity(), $item->getStatus()], $this->shop->stock);
    }

    public function testWritesTheLevelsOfABatchInOneCall(): void
    {
        $rows = [self::row('A', ['East' => '2.5', 'East 2' => '1', 'Lost' => '9', 'Other' => '9']), self::row('b', ['West' => '-3'])];
        $results = $this->write($rows);
        self::assertSame([null, null], [$results['A']->error, $results['b']->error]);
        self::assertSame(['A east' => [3.5, 1], 'B west' => [0.0, 0]], $this->stock());
        self::assertCount(1, $this->shop->savedItems);
        $this->write($rows);
        self::assertCount(1, $this->shop->savedItems);
    }

    public function testWhatARowNoLongerNamesBecomesZero(): void
    {
        $this->write([self::row('A', ['East' => '1', 'West' => '2'])]);
        $this->write([self::row('A', ['West' => '2'])]);
        self::assertSame(['A east' => [0.0, 0], 'A west' => [2.0, 1]], $this->stock());
        $this->write([self::row('A', ['West' => '2'], deleted: true)]);
        self::assertSame(['A east' => [0.0, 0], 'A west' => [0.0, 0]], $this->stock());
    }

    public function testARowThatIsNotInStockKeepsItsQuantitiesAndCannotBeSold(): void
    {
        $levels = ['East' => '1', 'West' => '2'];
        $this->write([self::row('A', $levels)]);
        $held = self::row('A', $levels, inStock: false);
        $this->write([$held]);
        self::assertSame(['A east' => [1.0, 0], 'A west' => [2.0, 0]], $this->stock());
        $this->write([$held]);
        self::assertCount(2, $this->shop->savedItems);
        $this->write([self::row('A', $levels)]);
        self::assertSame(['A east' => [1.0, 1], 'A west' => [2.0, 1]], $this->stock());
    }

    public function testSourcesThatTheMapDoesNotNameAreLeftAlone(): void
    {
        $this->shop->stock['A own'] = new FakeData(['Sku' => 'A', 'SourceCode' => 'own', 'Quantity' => 7.0, 'Status' => 1]);
        $this->write([self::row('A', [], deleted: true)]);
        self::assertSame(['A own' => [7.0, 1]], $this->stock());
    }

    public function testOneRowThatIsWrongDoesNotHoldUpTheOthers(): void
    {
        $config = ['stock/sources' => "Bad = unknown\n* = default"];
        $rows = [self::row('A', ['Bad' => '1']), self::row('B', ['East' => '2']), self::row('NONE', ['East' => '2'])];
        $results = $this->write([...$rows, self::row('GONE', [], deleted: true)], $config);
        self::assertSame('there is no such source', $results['A']->error);
        self::assertNull($results['B']->error);
        self::assertSame('The catalog has no product "NONE".', $results['NONE']->error);
        self::assertNull($results['GONE']->error);
        self::assertSame(['B default' => [2.0, 1]], $this->stock());
        self::assertSame('"x" of East is no quantity', $this->write([self::row('A', ['East' => 'x'])])['A']->error);
    }

    public function testAnErrorOfAPluginFailsItsRowAlone(): void
    {
        $rows = [self::row('A', ['East' => '1']), self::row('B', ['West' => '2'])];
        $results = $this->write($rows, ['stock/sources' => "East = type\nWest = west"]);
        self::assertSame(['a plugin breaks', null], [$results['A']->error, $results['B']->error]);
        $alone = ['begin A', 'save A', 'end A', 'begin B', 'save B', 'end B'];
        self::assertSame(['begin A, B', 'save A, B', ...$alone], $this->shop->events);
    }

    public function testARowThatFailedBeforeIsSavedByItself(): void
    {
        $this->shop->product('C');
        $this->write([
            self::row('A', ['East' => '1']),
            self::row('B', ['East' => '1'], attempts: 1),
            self::row('C', ['East' => '1']),
        ]);
        $expected = ['begin A, C', 'save A, C', 'end A', 'end C', 'begin B', 'save B', 'end B'];
        self::assertSame($expected, $this->shop->events);
    }

    public function testARowThatCannotBeReadFailsAlone(): void
    {
        $wrong = new StagedRow('A', 'A', 'erp', false, ['locations' => [['location' => null, 'available' => '1']]]);
        $results = $this->write([$wrong, self::row('B', ['East' => '1'])]);
        self::assertNotNull($results['A']->error);
        self::assertNull($results['B']->error);
    }

    public function testAMapThatDoesNotNameItsSourcesIsRefused(): void
    {
        foreach (["* = *", "East = east\nWest = *"] as $map) {
            try {
                $this->write([self::row('A', ['East' => '1'])], ['stock/sources' => $map]);
                self::fail('it is to be refused');
            } catch (WrongConfiguration $error) {
                self::assertStringContainsString('"*" is not a source code', $error->getMessage());
            }
        }
        self::assertSame([], $this->shop->events);
    }
}
