import type { Connection } from '../../src/configuration/model.ts'
import { text8 } from '../../src/events/decimal.ts'
import type { Order, OrderChanged, VendorOrderRequested } from '../../src/events/generated/events.ts'
import { contentDigest } from '../../src/events/identity.ts'
import { compareVersions } from '../../src/events/version.ts'
import { orderReference } from '../../src/rules/order-reference.ts'
import { textOf, type Wire, wireOf } from '../../src/systems/kit/wire.ts'
import { LINE_FIELD } from '../../src/systems/netsuite/custom-fields.ts'
import type { MemoryRecord } from '../memory/netsuite.ts'
import { replacesBegun } from './check-conflicts.ts'
import { eventsOf } from './check-cut-date.ts'
import type { DeadLetters } from './check-dead-letters.ts'
import { ERP, orderConnections } from './configuration.ts'
import { type Wanted, type WantedLine, wantedOf } from './order-model.ts'
import { fulfilledOf, isBegun } from './shipped.ts'
import type { World } from './world.ts'

/** The newest state of every order is in the topic, and in the ERP as each vendor is to have it (2, 3, 4, 7). */
export async function checkOrders(world: World, dead: DeadLetters): Promise<void> {
  const events = await eventsOf(world, 'orders')
  const sent = await sentOrders(world)
  const known = new Set<string>()
  for (const { key, data, deleted } of world.orders.newest()) {
    const own = events.get(key) ?? []
    const newest = own.toSorted(compareVersions).at(-1)
    for (const { id } of orderConnections) known.add(orderReference(id, key))
    if (newest?.contentDigest !== contentDigest({ deleted, data })) {
      world.broken(2, `the newest state of order ${key} is not the newest in the topic`)
    } else if (data !== null) {
      for (const connection of orderConnections) {
        const last = sent.get(`${connection.id} ${key}`)
        const isCanceled = await world.standing.isCanceled(connection.id, key)
        checkVendor({ world, dead, connection, events: own, newest, last, isCanceled })
      }
      checkLines(world, key, data)
    }
  }
  for (const { type, externalId } of world.erp.records) {
    if (type === 'salesOrder' && !known.has(externalId)) world.broken(3, `the ERP has ${externalId}, which no shop has`)
  }
}

/** The newest that each vendor was sent of each order, by connection and key. */
async function sentOrders(world: World): Promise<ReadonlyMap<string, VendorOrderRequested>> {
  const newest = new Map<string, VendorOrderRequested>()
  for (let partition = 0; partition < world.plan.partitions; partition += 1) {
    for (const { value } of world.broker.records(`vendor-orders.${ERP}`, partition)) {
      const event = await world.codec.decode('vendor-orders', value)
      const name = `${event.connection} ${event.key}`
      const before = newest.get(name)
      if (before === undefined || compareVersions(event, before) >= 0) newest.set(name, event)
    }
  }
  return newest
}

interface Asked {
  readonly world: World
  readonly dead: DeadLetters
  readonly connection: Connection
  /** As the topic has them. */
  readonly events: readonly OrderChanged[]
  readonly newest: OrderChanged
  /** What the vendor was sent last. */
  readonly last: VendorOrderRequested | undefined
  /** At the vendor, by hand. */
  readonly isCanceled: boolean
}

function checkVendor({ world, dead, connection, events, newest, last, isCanceled }: Asked): void {
  const id = orderReference(connection.id, newest.key)
  const records = world.erp.records.filter(({ type, externalId }) => type === 'salesOrder' && externalId === id)
  if (records.length > 1) world.broken(3, `the ERP has ${records.length} orders ${id}`)
  const [record] = records
  const asInShop = wantedOf(events, connection)
  const wanted: Wanted = isCanceled && asInShop.what === 'lines' ? { what: 'nothing open' } : asInShop
  const failure = last === undefined ? undefined : dead.codeOf('deliver-netsuite', last.eventId)
  if (wanted.what === 'a dead letter') {
    if (!dead.has('route-orders', newest.eventId))
      world.broken(2, `order ${id}, whose lines are claimed twice, is no dead letter`)
  }
  // One whose item is missing waits for it; its dead letter is expected.
  else if (failure !== undefined) {
    const isKnown = last !== undefined && (replacesBegun(world, last) || world.standing.mayHaveBeenCanceled(id))
    if (failure === 'target_conflict' && !isKnown && !isConflict(record, wanted))
      world.broken(5, `order ${id} is a conflict, and vendor and shop agree`)
  } else if (wanted.what === 'lines') compare(world, id, record, wanted.lines, wanted.waits)
  else if (wanted.what === 'nothing' && record !== undefined) world.broken(2, `order ${id} never began, and is there`)
  else {
    const open = record?.lines.filter(isOpen) ?? []
    if (open.length > 0) world.broken(4, `order ${id} has ${open.length} open lines in the ERP; it is to have none`)
  }
}

