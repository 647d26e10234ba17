<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Test\Unit;

use PHPUnit\Framework\TestCase;
use Waldstream\Feeds\Model\Order\OrderJson;
use Waldstream\Feeds\Model\Order\OrderLines;

final class OrderJsonTest extends TestCase
{
    /** @param array<string, mixed> $values */
    private static function item(int $id, array $values): FakeData
    {
        $usual = ['ItemId' => $id, 'Sku' => "S{$id}", 'Name' => "N{$id}", 'ProductType' => 'simple', 'QtyOrdered' => '1.0000'];
        return new FakeData([...$usual, ...$values]);
    }

    /** @param array<string, mixed> $values */
    private static function order(array $values): FakeData
    {
        return new FakeData([
            'EntityId' => 7,
            'IncrementId' => '000000007',
            'State' => 'processing',
            'Status' => 'processing',
            'CreatedAt' => '2026-01-31 08:00:00',
            'OrderCurrencyCode' => 'EUR',
            'CustomerEmail' => 'a@example.com',
            'BillingAddress' => new FakeData(['Firstname' => 'Ann', 'Street' => ['Main 1'], 'CountryId' => 'DE']),
            'Payment' => new FakeData(['Method' => 'checkmo']),
            ...$values,
        ]);
    }

    /** @return array<string, mixed> */
    private static function json(FakeData $order): array
    {
        return (new OrderJson(new OrderLines()))->of($order);
    }

    public function testAmountsAreThoseOfTheParentsOnce(): void
    {
        $items = [
            self::item(1, ['ProductType' => 'configurable', 'Price' => '10', 'RowTotal' => '10', 'TaxAmount' => '1.9']),
            self::item(2, ['ParentItemId' => 1, 'Price' => '10', 'RowTotal' => '10']),
            self::item(3, ['ProductType' => 'bundle']),
            self::item(4, ['ParentItemId' => 3, 'Price' => '3', 'RowTotal' => '6', 'DiscountAmount' => '0.6', 'QtyOrdered' => '2']),
            self::item(5, ['ParentItemId' => 3, 'Price' => '1', 'RowTotal' => '1']),
        ];
        $lines = self::json(self::order(['Items' => $items]))['lines'];
        self::assertSame(['10.0000', '0.0000', '7.0000', '0.0000', '0.0000'], array_column($lines, 'rowTotal'));
        self::assertSame('0.6000', $lines[2]['discount']);
        self::assertSame(
            ['unitPrice' => '3.0000', 'discount' => '0.6000', 'tax' => '0.0000', 'rowTotal' => '6.0000'],
            $lines[3]['ownAmounts'],
        );
        self::assertNull($lines[1]['ownAmounts']);
        self::assertSame([null, '1', null, '3', '3'], array_column($lines, 'parentLineId'));
    }

    public function testTheAmountsOfAnOrderAddUp(): void
    {
        $json = self::json(self::order([
            'Items' => [self::item(1, ['Price' => '10', 'RowTotal' => '10', 'IsVirtual' => '1'])],
            'Subtotal' => '10.0000',
            'DiscountAmount' => '-1.5000',
            'ShippingDiscountAmount' => '0.5000',
            'ShippingAmount' => '5.0000',
            'ShippingTaxAmount' => '0.8550',
            'TaxAmount' => '2.5650',
            'GrandTotal' => '17.3150',
            'ExtensionAttributes' => new FakeData(['ShippingAssignments' => [
                new FakeData(['Shipping' => new FakeData([
                    'Method' => 'flatrate_flatrate',
                    'Address' => new FakeData(['Firstname' => 'Bob']),
                ])]),
            ]]),
        ]));
        $amounts = ['subtotal', 'discount', 'shipping', 'shippingTax', 'tax', 'grandTotal'];
        $texts = array_map(static fn (string $name): string => $json[$name], $amounts);
        self::assertSame(['10.0000', '1.0000', '4.5000', '0.8550', '1.7100', '17.3150'], $texts);
        self::assertSame([['unexplained', '1.2500']], array_map(static fn ($one) => [$one['kind'], $one['amount']], $json['charges']));
        self::assertSame(['virtual', '2026-01-31T08:00:00Z'], [$json['lines'][0]['productType'], $json['placedAt']]);
        self::assertSame(['Ann', 'Bob'], [$json['billingAddress']['firstName'], $json['shippingAddress']['firstName']]);
        self::assertSame('flatrate_flatrate', $json['shippingMethod']);
    }
}
