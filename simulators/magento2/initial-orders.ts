import { baseTime, seededTime } from '../harness/clock.ts'
import { createRandom } from '../harness/random.ts'
import { makeOrder, type OrderMaking } from './make-order.ts'
import type { Order } from './wire-types.ts'

/**
 * The orders a shop begins with: created in the five weeks before the base time, in the order of their ids, changed up
 * to
 * two days later. About every fourth shares the second of its last change with the one before.
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
  return created.map((time, index) => makeOrder(making, index + 1, time, updated[index] ?? time))
}
