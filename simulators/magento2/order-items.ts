import { fromCents, scaled } from './money.ts'
import type { LineAmounts, OrderAmounts } from './order-amounts.ts'
import type { OrderProgress } from './order-state.ts'
import type { Sellable } from './sellable.ts'
import type { OrderItem } from './wire-types.ts'

interface ItemsInput {
  orderId: number
  bought: readonly { sellable: Sellable; qty: number }[]
  amounts: OrderAmounts
  taxBasisPoints: number
  progress: OrderProgress
  times: { created_at: string; updated_at: string }
}

/**
 * The rows of an order. A variant gives two: the configurable parent with the prices, and the simple child with price
 * 0;
 * both carry the child's SKU.
 */
export function makeItems(input: ItemsInput): OrderItem[] {
  const { orderId, bought, amounts, progress, times } = input
  let nextId = orderId * 100
  return bought.flatMap(({ sellable, qty }, index) => {
    const { product, parent } = sellable
    const columns = {
      order_id: orderId,
      store_id: 1,
      ...times,
      ...quantityColumns(qty, progress),
      ...weightColumns(sellable, qty),
    }
    nextId += 1
    const priced: OrderItem = {
      ...columns,
      item_id: nextId,
      product_id: parent?.id ?? sellable.id,
      sku: product.sku,
      name: parent?.product.name ?? product.name,
      product_type: parent === undefined ? 'simple' : 'configurable',
      ...priceColumns(amounts.lines[index], input.taxBasisPoints, amounts.discountPercent),
      ...(parent === undefined
        ? {}
        : { product_option: { extension_attributes: { configurable_item_options: parent.options } } }),
    }
    if (parent === undefined) return [priced]
    const child: OrderItem = {
      ...columns,
      item_id: priced.item_id + 1,
      parent_item_id: priced.item_id,
      product_id: sellable.id,
      sku: product.sku,
      name: product.name,
      product_type: 'simple',
      ...priceColumns(undefined, 0, undefined),
    }
    nextId += 1
    return [priced, child]
  })
}

function quantityColumns(qty: number, { invoiced, shipped, canceled, refunded }: OrderProgress) {
  return {
    qty_ordered: qty,
    qty_invoiced: invoiced ? qty : 0,
    qty_shipped: shipped ? qty : 0,
    qty_canceled: canceled ? qty : 0,
    qty_refunded: refunded ? qty : 0,
    is_virtual: 0,
    is_qty_decimal: 0,
    free_shipping: 0,
  }
}

function weightColumns({ product }: Sellable, qty: number): { weight?: number; row_weight?: number } {
  if (product.weight === undefined) return {}
  return { weight: Number(product.weight), row_weight: (Number(scaled(product.weight, 4)) * qty) / 10_000 }
}

/** Without amounts: the child's row, all zero. */
function priceColumns(line: LineAmounts | undefined, taxBasisPoints: number, discountPercent: number | undefined) {
  const amount = (cents = 0) => fromCents(cents)
  return {
    price: amount(line?.price),
    base_price: amount(line?.price),
    original_price: amount(line?.price),
    base_original_price: amount(line?.price),
    row_total: amount(line?.rowTotal),
    base_row_total: amount(line?.rowTotal),
    tax_percent: taxBasisPoints / 100,
    tax_amount: amount(line?.tax),
    base_tax_amount: amount(line?.tax),
    discount_percent: discountPercent ?? 0,
    discount_amount: amount(line?.discount),
    base_discount_amount: amount(line?.discount),
    ...(line === undefined
      ? {}
      : {
          price_incl_tax: amount(line.priceInclTax),
          base_price_incl_tax: amount(line.priceInclTax),
          row_total_incl_tax: amount(line.rowTotalInclTax),
          base_row_total_incl_tax: amount(line.rowTotalInclTax),
        }),
  }
}