/** The vendor has shipped more than it is to have, or something of what it is to stop. */
function isConflict(record: MemoryRecord | undefined, wanted: Wanted): boolean {
  if (record === undefined || !isBegun(record)) return false
  if (wanted.what !== 'lines' || wanted.waits) return true
  const left = new Map(wanted.lines.map(({ line, quantity }) => [line.lineId, quantity]))
  return record.lines.some((line) => {
    const pieces = left.get(textOf(line[LINE_FIELD]) ?? '')
    return pieces === undefined || fulfilledOf(line) > Number(text8(pieces))
  })
}

/** The vendor would still ship of it. */
const isOpen = (line: Wire): boolean => line['isClosed'] !== true && Number(line['quantity']) > fulfilledOf(line)

function compare(
  world: World,
  id: string,
  record: MemoryRecord | undefined,
  wanted: readonly WantedLine[],
  waits: boolean,
): void {
  if (record === undefined) {
    world.broken(2, `order ${id} is not in the ERP`)
    return
  }
  const shipped = new Map(record.lines.map((line) => [textOf(line[LINE_FIELD]), fulfilledOf(line)]))
  const [has, should] = [
    record.lines.map(foundLine).toSorted().join(', '),
    wanted
      .map((one) => wantedLine(one, shipped.get(one.line.lineId) ?? 0))
      .toSorted()
      .join(', '),
  ]
  if (has !== should) {
    const numbers = record.lines.map((line) => textOf(line[LINE_FIELD]))
    const doubled = new Set(numbers).size < numbers.length
    world.broken(doubled ? 3 : 4, `order ${id} has in the ERP: ${has}; it is to have: ${should}`)
  }
  const status = textOf(wireOf(record.fields['orderStatus'])['id'])
  if (waits !== (status === 'A')) {
    const hold = waits ? 'is on hold' : 'is not on hold'
    world.broken(4, `order ${id} ${hold} in the shop; its status is ${status} in the ERP`)
  }
}

/** Pieces that are shipped in the end, and what they cost. */
function foundLine(line: Wire): string {
  const [id, quantity, rate] = [LINE_FIELD, 'quantity', 'rate'].map((name) => textOf(line[name]))
  const amount = Number(textOf(line['amount']))
  const isRight = Math.abs(Number(quantity) * Number(rate) - amount) < 0.001
  const pieces = line['isClosed'] === true ? fulfilledOf(line) : Number(quantity)
  return `${id} ${pieces} × ${Number(rate)}${isRight ? '' : ` (${amount})`}`
}

/** What was shipped stays, also where the shop has taken it back since. */
function wantedLine({ line, quantity }: WantedLine, shipped: number): string {
  const pieces = Math.max(shipped, Number(text8(quantity)))
  return `${line.lineId} ${pieces} × ${Number(text8(line.unitPrice))}`
}

/** Guarantee 7: no line of an order is with two vendors, or with one who does not own it. */
function checkLines(world: World, key: string, order: Order): void {
  const seen = new Map<string, string>()
  for (const { id } of orderConnections) {
    const record = world.erp.records.find(
      ({ type, externalId }) => type === 'salesOrder' && externalId === orderReference(id, key),
    )
    for (const line of record?.lines ?? []) {
      if (!isOpen(line)) continue
      const lineId = textOf(line[LINE_FIELD]) ?? ''
      const other = seen.get(lineId)
      if (other !== undefined && other !== id && order.state === 'processing') {
        world.broken(7, `line ${lineId} of order ${key} is open for ${other} and for ${id}`)
      }
      seen.set(lineId, id)
    }
  }
}
