<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Test\Unit;

use Magento\Catalog\Api\Data\BasePriceInterfaceFactory;
use Magento\Catalog\Api\Data\CostInterfaceFactory;
use Magento\Catalog\Api\Data\SpecialPriceInterfaceFactory;
use Magento\Catalog\Api\Data\TierPriceInterfaceFactory;
use Magento\Framework\Api\SearchCriteriaBuilder;
use PHPUnit\Framework\TestCase;
use Waldstream\Feeds\Model\Price\BasePrices;
use Waldstream\Feeds\Model\Price\Costs;
use Waldstream\Feeds\Model\Price\PlanPrices;
use Waldstream\Feeds\Model\Price\PriceWebsites;
use Waldstream\Feeds\Model\Price\PriceWriter;
use Waldstream\Feeds\Model\Price\SpecialPrices;
use Waldstream\Feeds\Model\Price\TierPrices;
use Waldstream\Feeds\Model\Product\KnownProducts;
use Waldstream\Feeds\Model\RowResult;
use Waldstream\Feeds\Model\StagedRow;
use Waldstream\Feeds\Model\WrongConfiguration;

final class PriceWriterTest extends TestCase
{
    private const ALL = [
        'prices/levels' => "Base Price = base, tier\nSale = special\nTrade = group: Wholesale",
        'prices/cost' => '1',
    ];

    private FakeShop $shop;
    private FakePriceShop $prices;
    private FakePriceIndex $index;

    protected function setUp(): void
    {
        $this->shop = new FakeShop();
        foreach (['A', 'B', '100'] as $at => $sku) {
            $this->shop->product($sku, ['Id' => (string) ($at + 1)]);
        }
        $this->prices = new FakePriceShop();
        $this->index = new FakePriceIndex();
    }

    /**
     * @param list<StagedRow> $rows
     * @param array<string, string> $config
     * @return array<string, RowResult>
     */
    private function write(array $rows, array $config = self::ALL): array
    {
        $make = static fn (): FakePriceData => new FakePriceData();
        $shop = $this->prices;
        $writer = new PriceWriter(
            FakeConfig::with($config),
            new KnownProducts($this->shop, new SearchCriteriaBuilder()),
            new PriceWebsites($shop, $shop, $shop),
            new PlanPrices(),
            new BasePrices(new FakeBasePrices($shop), new BasePriceInterfaceFactory($make)),
            new TierPrices(new FakeTierPrices($shop), new TierPriceInterfaceFactory($make)),
            new SpecialPrices(new FakeSpecialPrices($shop), new SpecialPriceInterfaceFactory($make)),
            new Costs(new FakeCosts($shop), new CostInterfaceFactory($make)),
            $this->index,
        );
        $this->prices->calls = [];
        $this->index->ids = [];
        $notes = new FakeNotes($this->shop);
        $writer->write($rows, $notes);
        return $notes->results;
    }

    /** @param list<array<string, mixed>> $levels */
    private static function row(string $sku, array $levels, ?string $cost = null, bool $deleted = false, int $attempts = 0): StagedRow
    {
        $data = ['currency' => 'USD', 'cost' => $cost, 'levels' => $levels];
        return new StagedRow($sku, $sku, 'erp', $deleted, $data, attempts: $attempts);
    }

    /**
     * @param array<string, string> $tiers prices by quantity
     * @return array<string, mixed>
     */
    private static function level(string $level, ?string $price, array $tiers = [], string $currency = 'USD', int|null $from = null, int|null $to = null): array
    {
        $list = [];
        foreach ($tiers as $quantity => $amount) {
            $list[] = ['from' => (string) $quantity, 'price' => $amount];
        }
        $time = static fn (?int $at): ?string => $at === null ? null : gmdate('Y-m-d\TH:i:s\Z', $at);
        return ['level' => $level, 'price' => $price, 'currency' => $currency, 'tiers' => $list]
            + ['valid_from' => $time($from), 'valid_to' => $time($to)];
    }

