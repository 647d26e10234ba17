import { text8 } from '../../src/events/decimal.ts'
import type { EntityResult, OrderChanged } from '../../src/events/generated/events.ts'
import { compareVersions, type Version } from '../../src/events/version.ts'
import { sellableRow } from '../../src/operations/sellable-row.ts'
import type { FeedRow } from '../../src/projections/feed-row.ts'
import { readMeta, toRow } from '../../src/projections/feed-table.ts'
import { inventoryFeed, type StockData } from '../../src/projections/inventory-feed.ts'
import { orderReference } from '../../src/rules/order-reference.ts'
import { eventsOf } from './check-cut-date.ts'
import { configuration, ERP, orderConnections } from './configuration.ts'
import { wantedOf } from './order-model.ts'
import { missingIn, type Reserved, reservedOf } from './reservation-model.ts'
import type { World } from './world.ts'

/** By SKU. */
type Pieces = ReadonlyMap<string, number>

/** A complete read of the stock ends what was acknowledged so long before it. */
const OVER_AFTER_MS = 15 * 60_000
const NOTHING: Pieces = new Map()

/**
 * What is wrong with the reservations, once every stage has read everything: each row of the feed has to reserve exactly what
 * the orders claim of it that its levels do not include, and to offer no more than what is left, and never more than the
 * vendor can deliver beside what it has on order.
 */
export async function reservationFaults(world: World): Promise<readonly string[]> {
  const claims = await orderClaims(world)
  const rows = await liveRows(world)
  return rows.flatMap((row) => faultsOf(world, row, claims.get(row.key) ?? []))
}

/** Guarantee 4: what is reserved is what the model makes of it. */
export async function checkReservations(world: World): Promise<void> {
  for (const fault of await reservationFaults(world)) world.broken(4, fault)
}

function faultsOf(world: World, row: FeedRow, claims: readonly Reserved[]): readonly string[] {
  const connection = configuration.connections.find(({ id }) => id === row.connection)
  const readAt = Number(row.rank.split('#')[1])
  const { total, parts } = sellableRow(row, connection).data as StockData
  const most = claims.reduce((sum, one) => sum + missingIn(one, readAt), 0)
  const least = claims.reduce((sum, one) => sum + missingIn(one, Math.max(readAt, world.now - OVER_AFTER_MS)), 0)
  const reserved = Number(parts?.reserved)
  const name = `SKU ${row.key} of ${row.connection}`
  const faults: string[] = []
  if (!(reserved >= least && reserved <= most)) {
    faults.push(`${name} has ${reserved} reserved; it is to be ${most}: ${JSON.stringify(claims)}, read at ${readAt}`)
  }
  const buffer = connection?.sellableStock?.buffer?.fixed ?? 0
  const level = Number((row.data as StockData).total)
  const sold = Math.max(0, level - reserved - buffer)
  if (Number(total) !== sold) faults.push(`${name} offers ${total}; it is to offer ${sold}`)
  const onOrder = world.onOrder.sinceRead(row.key, readAt)
  const real = Math.max(0, level - onOrder - buffer)
  if (Number(total) > real) {
    faults.push(`${name} offers ${total}, of which the vendor has only ${real} (${onOrder} ordered since ${readAt})`)
  }
  return faults
}

async function liveRows({ tables }: World): Promise<readonly FeedRow[]> {
  const { generation } = await readMeta(tables, inventoryFeed)
  const items = (await Array.fromAsync(tables.scan(inventoryFeed.table))).flat()
  const own = items.filter(({ pk }) => String(pk).startsWith(`${generation}#`))
  return own.map((item) => toRow(inventoryFeed, item)).filter(({ deleted }) => !deleted)
}

/** By SKU, what each order claims of it. */
async function orderClaims(world: World): Promise<ReadonlyMap<string, readonly Reserved[]>> {
  const [events, sent, ends] = [await eventsOf(world, 'orders'), await routedOrders(world), await endsOf(world)]
  const claims = new Map<string, Reserved[]>()
  for (const connection of orderConnections) {
    for (const [key, own] of events) {
      const reference = orderReference(connection.id, key)
      const routed = sent.get(reference) ?? []
      const wanted = (version: Version) => piecesOf(wantedOf(own.slice(0, endOf(own, version)), connection))
      for (const [sku, reserved] of claimsOf(ends.get(reference) ?? [], routed, wanted)) {
        claims.set(sku, [...(claims.get(sku) ?? []), reserved])
      }
    }
  }
  return claims
}

