import type { Connection } from '../../src/configuration/model.ts'
import { multiply, text4, text8 } from '../../src/events/decimal.ts'
import type { Order, OrderLine } from '../../src/events/generated/events.ts'
import { contentDigest, derivedEventId } from '../../src/events/identity.ts'
import type { SourceEvent } from '../../src/events/topics.ts'
import { compareVersions } from '../../src/events/version.ts'
import { orderReference } from '../../src/rules/order-reference.ts'
import { vendorQuantity } from '../../src/rules/quantities.ts'
import { textOf, type Wire, wireOf } from '../../src/systems/kit/wire.ts'
import type { MemoryRecord } from '../memory/netsuite.ts'
import { eventsOf } from './check-cut-date.ts'
import type { DeadLetters } from './check-dead-letters.ts'
import { configuration } from './configuration.ts'
import type { World } from './world.ts'

/** The newest state of every order is in the topic, and in the ERP as each vendor is to have it (2, 3, 4, 7). */
export async function checkOrders(world: World, dead: DeadLetters): Promise<void> {
  const events = await eventsOf(world, 'orders')
  for (const { key, data, deleted } of world.orders.newest()) {
    const newest = (events.get(key) ?? []).toSorted(compareVersions).at(-1)
    if (newest?.contentDigest !== contentDigest({ deleted, data })) {
      world.broken(2, `the newest state of order ${key} is not the newest in the topic`)
    } else if (data !== null) {
      for (const connection of configuration.connections) checkVendor(world, dead, connection, newest, data)
      checkLines(world, key, data)
    }
  }
}

/** Nothing is to be delivered, for good or until the shop releases it: none of these orders is ever shipped. */
const CANCELING = ['canceled', 'closed', 'holded', 'payment_review']

function checkVendor(world: World, dead: DeadLetters, connection: Connection, event: SourceEvent, order: Order): void {
  const id = orderReference(connection.id, order.orderNumber)
  const records = world.erp.records.filter(({ type, externalId }) => type === 'salesOrder' && externalId === id)
  if (records.length > 1) world.broken(3, `the ERP has ${records.length} orders ${id}`)
  const [record] = records
  if (order.state === 'pending_payment') return
  // An order begins only while it is processing: that may have been over when it was read first.
  if (order.state === 'complete' && record === undefined) return
  if (!CANCELING.includes(order.state) && order.lines.some(({ sku }) => claimants(sku).length > 1)) {
    if (!dead.has('route-orders', event.eventId))
      world.broken(2, `order ${id}, whose lines are claimed twice, is no dead letter`)
    return
  }
  const vendorEvent = derivedEventId(event.eventId, 'route-orders', connection.id, connection.revision)
  if (dead.has('deliver-netsuite', vendorEvent)) return
  const own = order.lines.filter(({ sku }) => claimants(sku)[0] === connection.id)
  const isLeft = own.some((line) => vendorQuantity(line) > 0n)
  const wanted = CANCELING.includes(order.state) || !isLeft ? [] : own
  compare(world, id, record, wanted)
}

function claimants(sku: string): readonly string[] {
  return configuration.connections
    .filter(({ ownership }) => 'skuPattern' in ownership && new RegExp(ownership.skuPattern).test(sku))
    .map(({ id }) => id)
}

function compare(world: World, id: string, record: MemoryRecord | undefined, wanted: readonly OrderLine[]): void {
  if (wanted.length === 0) {
    const open = record?.lines.filter((line) => line['isClosed'] !== true) ?? []
    if (open.length > 0) world.broken(4, `order ${id} has ${open.length} open lines in the ERP; it is to have none`)
    return
  }
  if (record === undefined) {
    world.broken(2, `order ${id} is not in the ERP`)
    return
  }
  const [has, should] = [
    record.lines.map(foundLine).toSorted().join(', '),
    wanted.map(wantedLine).toSorted().join(', '),
  ]
  if (has === should) return
  const numbers = record.lines.map((line) => textOf(line['custcol_waldstream_line']))
  const doubled = new Set(numbers).size < numbers.length
  world.broken(doubled ? 3 : 4, `order ${id} has in the ERP: ${has}; it is to have: ${should}`)
}

function foundLine(line: Wire): string {
  const [id, quantity, amount] = ['custcol_waldstream_line', 'quantity', 'amount'].map((name) => textOf(line[name]))
  return `${id} ${Number(quantity)} × ${textOf(wireOf(line['item'])['id']) === null ? '?' : ''}=${Number(amount)}${line['isClosed'] === true ? ' closed' : ''}`
}

function wantedLine(line: OrderLine): string {
  const quantity = vendorQuantity(line)
  const amount = text4(multiply(quantity, line.unitPrice))
  return `${line.lineId} ${Number(text8(quantity))} × =${Number(amount)}${quantity === 0n ? ' closed' : ''}`
}

/** Guarantee 7: no line of an order is with two vendors, or with one who does not own it. */
function checkLines(world: World, key: string, order: Order): void {
  const seen = new Map<string, string>()
  for (const { id } of configuration.connections) {
    const record = world.erp.records.find(
      ({ type, externalId }) => type === 'salesOrder' && externalId === orderReference(id, key),
    )
    for (const line of record?.lines ?? []) {
      if (line['isClosed'] === true) continue
      const lineId = textOf(line['custcol_waldstream_line']) ?? ''
      const other = seen.get(lineId)
      if (other !== undefined && other !== id && order.state === 'processing') {
        world.broken(7, `line ${lineId} of order ${key} is open for ${other} and for ${id}`)
      }
      seen.set(lineId, id)
    }
  }
}