    public function testWritesAllKindsOfABatchInOneCallEach(): void
    {
        $levels = [self::level('Base Price', '52', ['10' => '46.8']), self::level('Sale', '49.5'), self::level('Trade', '40', ['5' => '38'])];
        $rows = [self::row('a', $levels, '20.25'), self::row('B', [self::level('Base Price', '7.5'), self::level('Other', '1')])];
        $results = $this->write($rows);
        self::assertSame([null, null], [$results['a']->error, $results['B']->error]);
        self::assertSame(['base 2', 'tiers 3', 'no special 1', 'special 1', 'cost 1'], $this->prices->calls);
        self::assertSame(['0 A' => '52.000000', '0 B' => '7.500000'], $this->prices->base);
        self::assertSame(['0 A' => ['49.500000', null, null]], $this->prices->special);
        self::assertSame([
            '0|all groups|10|A' => ['46.800000', 'fixed'],
            '0|wholesale|1|A' => ['40.000000', 'fixed'],
            '0|wholesale|5|A' => ['38.000000', 'fixed'],
        ], $this->prices->tiers);
        self::assertSame(['0 A' => '20.250000'], $this->prices->costs);
        $this->write($rows);
        self::assertSame([], $this->prices->calls);
    }

    public function testTheIndexGetsProductsWhoseBaseOrSpecialPriceChanges(): void
    {
        $rows = [self::row('A', [self::level('Base Price', '5')]), self::row('B', [self::level('Sale', '4')]), self::row('100', [], '3')];
        $this->write($rows);
        self::assertSame([1, 2], $this->index->ids);
        $this->write($rows);
        self::assertSame([], $this->index->ids);
        $this->write([self::row('B', [])]);
        self::assertSame([2], $this->index->ids);
        // A process that died may have written the price and not the index.
        $this->write([self::row('A', [self::level('Base Price', '5')], attempts: 1)]);
        self::assertSame([1], $this->index->ids);
        $this->prices->breaks = ['100'];
        $this->write([self::row('A', [self::level('Base Price', '6')]), self::row('100', [self::level('Trade', '4')])]);
        self::assertContains(1, $this->index->ids);
    }

    public function testWhatARowNoLongerHasGoesAndTheBasePriceStays(): void
    {
        $this->prices->tiers = ['0|general|3|A' => ['9.000000', 'fixed'], '1|wholesale|3|A' => ['8.000000', 'fixed']];
        $own = $this->prices->tiers;
        $levels = [self::level('Base Price', '52', ['10' => '46.8']), self::level('Sale', '49.5'), self::level('Trade', '40')];
        $this->write([self::row('A', $levels, '20')]);
        $this->write([self::row('A', [self::level('Base Price', '52')])]);
        self::assertSame([$own, [], []], [$this->prices->tiers, $this->prices->special, $this->prices->costs]);
        $this->write([self::row('A', $levels, '20')]);
        self::assertNull($this->write([self::row('A', $levels, '20', deleted: true)])['A']->error);
        self::assertSame([$own, [], []], [$this->prices->tiers, $this->prices->special, $this->prices->costs]);
        self::assertSame(['0 A' => '52.000000'], $this->prices->base);
    }

    public function testSpecialPricesHaveTheDaysOfTheStoresZoneAndComeAgainWhenTheyEnd(): void
    {
        $day = 86_400;
        $from = intdiv(time(), $day) * $day - 30 * $day;
        $to = $from + 60 * $day;
        $this->prices->isGlobal = false;
        $config = [...self::ALL, 'prices/currencies' => "USD = us\nEUR = eu"];
        $levels = [self::level('Sale', '5', from: $from, to: $to), self::level('Sale', '4', currency: 'EUR', from: $from, to: $to)];
        $result = $this->write([self::row('A', $levels)], $config)['A'];
        self::assertSame([null, $to], [$result->error, $result->dueAt]);
        $in = static fn (string $zone, int $at): string => (new \DateTimeImmutable("@{$at}"))
            ->setTimezone(new \DateTimeZone($zone))->format('Y-m-d 00:00:00');
        $ofUs = ['5.000000', $in('America/New_York', $from), $in('America/New_York', $to - 1)];
        $ofEu = ['4.000000', $in('Europe/Berlin', $from), $in('Europe/Berlin', $to - 1)];
        self::assertSame(['1 A' => $ofUs, '2 A' => $ofUs, '3 A' => $ofEu], $this->prices->special);
        // Days that are no longer there go with the price: an update would keep them.
        $this->write([self::row('A', [self::level('Sale', '5')])], $config);
        self::assertSame(['1 A' => ['5.000000', null, null], '2 A' => ['5.000000', null, null]], $this->prices->special);
    }

