import { readConfiguration } from '../configuration/read-configuration.ts'
import { type Decimal4, subtract, sum, text4, text8 } from '../events/decimal.ts'
import type { Order, OrderChanged, Place, VendorOrderRequested } from '../events/generated/events.ts'
import { isoTime } from '../events/times.ts'
import { recordKey } from '../events/topics.ts'
import type { EventCodec } from '../platform/codec.ts'
import { rowsOf } from '../platform/dynamodb/rows.ts'
import { type OrderFulfilment, type OrderStep, orderSteps } from '../projections/order-steps.ts'
import { type StagedRow, shelfOf, stagedId, stagedRows } from '../projections/staged-row.ts'
import { vendorQuantity } from '../rules/quantities.ts'
import type { OperationDeps } from './dependencies.ts'
import { notFound, type Principal } from './principal.ts'
import { type Scoped, sees, within } from './scope.ts'

/** Steps that one answer has: the newest. */
const MOST_STEPS = 500

/** Where a vendor's part of an order stands. Amounts are decimals as text. */
export interface OrderPart {
  readonly connection: string
  /** What the vendor's lines, and its share of everything else, come to; null: the vendor was sent nothing yet. */
  readonly total: string | null
  readonly canceled: boolean
  readonly status: string
  readonly stage: string
  readonly code: string | null
  readonly message: string | null
  /** The order in the ERP. */
  readonly target_id: string | null
  readonly updated_at: string
  readonly fulfilments: readonly PartFulfilment[]
}

/** What the vendor did, and what came of it in the shop. */
export interface PartFulfilment extends OrderFulfilment {
  readonly status: string
  readonly code: string | null
  readonly message: string | null
  readonly target_id: string | null
  readonly updated_at: string
}

/** A row of the shop's order, and whose it is. Quantities are decimals as text. */
export interface RoutedLine {
  readonly line: string
  readonly parent: string | null
  readonly sku: string
  readonly ordered: string
  readonly canceled: string
  readonly refunded: string
  readonly shipped: string
  /** The vendor's to deliver, shipped or not. */
  readonly wanted: string
  readonly amount: string
  /** Null: the seller's own, or not sent. */
  readonly connection: string | null
}

/** The shop's order as it was read last. */
export interface ReadOrder {
  readonly state: string
  readonly status: string
  readonly currency: string
  readonly placed_at: string
  readonly read_at: string
  /** What the buyer pays: the parts of the vendors and `own` add up to it. */
  readonly total: string
  /** What is no vendor's: the seller's own lines and charges. */
  readonly own: string
  readonly lines: readonly RoutedLine[]
}

export interface OrderTimeline {
  readonly source: string
  readonly number: string
  /** Null: not read by now, not in the topic any more, or not to be seen by who sees a vendor's part alone. */
  readonly order: ReadOrder | null
  readonly parts: Scoped<OrderPart>
  /** The oldest first. */
  readonly steps: Scoped<OrderStep>
  /** True: there were more steps, which are older. */
  readonly more: boolean
}

type Deps = Pick<OperationDeps, 'tables' | 'staged'>

/**
 * All there is of one order: what was read, decided, sent and answered, in order; each line's route; and the money by
 * vendor. Throws `not_found`.
 */
export async function orderTimeline(
  deps: Deps,
  by: Principal,
  { source, number }: Pick<OrderTimeline, 'source' | 'number'>,
): Promise<OrderTimeline> {
  const found = await stepsOf(deps, source, number)
  const steps = within(by.scope, found.toReversed(), ownerIn(source))
  if (steps.length === 0) {
    const what = `there is no order "${number}" of ${source}`
    throw notFound(by, { field: 'number', api: what, cli: `${what}: give the number that the shop shows` })
  }
  const staged = await stagedOf(deps, source, number, steps)
  const sent = await vendorOrders(deps, staged)
  const whole = sees(by.scope, { system: source }) ? await newestOrder(deps, steps) : undefined
  const parts = await partsOf(deps, steps, staged, sent)
  return {
    source,
    number,
    order: whole === undefined ? null : readOrder(whole, sent),
    parts: within(by.scope, parts, ownerIn(source)),
    steps,
    more: found.length === MOST_STEPS,
  }
}

/** The shops that have an order of that number, of those that can be seen. */
export async function sourcesOfOrder(deps: Deps, by: Principal, number: string): Promise<readonly string[]> {
  const { connections } = await readConfiguration(deps.tables)
  const own = connections.filter(({ id, shop }) => sees(by.scope, { system: shop, connections: [id] }))
  const shops = [...new Set(own.map(({ shop }) => shop))]
  const found = await Promise.all(
    shops.map(async (shop) => ((await stepsOf(deps, shop, number, 1)).length > 0 ? [shop] : [])),
  )
  return found.flat()
}

/** Who sees the shop sees all of its orders; who sees a connection, what is of that connection. */
const ownerIn = (system: string) => (of: { readonly connection: string | null }) => ({
  system,
  connections: of.connection === null ? [] : [of.connection],
})

async function stepsOf({ tables }: Deps, source: string, number: string, limit = MOST_STEPS) {
  return await rowsOf(tables, orderSteps).query({ partition: recordKey(source, number), descending: true, limit })
}