interface RoutedVersion extends Version {
  /** The vendor was told to wait: its stock does not include the order, nor what it had of it before. */
  readonly held: boolean
}

/** The versions that went to the vendor, by the order's reference, oldest first. */
async function routedOrders(world: World): Promise<ReadonlyMap<string, readonly RoutedVersion[]>> {
  const versions = new Map<string, RoutedVersion[]>()
  for (let partition = 0; partition < world.plan.partitions; partition += 1) {
    for (const { value } of world.broker.records(`vendor-orders.${ERP}`, partition)) {
      const { connection, key, occurredAt, readAt, held } = await world.codec.decode('vendor-orders', value)
      const reference = orderReference(connection, key)
      const known = versions.get(reference) ?? []
      const isNew = known.every((one) => compareVersions(one, { occurredAt, readAt }) !== 0)
      if (isNew) versions.set(reference, [...known, { occurredAt, readAt, held }].toSorted(compareVersions))
    }
  }
  return versions
}

/** The end of a delivery: the vendor has the version, has it as canceled, or has not accepted it. */
interface End {
  readonly version: Version
  readonly at: number
  readonly status: 'has it' | 'canceled' | 'refused'
}

function claimsOf(
  ends: readonly End[],
  routed: readonly RoutedVersion[],
  wanted: (version: Version) => Pieces,
): ReadonlyMap<string, Reserved> {
  const newest = routed.at(-1)
  const endsOf = (version: Version) => ends.filter((end) => compareVersions(end.version, version) === 0)
  const isOnHold = (version: RoutedVersion) => version.held && endsOf(version).at(-1)?.status === 'has it'
  const counted = routed.slice(Math.max(0, routed.findLastIndex(isOnHold)))
  const steps = counted.flatMap((version): readonly { readonly at: number | null; readonly pieces: Pieces }[] => {
    const own = endsOf(version)
    const toCome = version === newest ? [{ at: Number.POSITIVE_INFINITY, pieces: wanted(version) }] : []
    if (isOnHold(version)) return toCome
    if (version.held && own.length === 0) return [{ at: null, pieces: NOTHING }, ...toCome]
    const accepted = own.filter(({ status }) => status !== 'refused')
    const pieces = wanted(version)
    if (accepted.length > 0) {
      return accepted.map(({ at, status }) => ({ at, pieces: status === 'canceled' ? NOTHING : pieces }))
    }
    if (version !== newest) return [{ at: null, pieces }]
    return own.length > 0 ? [] : [{ at: Number.POSITIVE_INFINITY, pieces }]
  })
  const skus = new Set(steps.flatMap(({ pieces }) => [...pieces.keys()]))
  return new Map(
    [...skus].map((sku) => [sku, reservedOf(steps.map(({ at, pieces }) => ({ at, pieces: pieces.get(sku) ?? 0 })))]),
  )
}

/** How many of an order's events there were when a version had come. */
function endOf(events: readonly OrderChanged[], version: Version): number {
  return events.findIndex((event) => compareVersions(event, version) === 0) + 1
}

function piecesOf(wanted: ReturnType<typeof wantedOf>): Pieces {
  const pieces = new Map<string, number>()
  for (const { line, quantity } of wanted.what === 'lines' ? wanted.lines : []) {
    pieces.set(line.sku, (pieces.get(line.sku) ?? 0) + Number(text8(quantity)))
  }
  return pieces
}

/** What the vendor's deliveries reported, by the order's reference, in the sequence of its versions. */
async function endsOf(world: World): Promise<ReadonlyMap<string, readonly End[]>> {
  const ends = new Map<string, End[]>()
  for (let partition = 0; partition < world.plan.partitions; partition += 1) {
    for (const { value } of world.broker.records('sync-status', partition)) {
      const { stage, at, results } = await world.codec.decode('sync-status', value)
      if (stage !== `deliver-${ERP}`) continue
      for (const result of results) {
        const status = statusOf(result)
        if (status === null || result.connection === null) continue
        const reference = orderReference(result.connection, result.key)
        ends.set(reference, [...(ends.get(reference) ?? []), { version: result, at, status }])
      }
    }
  }
  const inSequence = (a: End, b: End) => compareVersions(a.version, b.version) || a.at - b.at
  return new Map([...ends].map(([reference, own]) => [reference, own.toSorted(inSequence)]))
}

function statusOf({ entity, status, code }: EntityResult): End['status'] | null {
  if (entity !== 'orders') return null
  if (status === 'succeeded') return code === 'canceled_by_hand' ? 'canceled' : 'has it'
  return status === 'failed' || status === 'ignored' ? 'refused' : null
}