    public function testDaysThatWereLeftWithoutAPriceDoNotCount(): void
    {
        $this->prices->days = ['0 A' => ['2020-01-01 00:00:00', '2020-02-01 00:00:00']];
        $this->write([self::row('A', [self::level('Sale', '5')])]);
        self::assertSame(['0 A' => ['5.000000', null, null]], $this->prices->special);
    }

    public function testATierPriceThatGoesTakesNoneOfAnotherWebsiteWithIt(): void
    {
        $this->prices->isGlobal = false;
        $config = [...self::ALL, 'prices/currencies' => "USD = us\nEUR = eu"];
        $ofUs = self::level('Trade', '10', ['5' => '9']);
        $ofEu = self::level('Trade', '10', ['5' => '9'], currency: 'EUR');
        foreach ([[$ofEu, 2], [$ofUs, 1]] as [$level, $website]) {
            $this->write([self::row('A', [$ofUs, $ofEu])], $config);
            self::assertNull($this->write([self::row('A', [$level])], $config)['A']->error);
            $kept = ["{$website}|wholesale|1|A" => ['10.000000', 'fixed'], "{$website}|wholesale|5|A" => ['9.000000', 'fixed']];
            self::assertSame($kept, $this->prices->tiers);
        }
        $this->write([self::row('A', [$ofUs, $ofEu])], $config);
        $this->write([self::row('A', [])], $config);
        self::assertSame([], $this->prices->tiers);
    }

    public function testTierPricesOfZeroOfPercentAndOfManyDigitsGo(): void
    {
        $this->prices->tiers = ['0|wholesale|5|A' => ['0.000000', 'fixed'], '0|wholesale|9|A' => ['100.000000', 'discount']]
            + ['0|wholesale|7|A' => ['1.234567', 'fixed']];
        self::assertNull($this->write([self::row('A', [])])['A']->error);
        self::assertSame([], $this->prices->tiers);
    }

    public function testAGroupIsFoundByItsCodeAsTheMapHasIt(): void
    {
        $config = ['prices/levels' => "Trade = group: Ärzte\nOther = group: ärzte"];
        self::assertNull($this->write([self::row('A', [self::level('Trade', '4')])], $config)['A']->error);
        self::assertSame(['0|Ärzte|1|A' => ['4.000000', 'fixed']], $this->prices->tiers);
        $this->write([self::row('A', [self::level('Trade', '4')])], $config);
        self::assertSame([], $this->prices->calls);
        $both = $this->write([self::row('A', [self::level('Trade', '4'), self::level('Other', '5')])], $config)['A'];
        self::assertStringContainsString('Levels "Trade" and "Other" are both', $both->error);
    }

    public function testOfSeveralPeriodsTheOneThatBeganLastCounts(): void
    {
        $hour = 3600;
        $now = time();
        $levels = [
            self::level('Base Price', '10'),
            self::level('Base Price', '8', from: $now - $hour, to: $now + 2 * $hour),
            self::level('Base Price', '7', from: $now + $hour),
            self::level('Sale', '6', from: $now + 3 * $hour),
            self::level('Sale', '5', to: $now - $hour),
        ];
        $result = $this->write([self::row('A', $levels)])['A'];
        self::assertSame([null, $now + $hour], [$result->error, $result->dueAt]);
        self::assertSame(['0 A' => '8.000000'], $this->prices->base);
        self::assertSame('6.000000', $this->prices->special['0 A'][0]);
    }

    public function testOfPeriodsOfALevelThatBeganTogetherTheOneThatEndsFirstCounts(): void
    {
        $day = 86_400;
        $now = time();
        $levels = [
            self::level('Base Price', '10'),
            self::level('Base Price', '9', to: $now + 3 * $day),
            self::level('Sale', '8', from: $now - $day, to: $now + $day),
            self::level('Sale', '7', from: $now - $day, to: $now + 9 * $day),
        ];
        $result = $this->write([self::row('A', $levels)])['A'];
        self::assertSame([null, $now + $day], [$result->error, $result->dueAt]);
        self::assertSame(['0 A' => '9.000000'], $this->prices->base);
        self::assertSame('8.000000', $this->prices->special['0 A'][0]);
        $two = [self::level('Base Price', '10'), self::level('Base Price', '11', currency: 'USD')];
        self::assertStringContainsString('are both "base"', $this->write([self::row('B', $two)])['B']->error);
    }

