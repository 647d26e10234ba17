<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Model\Order;

use Magento\Sales\Api\Data\OrderAddressInterface;
use Magento\Sales\Api\Data\OrderInterface;

/** An order as POST /v1/orders/{source} takes it. */
class OrderJson
{
    /**
     * Constructor.
     *
     * @param OrderLines $lines
     */
    public function __construct(private readonly OrderLines $lines)
    {
    }

    /**
     * The order.
     *
     * @param OrderInterface $order
     * @return array<string, mixed>
     */
    public function of(OrderInterface $order): array
    {
        $payment = $order->getPayment();
        $assignments = $order->getExtensionAttributes()?->getShippingAssignments() ?? [];
        $shipping = ($assignments[0] ?? null)?->getShipping();
        $address = $shipping?->getAddress();
        return [
            'orderId' => (string) $order->getEntityId(),
            'orderNumber' => (string) $order->getIncrementId(),
            'state' => (string) ($order->getState() ?? 'unknown'),
            'status' => (string) ($order->getStatus() ?? 'unknown'),
            'placedAt' => self::time((string) $order->getCreatedAt()),
            'amends' => $order->getRelationParentRealId(),
            'storeId' => self::text($order->getStoreId()),
            'currency' => (string) $order->getOrderCurrencyCode(),
            'baseCurrency' => self::text($order->getBaseCurrencyCode()),
            'baseGrandTotal' => Amounts::text(Amounts::of($order->getBaseGrandTotal())),
            'customerId' => self::text($order->getCustomerId()),
            'customerGroup' => self::text($order->getCustomerGroupId()),
            'customerEmail' => (string) $order->getCustomerEmail(),
            'billingAddress' => self::address($order->getBillingAddress()),
            'shippingAddress' => $address === null ? null : self::address($address),
            'shippingMethod' => self::text($shipping?->getMethod()),
            'paymentMethod' => self::text($payment?->getMethod()),
            'purchaseOrderNumber' => self::text($payment?->getPoNumber()),
            'couponCode' => self::text($order->getCouponCode()),
            'lines' => $this->lines->of($order->getItems()),
            ...self::amounts($order),
        ];
    }

    /**
     * When the order last changed.
     *
     * @param OrderInterface $order
     * @return string ISO 8601
     */
    public function changedAt(OrderInterface $order): string
    {
        return self::time((string) ($order->getUpdatedAt() ?? $order->getCreatedAt()));
    }

    /**
     * The order's amounts. What they do not add up to is a charge that is not explained.
     *
     * @param OrderInterface $order
     * @return array<string, mixed>
     */
    private static function amounts(OrderInterface $order): array
    {
        $shippingTax = Amounts::of($order->getShippingTaxAmount());
        $shippingDiscount = abs(Amounts::of($order->getShippingDiscountAmount()));
        $amounts = [
            'subtotal' => Amounts::of($order->getSubtotal()),
            'discount' => abs(Amounts::of($order->getDiscountAmount())) - $shippingDiscount
                - Amounts::of($order->getDiscountTaxCompensationAmount()),
            'shipping' => Amounts::of($order->getShippingAmount()) - $shippingDiscount
                + Amounts::of($order->getShippingDiscountTaxCompensationAmount()),
            'shippingTax' => $shippingTax,
            'tax' => Amounts::of($order->getTaxAmount()) - $shippingTax,
            'grandTotal' => Amounts::of($order->getGrandTotal()),
        ];
        $left = $amounts['grandTotal'] - $amounts['subtotal'] + $amounts['discount'] - $amounts['shipping']
            - $amounts['shippingTax'] - $amounts['tax'];
        $charge = ['kind' => 'unexplained', 'amount' => Amounts::text($left), 'tax' => '0'];
        return [...array_map(Amounts::text(...), $amounts), 'charges' => $left === 0 ? [] : [$charge]];
    }

    /**
     * An address.
     *
     * @param OrderAddressInterface|null $address
     * @return array<string, mixed>
     */
    private static function address(?OrderAddressInterface $address): array
    {
        return [
            'firstName' => self::text($address?->getFirstname()),
            'lastName' => self::text($address?->getLastname()),
            'company' => self::text($address?->getCompany()),
            'street' => array_values($address?->getStreet() ?? []),
            'city' => self::text($address?->getCity()),
            'region' => self::text($address?->getRegion()),
            'regionCode' => self::text($address?->getRegionCode()),
            'postalCode' => self::text($address?->getPostcode()),
            'countryCode' => self::text($address?->getCountryId()),
            'phone' => self::text($address?->getTelephone()),
            'email' => self::text($address?->getEmail()),
            'namePrefix' => self::text($address?->getPrefix()),
            'middleName' => self::text($address?->getMiddlename()),
            'nameSuffix' => self::text($address?->getSuffix()),
            'vatNumber' => self::text($address?->getVatId()),
        ];
    }

    /**
     * A value as text.
     *
     * @param mixed $value
     * @return string|null
     */
    private static function text(mixed $value): ?string
    {
        return $value === null || $value === '' ? null : (string) $value;
    }

    /**
     * A time of the database, which is UTC.
     *
     * @param string $time
     * @return string
     */
    private static function time(string $time): string
    {
        return (new \DateTimeImmutable($time, new \DateTimeZone('UTC')))->format('Y-m-d\TH:i:s\Z');
    }
}