/** How the order stands at each connection. */
async function stagedOf({ tables }: Deps, source: string, key: string, steps: readonly OrderStep[]) {
  const connections = [...new Set(steps.flatMap(({ connection }) => connection ?? []))]
  const keys = connections.map((id) => ({ shelf: shelfOf(id, 'orders'), id: stagedId({ key, source }) }))
  return await rowsOf(tables, stagedRows).listMany(keys)
}

/** What each vendor was sent last, by connection. */
async function vendorOrders(
  deps: Deps,
  staged: readonly StagedRow[],
): Promise<ReadonlyMap<string, VendorOrderRequested>> {
  const events = await Promise.all(
    staged.map(async ({ connection, mapped_place }) => {
      const event = mapped_place === null ? undefined : await eventAt(deps, 'vendor-orders', mapped_place)
      return event === undefined ? [] : [[connection, event] as const]
    }),
  )
  return new Map(events.flat())
}

async function newestOrder(deps: Deps, steps: readonly OrderStep[]): Promise<OrderChanged | undefined> {
  const newest = steps
    .filter(({ source_place, fulfilment }) => source_place !== null && fulfilment === null)
    .toSorted((a, b) => compare(versionOf(b), versionOf(a)))[0]?.source_place
  return newest ? await eventAt(deps, 'orders', newest) : undefined
}

const versionOf = ({ occurred_at, read_at }: OrderStep) => `${occurred_at ?? read_at}#${read_at}`
const compare = (a: string, b: string) => Number(a > b) - Number(a < b)

/** Undefined: the topic does not have it any more, or it can't be read; the steps are there all the same. */
async function eventAt<K extends 'orders' | 'vendor-orders'>({ staged }: Deps, kind: K, place: Place) {
  const [record] = await staged.reader.read([place])
  if (!record) return undefined
  return await (staged.codec as Pick<EventCodec, 'decode'>).decode(kind, record.value).catch(() => undefined)
}

function readOrder({ data, readAt }: OrderChanged, sent: ReadonlyMap<string, VendorOrderRequested>): ReadOrder {
  const parts = [...sent.values()].map((part) => part.data.grandTotal)
  return {
    state: data.state,
    status: data.status,
    currency: data.currency,
    placed_at: isoTime(data.placedAt),
    read_at: isoTime(readAt),
    total: text4(data.grandTotal),
    own: text4(subtract(data.grandTotal, sum(parts) as Decimal4)),
    lines: data.lines.map((line) => routedLine(line, sent)),
  }
}

function routedLine(line: Order['lines'][number], sent: ReadonlyMap<string, VendorOrderRequested>): RoutedLine {
  const { lineId, parentLineId, sku, rowTotal } = line
  const has = ({ data, canceled }: VendorOrderRequested) => !canceled && data.lines.some((one) => one.lineId === lineId)
  const [connection] = [...sent].find(([, event]) => has(event)) ?? [null]
  return {
    line: lineId,
    parent: parentLineId,
    sku,
    ordered: text8(line.quantityOrdered),
    canceled: text8(line.quantityCanceled),
    refunded: text8(line.quantityRefunded),
    shipped: text8(line.quantityShipped),
    wanted: text8(vendorQuantity(line)),
    amount: text4(rowTotal),
    connection,
  }
}

async function partsOf(
  deps: Deps,
  steps: readonly OrderStep[],
  staged: readonly StagedRow[],
  sent: ReadonlyMap<string, VendorOrderRequested>,
): Promise<readonly OrderPart[]> {
  const fulfilments = await fulfilmentsOf(deps, steps)
  const inOrder = staged.toSorted((a, b) => compare(a.connection, b.connection))
  return inOrder.map(({ connection, status, stage, code, message, target_id, updated_at }) => {
    const event = sent.get(connection)
    return {
      connection,
      total: event === undefined ? null : text4(event.data.grandTotal),
      canceled: event?.canceled ?? false,
      status,
      stage,
      code,
      message,
      target_id,
      updated_at,
      fulfilments: fulfilments.get(connection) ?? [],
    }
  })
}

/** By connection, in the order in which they came. */
async function fulfilmentsOf({ tables }: Deps, steps: readonly OrderStep[]) {
  const named = steps.flatMap(({ connection, fulfilment, at }) =>
    connection === null || fulfilment === null ? [] : [{ connection, at, ...fulfilment }],
  )
  const idOf = ({ id, source }: OrderFulfilment) => stagedId({ key: id, source })
  const last = new Map(named.map((one) => [JSON.stringify([one.connection, idOf(one)]), one]))
  const keys = [...last.values()].map((one) => ({ shelf: shelfOf(one.connection, 'fulfilments'), id: idOf(one) }))
  const rows = await rowsOf(tables, stagedRows).listMany(keys)
  const found = new Map(rows.map((row) => [JSON.stringify([row.connection, row.id]), row]))
  const results = [...last].map(([key, { connection, at, id, source, kind, lines }]) => {
    const row = found.get(key)
    const { status = 'processing', code = null, message = null, target_id = null, updated_at = at } = row ?? {}
    return { connection, result: { id, source, kind, lines, status, code, message, target_id, updated_at } }
  })
  const groups = Map.groupBy(results, ({ connection }) => connection)
  return new Map([...groups].map(([id, of]) => [id, of.map(({ result }): PartFulfilment => result)]))
}
