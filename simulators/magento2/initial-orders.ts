import { baseTime, seededTime } from '../harness/clock.ts'
import { createRandom } from '../harness/random.ts'
import { makeOrder, type OrderMaking, type OrderOrigin } from './make-order.ts'
import { replaceOrder } from './order-life.ts'
import type { Order } from './wire-types.ts'

/**
 * The orders of a new shop: created over the five weeks before the base time in order of their ids, changed up to two
 * days later. About every fourth shares the second of its last change with the one before.
 */
export function makeInitialOrders(making: OrderMaking, count: number): Order[] {
  const random = createRandom(making.seed, 'order times')
  const created = Array.from({ length: count }, () => seededTime(random, 35)).sort((a, b) => a.getTime() - b.getTime())
  const updated = created.map((time) => {
    const later = time.getTime() + random.int(0, 2 * 86_400) * 1000
    return new Date(Math.min(later, baseTime.getTime()))
  })
  for (let index = 1; index < count; index += 1) {
    if (!random.chance(0.25)) continue
    const tied = new Date(Math.max(updated[index - 1]?.getTime() ?? 0, created[index]?.getTime() ?? 0))
    updated[index - 1] = tied
    updated[index] = tied
  }
  const orders = created.map((time, index) => makeOrder(making, index + 1, time, updated[index] ?? time))
  return relateOrders(making, orders, created, updated)
}

/**
 * In a shop with real orders some replace the order before, which is canceled, and some belong to a second store, with
 * the number of an order of the first.
 */
function relateOrders(
  making: OrderMaking,
  orders: readonly Order[],
  created: readonly Date[],
  updated: readonly Date[],
): Order[] {
  const { realShare = 0 } = making
  const random = createRandom(making.seed, 'related orders')
  const related = [...orders]
  for (let index = 1; realShare > 0 && index < orders.length; index += 1) {
    const before = related[index - 1]
    const drawn = random.next()
    if (before === undefined || drawn >= realShare / 4) continue
    const again = (at: number, origin: OrderOrigin) =>
      makeOrder(making, at + 1, created[at] ?? baseTime, updated[at] ?? baseTime, origin)
    const isFirst = before['relation_parent_id'] === undefined && before['store_id'] === 1
    if (drawn < realShare / 8 && isFirst) {
      const unpaid = again(index - 1, { isUnpaid: true })
      const { old, next } = replaceOrder(unpaid, again(index, { buyerOf: before.entity_id }), before.updated_at)
      related[index - 1] = old
      related[index] = next
    } else if (drawn >= realShare / 8) {
      const number = orders[random.int(0, index - 1)]?.increment_id ?? before.increment_id
      related[index] = { ...again(index, { storeId: 2 }), increment_id: number }
    }
  }
  return related
}
