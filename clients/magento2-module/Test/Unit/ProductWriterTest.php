<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Test\Unit;

use Magento\Catalog\Api\Data\ProductInterfaceFactory;
use Magento\Framework\Api\SearchCriteriaBuilder;
use PHPUnit\Framework\TestCase;
use Waldstream\Feeds\Model\AdminStore;
use Waldstream\Feeds\Model\Product\KnownProducts;
use Waldstream\Feeds\Model\Product\OptionIds;
use Waldstream\Feeds\Model\Product\ProductChanges;
use Waldstream\Feeds\Model\Product\ProductWriter;
use Waldstream\Feeds\Model\RowResult;
use Waldstream\Feeds\Model\StagedRow;

final class ProductWriterTest extends TestCase
{
    private FakeShop $shop;

    protected function setUp(): void
    {
        $this->shop = new FakeShop();
    }

    /**
     * @param list<StagedRow> $rows
     * @param array<string, string> $config
     * @return array<string, RowResult>
     */
    private function write(array $rows, array $config = []): array
    {
        $factory = new ProductInterfaceFactory(static fn (): FakeData => new FakeData());
        $known = new KnownProducts($this->shop, new SearchCriteriaBuilder());
        $changes = new ProductChanges(new OptionIds($this->shop));
        $store = new AdminStore($this->shop);
        $writer = new ProductWriter(FakeConfig::with($config), $this->shop, $factory, $known, $changes, $store);
        $notes = new FakeNotes($this->shop);
        $writer->write($rows, $notes);
        return $notes->results;
    }

    /** @param array<string, mixed> $data */
    private static function row(string $sku, array $data = [], bool $deleted = false, bool $disabled = false): StagedRow
    {
        return new StagedRow($sku, $sku, 'erp', $deleted, $data, 'digest', $disabled);
    }

    public function testSavesWhatDiffersAndNothingElse(): void
    {
        $this->shop->product('A', ['Name' => 'Old', 'Price' => '10.0000'], ['color' => 'red']);
        $this->shop->product('B', ['Name' => 'Same', 'Price' => '5.000000'], ['color' => 'red', 'width' => '2.50']);
        $rows = [
            self::row('a', ['name' => 'New', 'price' => '10', 'color' => 'red', 'sku' => 'a']),
            self::row('B', ['name' => 'Same', 'price' => '5', 'color' => 'red', 'width' => '2.5']),
        ];
        $results = $this->write($rows);
        self::assertSame([null, null], [$results['a']->error, $results['B']->error]);
        self::assertCount(1, $this->shop->savedProducts);
        self::assertSame(['Sku' => 'A', 'Name' => 'New'], $this->shop->savedProducts[0]->values);
        self::assertSame([0, 1], $this->shop->stores);
    }

    public function testMapsAttributesAndLabelsOfOptions(): void
    {
        $this->shop->product('A');
        $option = new FakeData(['Label' => 'Dark Blue', 'Value' => '17']);
        $this->shop->attributes['farbe'] = new FakeData(['FrontendInput' => 'select', 'Options' => [$option]]);
        $data = ['color' => 'dark blue', 'brand' => 'x', 'tags' => ['a', 'b'], 'vegan' => true, 'note' => null];
        $map = "color = farbe\nbrand =\n* = *";
        $this->write([self::row('A', $data)], ['products/attribute_map' => $map]);
        $saved = $this->shop->savedProducts[0]->attributes;
        self::assertSame(['farbe' => '17', 'tags' => 'a,b', 'vegan' => '1'], $saved);
        $results = $this->write([self::row('A', ['color' => 'pink'])], ['products/attribute_map' => $map]);
        self::assertSame('The attribute "farbe" has no option "pink".', $results['A']->error);
    }

    public function testAnUnknownSkuIsCreatedOnlyWhereThatIsOn(): void
    {
        $results = $this->write([self::row('N', ['name' => 'New'])]);
        self::assertSame('The catalog has no product "N".', $results['N']->error);
        self::assertSame([], $this->shop->savedProducts);
        $this->write([self::row('N', ['name' => 'New', 'price' => '3.5'])], ['products/create' => '1']);
        $values = $this->shop->products['N']->values;
        self::assertSame(['New', 3.5, 'simple', 4], [$values['Name'], $values['Price'], $values['TypeId'], $values['AttributeSetId']]);
    }