    public function testAPeriodOfLargerQuantitiesAloneLeavesThePricesOfSmallerOnes(): void
    {
        $hour = 3600;
        $now = time();
        $period = ['from' => $now - $hour, 'to' => $now + $hour];
        $levels = [
            self::level('Base Price', '10', ['5' => '9', '20' => '8']),
            self::level('Base Price', null, ['10' => '7'], ...$period),
            self::level('Sale', '6'),
            self::level('Sale', null, ['10' => '5'], ...$period),
            self::level('Trade', '4'),
            self::level('Trade', '3.5', from: $now - 3 * $hour),
            self::level('Trade', null, ['8' => '3'], from: $now - 2 * $hour),
            self::level('Trade', null, ['6' => '2.5', '9' => '2'], ...$period),
        ];
        $result = $this->write([self::row('A', $levels)])['A'];
        self::assertSame([null, $now + $hour], [$result->error, $result->dueAt]);
        self::assertSame(['0 A' => '10.000000'], $this->prices->base);
        self::assertSame(['0 A' => ['6.000000', null, null]], $this->prices->special);
        self::assertSame([
            '0|all groups|5|A' => ['9.000000', 'fixed'],
            '0|all groups|10|A' => ['7.000000', 'fixed'],
            '0|wholesale|1|A' => ['3.500000', 'fixed'],
            '0|wholesale|6|A' => ['2.500000', 'fixed'],
            '0|wholesale|9|A' => ['2.000000', 'fixed'],
        ], $this->prices->tiers);
        // The price of one piece may be that of another level, and two of them are refused as ever.
        $config = ['prices/levels' => 'Trade = group: Wholesale' . "\n" . 'Online = group: Wholesale'];
        $two = [self::level('Trade', '4'), self::level('Online', '5'), self::level('Trade', null, ['8' => '3'], ...$period)];
        self::assertStringContainsString('Levels "Trade" and "Online" are both', $this->write([self::row('B', $two)], $config)['B']->error);
        self::assertNull($this->write([self::row('B', array_slice($two, 1))], $config)['B']->error);
        self::assertSame(['5.000000', 'fixed'], $this->prices->tiers['0|wholesale|1|B']);
    }

    public function testAProductThatComesLaterGetsItsPricesThen(): void
    {
        $result = $this->write([self::row('NONE', [self::level('Base Price', '3')])])['NONE'];
        self::assertSame('The catalog has no product "NONE".', $result->error);
        self::assertEqualsWithDelta(time() + 86_400, $result->dueAt, 60);
    }

    public function testAPriceInAnotherCurrencyIsRefusedAndWhatItWouldReplaceStays(): void
    {
        $this->prices->special = ['0 A' => ['3.000000', null, null]];
        $this->prices->tiers = ['0|wholesale|1|A' => ['2.000000', 'fixed']];
        $there = [$this->prices->special, $this->prices->tiers];
        $levels = [self::level('Base Price', '9'), self::level('Sale', '5', currency: 'EUR'), self::level('Trade', '4', currency: 'EUR')];
        $result = $this->write([self::row('A', $levels)])['A'];
        self::assertStringContainsString('Level "Sale" is in EUR, but the base currency of the website "admin" is USD.', $result->error);
        self::assertStringContainsString('Level "Trade" is in EUR', $result->error);
        self::assertSame(['0 A' => '9.000000'], $this->prices->base);
        self::assertSame($there, [$this->prices->special, $this->prices->tiers]);
    }

