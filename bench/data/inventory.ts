import { decimal8 } from '../../src/events/decimal.ts'
import type { InventoryChanged } from '../../src/events/generated/events.ts'
import { digest } from '../../src/events/identity.ts'
import { VENDOR_PREFIX } from './orders.ts'
import { seeded } from './seeded.ts'

export interface InventoryOptions {
  readonly seed: number
  readonly count: number
  /** SKUs; a few change far more often than the rest. */
  readonly keys: number
}

export const VENDOR = 'netsuite'

const BEGIN = Date.UTC(2026, 0, 1)
const EVENTS_A_TASK = 500
/** A prime, so that the SKUs that change often are spread over all of them. */
const SPREAD = 7919

/** Stock changes with 1 to 5 locations, about 350 bytes. The same options give the same events. */
export function* inventory({ seed, count, keys }: InventoryOptions): Generator<InventoryChanged> {
  const random = seeded(seed)
  for (let index = 0; index < count; index += 1) {
    const number = (random.rank(keys) * SPREAD) % keys
    const sku = `${VENDOR_PREFIX}${String(number).padStart(6, '0')}`
    const id = digest(String(seed), 'inventory', sku, String(index))
    const readAt = BEGIN + index * 37
    const locations = Array.from({ length: 1 + (number % 5) }, (_, place) => {
      const onHand = random.below(900)
      const available = decimal8(Math.max(0, onHand - random.below(20)), 'available')
      return { location: `WH-${place + 1}`, onHand: decimal8(onHand, 'onHand'), available, attributes: {} }
    })
    yield {
      eventId: id,
      contentDigest: id,
      source: VENDOR,
      key: sku,
      taskId: `inventory-${Math.floor(index / EVENTS_A_TASK)}`,
      occurredAt: readAt - 1500,
      readAt,
      deleted: false,
      data: { sku, locations, attributes: {} },
      raw: null,
    }
  }
}
