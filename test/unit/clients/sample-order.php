<?php

/** Prints an order as the Magento module pushes it. */

declare(strict_types=1);

use Waldstream\Feeds\Model\Order\OrderJson;
use Waldstream\Feeds\Model\Order\OrderLines;
use Waldstream\Feeds\Test\Unit\FakeData;

require __DIR__ . '/../../../clients/magento2-module/Test/Unit/bootstrap.php';

/** @param array<string, mixed> $values */
function item(int $id, array $values): FakeData
{
    return new FakeData(['ItemId' => $id, 'Sku' => "S{$id}", 'Name' => "N{$id}", 'QtyOrdered' => '1.0000', ...$values]);
}

$address = new FakeData(['Firstname' => 'Ann', 'Lastname' => 'Lee', 'Street' => ['Main 1', 'Back'], 'CountryId' => 'DE']);
$shipping = new FakeData(['Method' => 'flatrate_flatrate', 'Address' => $address]);
$order = new FakeData([
    'EntityId' => '7',
    'IncrementId' => '000000007',
    'State' => 'processing',
    'Status' => 'processing',
    'CreatedAt' => '2026-01-31 08:00:00',
    'StoreId' => '1',
    'OrderCurrencyCode' => 'EUR',
    'BaseCurrencyCode' => 'EUR',
    'BaseGrandTotal' => '24.8150',
    'CustomerEmail' => 'a@example.com',
    'BillingAddress' => $address,
    'Payment' => new FakeData(['Method' => 'checkmo']),
    'ExtensionAttributes' => new FakeData(['ShippingAssignments' => [new FakeData(['Shipping' => $shipping])]]),
    'Items' => [
        item(1, ['ProductType' => 'configurable', 'Price' => '10.0000', 'RowTotal' => '10.0000', 'DiscountAmount' => '1.0000']),
        item(2, ['ProductType' => 'simple', 'ParentItemId' => '1']),
        item(3, ['ProductType' => 'bundle']),
        item(4, ['ProductType' => 'simple', 'ParentItemId' => '3', 'Price' => '7.5000', 'RowTotal' => '7.5000']),
    ],
    'Subtotal' => '17.5000',
    'DiscountAmount' => '-1.5000',
    'ShippingDiscountAmount' => '0.5000',
    'ShippingAmount' => '5.0000',
    'ShippingTaxAmount' => '0.8550',
    'TaxAmount' => '2.5650',
    'GrandTotal' => '24.8150',
]);
echo json_encode((new OrderJson(new OrderLines()))->of($order), JSON_THROW_ON_ERROR);
