import { pause } from '../../../src/control/pauses.ts'
import { decimal4 } from '../../../src/events/decimal.ts'
import { parkedId } from '../../../src/platform/runtime/parked-item.ts'
import { createParking } from '../../../src/platform/runtime/parking.ts'
import { deadLettered } from '../../data/dead-letters.ts'
import { lineOf, orderOf, productChanged, vendorOrder } from '../../data/processor-events.ts'
import type { apiFixture } from '../api-fixture.ts'

const MINUTE = 60_000

/** Orders that an ERP refuses, products that are not mapped, a pause, and orders that wait for an item. */
export async function addProblems(api: ReturnType<typeof apiFixture>, now: number): Promise<void> {
  await api.letters.project(...refused(api, now), ...unmapped(api, now))
  await pause(api.tables, {
    stage: 'deliver-trailworks',
    connection: 'outdoor-trailworks',
    code: 'credentials_refused',
    message: 'the ERP refused the login of the user WALDSTREAM',
    since: new Date(now - 17 * MINUTE).toISOString(),
    probe_at: 0,
  })
  for (const index of [0, 1, 2]) await park(api, index, now)
}

const amounts = ['189.00', '268.50', '74.90', '1240.00']

function refused({ letters }: ReturnType<typeof apiFixture>, now: number) {
  return amounts.map((amount, index) => {
    const number = `${100_004_190 - index * 7}`
    const sku = `NW-AXE-${58 + index}`
    const row = { name: 'Ice axe', rowTotal: decimal4(amount, 'total') }
    const more = { orderNumber: number, currency: 'EUR', grandTotal: decimal4(amount, 'total') }
    const event = vendorOrder('outdoor-nordwand', number, orderOf([lineOf('1', sku, row)], more))
    const at = now - (index * 13 + 6) * MINUTE
    return deadLettered({
      deadLetterId: `refused-${index}`,
      stage: 'deliver-nordwand',
      connection: 'outdoor-nordwand',
      key: number,
      topic: 't.vendor-orders.nordwand',
      offset: index,
      originalKey: Buffer.from(`outdoor-nordwand|${number}`),
      originalValue: letters.codec.encode('vendor-orders', { ...event, source: 'outdoor' }),
      headers: [],
      code: 'target_rejected',
      message: `NetSuite answered INVALID_KEY_OR_REF: Invalid item reference key ${sku}`,
      field: 'lines[0].sku',
      firstAt: at,
      lastAt: at,
      taskId: null,
    })
  })
}

function unmapped({ letters }: ReturnType<typeof apiFixture>, now: number) {
  return [0, 1, 2, 3, 4, 5].map((index) => {
    const sku = `TW-MUG-${300 + index * 50}`
    const at = now - (index * 4 + 2) * MINUTE
    return deadLettered({
      deadLetterId: `unmapped-${index}`,
      stage: 'map-products',
      connection: 'outdoor-trailworks',
      key: sku,
      topic: 't.products',
      offset: 100 + index,
      originalKey: Buffer.from(`trailworks|${sku}`),
      originalValue: letters.codec.encode('products', productChanged({ sku, name: null }, { source: 'trailworks' })),
      headers: [],
      code: 'mapping_failed',
      message: 'attribute name (from name) is required and has no value',
      field: 'name',
      firstAt: at,
      lastAt: at,
      taskId: null,
    })
  })
}

async function park({ tables }: ReturnType<typeof apiFixture>, index: number, now: number): Promise<void> {
  const connection = 'outdoor-trailworks'
  const number = `${100_004_217 - index * 9}`
  const key = `vendor-orders|${number}`
  const at = now - (index * 21 + 24) * MINUTE
  const offset = BigInt(index + 1)
  const topic = 't.vendor-orders.trailworks'
  const record = { topic, partition: 0, offset, timestamp: at, key: null, value: null, headers: [] }
  const about = { entity: 'orders', source: 'outdoor', key: number, connection, eventId: number, occurredAt: at }
  const why = { code: 'item_missing', message: `the item TW-BOTTLE-${750 + index} is not in the ERP yet` }
  const item = { id: parkedId(connection, key, offset), connection, key, record, ...why, rank: '1', whole: true }
  const parked = { ...item, attempts: index + 2, firstAt: at, about: { ...about, readAt: at, taskId: null } }
  await createParking(tables, 'deliver-trailworks', 0).park(parked, { held: connection })
}
