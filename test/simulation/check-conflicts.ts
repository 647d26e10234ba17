import { text8 } from '../../src/events/decimal.ts'
import type { VendorOrderRequested } from '../../src/events/generated/events.ts'
import { orderReference } from '../../src/rules/order-reference.ts'
import { vendorQuantity } from '../../src/rules/quantities.ts'
import { textOf } from '../../src/systems/kit/wire.ts'
import { LINE_FIELD } from '../../src/systems/netsuite/custom-fields.ts'
import type { MemoryRecord } from '../memory/netsuite.ts'
import type { DeadLetters } from './check-dead-letters.ts'
import { fulfilledOf, isBegun } from './shipped.ts'
import type { World } from './world.ts'

/** A conflict is told only where a vendor has shipped what it is not to have, or is to wait with (5). */
export async function checkConflicts(world: World, dead: DeadLetters): Promise<void> {
  for (const { code, topic, partition, offset, key, message } of dead.rows) {
    if (code !== 'target_conflict') continue
    const [record] = world.broker.records(topic, partition, BigInt(offset), 1)
    const event = await world.codec.decode('vendor-orders', record?.value ?? null)
    if (replacesBegun(world, event)) continue
    const id = orderReference(event.connection, event.key)
    const order = world.erp.records.find(({ externalId }) => externalId === id)
    const isForHands = world.standing.mayHaveBeenCanceled(id) || (order !== undefined && isForPeople(event, order))
    if (order === undefined || !isBegun(order) || !isForHands) {
      world.broken(5, `order ${key} is a conflict for no reason: ${message}`)
    }
  }
}

/** Of the order that the shop replaced by it the vendor has shipped a part: people order what is left of the new one. */
export function replacesBegun(world: World, { connection, data: { amends } }: VendorOrderRequested): boolean {
  if (amends === null) return false
  const id = orderReference(connection, amends)
  return world.erp.records.some((record) => record.externalId === id && isBegun(record))
}

function isForPeople({ canceled, held, data }: VendorOrderRequested, { lines }: MemoryRecord): boolean {
  if (canceled || held) return true
  const asked = new Map(data.lines.map((line) => [line.lineId, Number(text8(vendorQuantity(line)))]))
  return lines.some((line) => fulfilledOf(line) > (asked.get(textOf(line[LINE_FIELD]) ?? '') ?? 0))
}
