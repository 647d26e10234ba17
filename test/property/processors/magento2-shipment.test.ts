import fc from 'fast-check'
import { describe, it } from 'vitest'
import { StreamError } from '../../../src/errors.ts'
import { add, type Decimal8, decimal8, sum, text8, ZERO8 } from '../../../src/events/decimal.ts'
import { type Wire, wiresOf } from '../../../src/systems/kit/wire.ts'
import { missingItems, type ShipmentItem } from '../../../src/systems/magento2/shipment.ts'

interface Row {
  readonly sku: string
  readonly ordered: number
}

const skus = ['A', 'B']
const rows = fc.array(fc.record({ sku: fc.constantFrom(...skus), ordered: fc.integer({ min: 1, max: 4 }) }), {
  minLength: 1,
  maxLength: 4,
})
const line = fc.record({
  sku: fc.constantFrom(...skus),
  quantity: fc.integer({ min: 1, max: 4 }).map((quantity) => decimal8(quantity, 'quantity')),
  lineId: fc.option(fc.integer({ min: 1, max: 4 }).map(String)),
  reason: fc.constant(null),
  location: fc.option(fc.constantFrom('east', 'west')),
})
const fulfilments = fc.array(fc.array(line, { maxLength: 3 }), { maxLength: 4 })

/** An order in the shop, to which what is missing of a fulfilment is shipped, source by source. */
function shopOf(ordered: readonly Row[]) {
  const shipped = new Map<string, Decimal8>()
  const order = (): Wire => ({
    increment_id: '1',
    state: 'processing',
    items: ordered.map(({ sku, ordered: quantity }, index) => {
      const id = String(index + 1)
      const done = text8(shipped.get(id) ?? ZERO8)
      return { item_id: id, sku, product_type: 'simple', qty_ordered: quantity, qty_shipped: done }
    }),
  })
  return {
    order,
    shipped,
    ship(items: readonly ShipmentItem[]): Wire {
      for (const { row, quantity } of items) shipped.set(row, add(shipped.get(row) ?? ZERO8, quantity))
      return {
        items: items.map(({ row, quantity }) => ({ order_item_id: row, qty: text8(quantity) })),
        extension_attributes: { source_code: items[0]?.source ?? 'default' },
      }
    },
  }
}

/** What is missing, or undefined when the order does not have it. */
function missing(order: Wire, lines: Parameters<typeof missingItems>[1]['lines'], ours: readonly Wire[]) {
  try {
    return missingItems(order, { lines }, (location) => location, ours)
  } catch (error) {
    if (error instanceof StreamError && error.code === 'target_rejected') return undefined
    throw error
  }
}

describe('a vendor’s shipments', () => {
  it('ship what they say and no more, whatever of each came through before it is looked at again', () => {
    fc.assert(
      fc.property(rows, fulfilments, fc.array(fc.boolean(), { maxLength: 8 }), (ordered, all, lost) => {
        const shop = shopOf(ordered)
        const fates = [...lost]
        let said = ZERO8
        for (const lines of all) {
          const ours: Wire[] = []
          const first = missing(shop.order(), lines, ours)
          if (first === undefined) continue
          said = add(said, sum(lines.map(({ quantity }) => quantity)))
          for (let tries = 0; tries < 10; tries += 1) {
            const left = missing(shop.order(), lines, ours)
            if (left === undefined) return false
            const [group] = Map.groupBy(left, ({ source }) => source).values()
            if (group === undefined) break
            // A call that failed made nothing; one whose answer was lost made all of it.
            if (fates.shift() !== true) ours.push(shop.ship(group))
          }
          if ((missing(shop.order(), lines, ours) ?? [{}]).length > 0 && fates.length === 0) return false
        }
        const total = sum(shop.shipped.values())
        const within = wiresOf(shop.order()['items']).every(
          (item) => decimal8(String(item['qty_shipped']), '') <= decimal8(String(item['qty_ordered']), ''),
        )
        return within && total === said
      }),
    )
  })
})
