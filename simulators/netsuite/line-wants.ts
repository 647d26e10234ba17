import type { Account, Wire } from './account.ts'
import { timesUnits, toUnits, type Units, unitsOf } from './decimal.ts'
import type { Reference } from './fields.ts'
import { createNeeds } from './line-needs.ts'
import { createLineStore, type OrderLine } from './sales-order-lines.ts'
import { isClosed } from './status-names.ts'
import type { Place } from './stock.ts'

/** What an order's line needs of an item. */
export interface Want extends Place {
  /** The line's unique key. */
  readonly key: number
  readonly wanted: Units
}

/** What the lines of an order still need: not yet shipped, with a location, of items with stock. */
export function createWants(account: Account): (orderId: number) => Want[] {
  const { database } = account
  const lineStore = createLineStore(account)
  const needsOf = createNeeds(account)
  const findOrder = database.prepare('SELECT status, canceled, document FROM sim_sales_order WHERE id = ?')
  const shippedOf = database.prepare(`SELECT line, SUM(quantity) AS quantity FROM sim_fulfilment_line
    JOIN sim_fulfilment ON id = fulfilment_id WHERE order_id = ? AND status = 'C' GROUP BY line`)
  return (orderId) => {
    const order = findOrder.get(orderId) ?? {}
    if (order['canceled'] === 1 || order['status'] === 'A') return []
    const usual = locationOf(JSON.parse(String(order['document'])) as Wire)
    const shipped = new Map(shippedOf.all(orderId).map((row) => [Number(row['line']), unitsOf(row, 'quantity')]))
    return lineStore.list(orderId).flatMap((line) => {
      const location = locationOf(line.document) ?? usual
      const open = openOf(line) - (shipped.get(line.line) ?? 0n)
      if (location === undefined || open <= 0n) return []
      return [...needsOf(line.itemId)].map(([item, pieces]): Want => {
        return { key: Number(line.uniqueKey), item, location, wanted: timesUnits(pieces, open) }
      })
    })
  }
}

/** A closed line keeps what was picked of it. */
function openOf(line: OrderLine): Units {
  return toUnits(isClosed(line) ? line.fulfilled : line.quantity)
}

/** The internal id of the location that an order or one of its lines names. */
export function locationOf(document: Wire): number | undefined {
  const id = (document['location'] as Reference | null | undefined)?.id
  return id === undefined ? undefined : Number(id)
}