    public function testARefusedSkuDoesNotStopOthers(): void
    {
        $bad = [self::row('A', [self::level('Base Price', '-1')]), self::row('B', [self::level('Trade', '4', ['0.5' => '5'])])];
        $results = $this->write([...$bad, self::row('100', [self::level('Base Price', '3')]), self::row('NONE', [])]);
        self::assertSame('Invalid attribute Price = -1.', $results['A']->error);
        self::assertStringContainsString('Invalid attribute Quantity = 0.5. Row ID: SKU = B', $results['B']->error);
        self::assertNull($results['100']->error);
        self::assertSame('The catalog has no product "NONE".', $results['NONE']->error);
        self::assertSame(['0 100' => '3.000000'], $this->prices->base);
        self::assertSame(['0|wholesale|1|B' => ['4.000000', 'fixed']], $this->prices->tiers);
        $this->prices->breaks = ['A'];
        $results = $this->write([self::row('A', [self::level('Base Price', '1')]), self::row('B', [self::level('Base Price', '2')])]);
        self::assertSame(['a plugin breaks', null], [$results['A']->error, $results['B']->error]);
        $this->shop->product('SET');
        $set = $this->write([self::row('SET', [self::level('Base Price', '1')]), self::row('B', [self::level('Base Price', '5')])]);
        self::assertStringContainsString('SET', $set['SET']->error);
        self::assertNull($set['B']->error);
    }

    public function testRefusalsThatNameTheirSkuNeedNoSecondCall(): void
    {
        $rows = [self::row('A', [self::level('Trade', '4', ['0.5' => '5'])]), self::row('100', [self::level('Trade', '3')])];
        $results = $this->write($rows);
        self::assertStringContainsString('SKU = A', $results['A']->error);
        self::assertNull($results['100']->error);
        self::assertSame(['tiers 3'], $this->prices->calls);
    }

    public function testRefusalsLeftOverFromACallThatBrokeFailNoOtherRow(): void
    {
        // Magento keeps refusals until the end of the next call, and leaves out prices at their places.
        $this->prices->leftOver = ['0' => 'GONE'];
        $rows = [self::row('A', [self::level('Trade', '4')]), self::row('100', [self::level('Trade', '3')])];
        $results = $this->write($rows);
        self::assertSame([null, null], [$results['A']->error, $results['100']->error]);
        self::assertCount(2, $this->prices->tiers);
    }

    public function testARowWithAFaultOfItsOwnFails(): void
    {
        $two = [self::level('Base Price', '1'), self::level('List', '2')];
        $config = ['prices/levels' => "* = base"];
        self::assertSame(
            'Levels "Base Price" and "List" are both "base" of the website "admin". Leave one of them out.',
            $this->write([self::row('A', $two)], $config)['A']->error
        );
        self::assertSame('"x" is no number: price of level "Base Price"', $this->write([self::row('A', [self::level('Base Price', 'x')])])['A']->error);
        self::assertSame([], $this->prices->base);
    }

    public function testCostsAreWrittenOnlyIfAskedFor(): void
    {
        $this->write([self::row('A', [], '5')], ['prices/levels' => 'Base Price = base']);
        self::assertSame([], $this->prices->calls);
    }

    public function testPricesOfAllWebsitesNeedThoseOfOtherCurrenciesToBeNamed(): void
    {
        $this->prices->isGlobal = false;
        $levels = [self::level('Base Price', '5'), self::level('Base Price', '4', currency: 'EUR')];
        $config = [...self::ALL, 'prices/currencies' => "USD = admin\nEUR = eu"];
        self::assertNull($this->write([self::row('A', $levels)], $config)['A']->error);
        self::assertSame(['0 A' => '5.000000', '3 A' => '4.000000'], $this->prices->base);
    }

    /** @return array<string, array{array<string, string>, string, bool}> */
    public static function wrong(): array
    {
        return [
            'kind of price' => [['prices/levels' => 'Base Price = bose'], '"bose" is not a kind of price', false],
            'group' => [['prices/levels' => 'Base Price = group:'], '"group:" is not a kind of price', false],
            'website' => [['prices/currencies' => 'EUR = europe'], 'there is no website "europe"', false],
            'scope' => [['prices/currencies' => 'EUR = eu'], 'the catalog price scope is Global', true],
            'currency of all' => [['prices/currencies' => "USD = admin\nEUR ="], '"admin" is all websites, but the base currency of "eu" is EUR', false],
        ];
    }

    /**
     * @dataProvider wrong
     * @param array<string, string> $config
     */
    public function testAWrongConfigurationFailsNoRow(array $config, string $message, bool $isGlobal): void
    {
        $this->prices->isGlobal = $isGlobal;
        $this->expectException(WrongConfiguration::class);
        $this->expectExceptionMessage($message);
        $this->write([self::row('A', [self::level('Base Price', '1')])], $config);
    }
}
