<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Model\Order;

use Magento\Sales\Api\Data\OrderItemInterface;

/**
 * The rows of an order, parents and children. Amounts are on the rows without a parent: those of children go up to a
 * parent that has none, and count once. What a component of a bundle costs is kept beside.
 */
class OrderLines
{
    /**
     * Lines of an order.
     *
     * @param OrderItemInterface[] $items
     * @return array<int, array<string, mixed>>
     */
    public function of(array $items): array
    {
        $below = [];
        $bundles = [];
        foreach ($items as $item) {
            $below[(int) $item->getParentItemId()][] = $item;
            if ($item->getProductType() === 'bundle') {
                $bundles[(int) $item->getItemId()] = true;
            }
        }
        return array_map(function (OrderItemInterface $item) use ($below, $bundles): array {
            $parent = (int) $item->getParentItemId();
            if ($parent === 0) {
                return $this->line($item, $this->amounts($item, $below[(int) $item->getItemId()] ?? []));
            }
            $own = $this->amounts($item, []);
            $isPriced = isset($bundles[$parent]) && $own['rowTotal'] !== 0;
            $price = Amounts::number($item->getPrice());
            return [
                ...$this->line($item, ['discount' => 0, 'tax' => 0, 'rowTotal' => 0]),
                'unitPrice' => '0',
                'ownAmounts' => $isPriced ? ['unitPrice' => $price, ...array_map(Amounts::text(...), $own)] : null,
            ];
        }, array_values($items));
    }

    /**
     * Amounts of a row, or of those below it.
     *
     * @param OrderItemInterface $item
     * @param OrderItemInterface[] $below
     * @return array{discount: int, tax: int, rowTotal: int}
     */
    private function amounts(OrderItemInterface $item, array $below): array
    {
        $discount = abs(Amounts::of($item->getDiscountAmount()));
        $own = [
            // With prices that include tax, the discount is taken off with its tax, and that tax added again.
            'discount' => $discount - Amounts::of($item->getDiscountTaxCompensationAmount()),
            'tax' => Amounts::of($item->getTaxAmount()),
            'rowTotal' => Amounts::of($item->getRowTotal()),
        ];
        foreach ($own as $name => $amount) {
            if ($amount === 0) {
                foreach ($below as $child) {
                    $own[$name] += $this->amounts($child, [])[$name];
                }
            }
        }
        return $own;
    }

    /**
     * A row as a line.
     *
     * @param OrderItemInterface $item
     * @param array{discount: int, tax: int, rowTotal: int} $amounts
     * @return array<string, mixed>
     */
    private function line(OrderItemInterface $item, array $amounts): array
    {
        $type = (string) ($item->getProductType() ?? 'simple');
        $isVirtual = (bool) $item->getIsVirtual() && !in_array($type, ['bundle', 'downloadable'], true);
        $parent = (int) $item->getParentItemId();
        return [
            'lineId' => (string) $item->getItemId(),
            'parentLineId' => $parent === 0 ? null : (string) $parent,
            'sku' => (string) $item->getSku(),
            'name' => (string) $item->getName(),
            'productType' => $isVirtual ? 'virtual' : $type,
            'quantityOrdered' => Amounts::number($item->getQtyOrdered()),
            'quantityCanceled' => Amounts::number($item->getQtyCanceled()),
            'quantityInvoiced' => Amounts::number($item->getQtyInvoiced()),
            'quantityShipped' => Amounts::number($item->getQtyShipped()),
            'quantityRefunded' => Amounts::number($item->getQtyRefunded()),
            'unitPrice' => Amounts::number($item->getPrice()),
            'originalPrice' => $item->getOriginalPrice() === null ? null : Amounts::number($item->getOriginalPrice()),
            'discount' => Amounts::text($amounts['discount']),
            'tax' => Amounts::text($amounts['tax']),
            'rowTotal' => Amounts::text($amounts['rowTotal']),
        ];
    }
}
