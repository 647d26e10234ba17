import { type Decimal4, magnitude, subtract, sum, ZERO4, ZERO8 } from '../../events/decimal.ts'
import type { OrderLine } from '../../events/generated/events.ts'
import { amountOf, attributesOf, quantityOf, requireText, textOf, type Wire, wireOf } from '../kit/wire.ts'

/** Fields that are in the line itself, repeat another row, or change without the order's content changing. */
const LEFT_OUT = new Set(
  [
    'item_id order_id parent_item_id parent_item sku name product_type qty_ordered qty_canceled qty_invoiced qty_shipped',
    'qty_refunded price original_price discount_amount tax_amount row_total quote_item_id created_at updated_at',
  ].flatMap((names) => names.split(' ')),
)

/**
 * Rows of an order, parents and children. Amounts stand on the rows without a parent: releases of Magento differ in
 * whether a configurable's child repeats its parent's amounts and whether a bundle's are with the parent or the children,
 * so a child's amounts go up to its parent where that has none, and count once (Guarantee 7).
 */
export function toOrderLines(items: readonly Wire[]): OrderLine[] {
  const lines = items.map((item, index) => toLine(item, `items[${index}].`))
  const children = Map.groupBy(lines, (line) => line.parentLineId)
  return lines.map((line) => {
    if (line.parentLineId !== null) {
      return { ...line, unitPrice: ZERO8, discount: ZERO4, tax: ZERO4, rowTotal: ZERO4 }
    }
    const below = children.get(line.lineId) ?? []
    const own = (field: 'discount' | 'tax' | 'rowTotal'): Decimal4 =>
      line[field] === ZERO4 ? sum(below.map((child) => child[field])) : line[field]
    return { ...line, discount: own('discount'), tax: own('tax'), rowTotal: own('rowTotal') }
  })
}

function toLine(item: Wire, path: string): OrderLine {
  const amount = (name: string) => amountOf(item, name, path) ?? ZERO4
  const quantity = (name: string) => quantityOf(item, name, path) ?? ZERO8
  return {
    lineId: requireText(item, 'item_id', path),
    parentLineId: textOf(item['parent_item_id']) ?? textOf(wireOf(item['parent_item'])['item_id']),
    sku: requireText(item, 'sku', path),
    name: textOf(item['name']) ?? '',
    productType: textOf(item['product_type']) ?? 'simple',
    quantityOrdered: quantity('qty_ordered'),
    quantityCanceled: quantity('qty_canceled'),
    quantityInvoiced: quantity('qty_invoiced'),
    quantityShipped: quantity('qty_shipped'),
    quantityRefunded: quantity('qty_refunded'),
    unitPrice: quantity('price'),
    originalPrice: quantityOf(item, 'original_price', path),
    // Prices with tax: Magento takes the discount off with its tax and adds that tax again as a compensation.
    discount: subtract(magnitude(amount('discount_amount')), amount('discount_tax_compensation_amount')),
    tax: amount('tax_amount'),
    rowTotal: amount('row_total'),
    attributes: attributesOf(item, LEFT_OUT),
  }
}