    public function testOneThatCannotBeSavedDoesNotHoldUpTheOthers(): void
    {
        $this->shop->product('A');
        $this->shop->product('B');
        $this->shop->product('C');
        $results = $this->write([
            self::row('A', ['fails' => 'yes']),
            self::row('B', ['fails' => 'type']),
            self::row('C', ['name' => 'New']),
        ]);
        $errors = [$results['A']->error, $results['B']->error, $results['C']->error];
        self::assertSame(['it cannot be saved', 'a plugin breaks', null], $errors);
    }

    public function testNotesEachRowAroundItsSaveAndADisablingBeforeIt(): void
    {
        $this->shop->product('A');
        $this->shop->product('B');
        $this->write([self::row('A', ['name' => 'New']), self::row('B', deleted: true)]);
        $expected = ['begin A', 'save A', 'end A', 'begin B', 'disabling B', 'save B', 'end B'];
        self::assertSame($expected, $this->shop->events);
    }

    public function testANumberThatIsNoneFailsTheRowAndNamesTheField(): void
    {
        $this->shop->product('A', ['Price' => '10.0000']);
        foreach (['', 'N/A', '1.234,50', '1e999'] as $text) {
            $error = $this->write([self::row('A', ['cost' => $text])], ['products/attribute_map' => 'cost = price'])['A']->error;
            self::assertSame("\"{$text}\" of \"cost\" is not a number.", $error);
        }
        foreach (['weight', 'status', 'visibility'] as $name) {
            self::assertSame("\"x\" of \"{$name}\" is not a number.", $this->write([self::row('A', [$name => 'x'])])['A']->error);
        }
        self::assertSame([], $this->shop->savedProducts);
    }

    public function testAProductWithoutAPriceIsCreatedDisabledAndEnabledByTheRowThatHasOne(): void
    {
        $config = ['products/create' => '1'];
        foreach ([[], ['price' => null], ['status' => '1']] as $data) {
            $this->shop->products = [];
            self::assertTrue($this->write([self::row('N', ['name' => 'New', ...$data])], $config)['N']->disabled);
            self::assertSame([2, 0.0], [$this->shop->products['N']->getStatus(), $this->shop->products['N']->getPrice()]);
            self::assertTrue($this->write([self::row('N', ['name' => 'Now', ...$data], disabled: true)])['N']->disabled);
            self::assertSame(2, $this->shop->products['N']->getStatus());
        }
        self::assertFalse($this->write([self::row('N', ['price' => '9'], disabled: true)])['N']->disabled);
        self::assertSame([1, 9.0], [$this->shop->products['N']->getStatus(), $this->shop->products['N']->getPrice()]);
    }

    public function testAProductOfAKnownPriceIsCreatedEnabledUnlessTheRowSaysOtherwise(): void
    {
        $config = ['products/create' => '1'];
        $this->write([self::row('FREE', ['price' => '0']), self::row('OFF', ['price' => '1', 'status' => '2'])], $config);
        self::assertSame([1, 2], [$this->shop->products['FREE']->getStatus(), $this->shop->products['OFF']->getStatus()]);
        self::assertFalse($this->write([self::row('OFF', ['status' => '2'], disabled: true)])['OFF']->disabled);
        self::assertSame(2, $this->shop->products['OFF']->getStatus());
    }

    public function testADeletedRowDisablesTheProductUntilItReturns(): void
    {
        $this->shop->product('A', ['Price' => '5.0000']);
        $this->shop->product('OFF', ['Status' => 2, 'Price' => '5.0000']);
        $results = $this->write([self::row('A', deleted: true), self::row('OFF', deleted: true), self::row('NONE', deleted: true)]);
        self::assertSame([true, false, false], [$results['A']->disabled, $results['OFF']->disabled, $results['NONE']->disabled]);
        self::assertSame(2, $this->shop->products['A']->getStatus());
        self::assertTrue($this->write([self::row('A', deleted: true, disabled: true)])['A']->disabled);
        $this->write([self::row('A', disabled: true), self::row('OFF')]);
        self::assertSame([1, 2], [$this->shop->products['A']->getStatus(), $this->shop->products['OFF']->getStatus()]);
    }
}
