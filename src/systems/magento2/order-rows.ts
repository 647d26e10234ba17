import { ZERO8 } from '../../events/decimal.ts'
import type { LineQuantities } from '../../rules/quantities.ts'
import { quantityOf, textOf, type Wire, wireOf, wiresOf } from '../kit/wire.ts'
import { rowType } from './row-type.ts'

export function quantitiesOf(item: Wire): LineQuantities {
  const quantity = (name: string) => quantityOf(item, name, 'items.') ?? ZERO8
  return {
    productType: rowType(item),
    quantityOrdered: quantity('qty_ordered'),
    quantityCanceled: quantity('qty_canceled'),
    quantityShipped: quantity('qty_shipped'),
    quantityRefunded: quantity('qty_refunded'),
  }
}

/** Id of a row's parent row. */
export function parentOf(item: Wire): string | null {
  return textOf(item['parent_item_id']) ?? textOf(wireOf(item['parent_item'])['item_id'])
}

/**
 * Removes bundles whose components the shop ships separately (`shipment_type`) and makes the components independent
 * rows, for planning a shipment.
 */
export function shippedApart(order: Wire, bundles: ReadonlySet<string>): Wire {
  const items = wiresOf(order['items'])
  const rows = items
    .filter((item) => !bundles.has(textOf(item['item_id']) ?? ''))
    .map((item) => {
      if (!bundles.has(parentOf(item) ?? '')) return item
      const { parent_item_id: _id, parent_item: _item, ...row } = item
      return row
    })
  return { ...order, items: rows }
}
