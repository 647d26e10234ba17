import type { Configuration } from '../configuration/model.ts'
import { readConfiguration } from '../configuration/read-configuration.ts'
import { listFiled } from '../control/filed-fulfilments.ts'
import { holdsOfOrder, type OrderHold } from '../control/order-holds.ts'
import { StreamError } from '../errors.ts'
import { type Decimal8, text4, text8, ZERO8 } from '../events/decimal.ts'
import type { Order, OrderChanged, Place, VendorOrderRequested } from '../events/generated/events.ts'
import { isoTime } from '../events/times.ts'
import type { EventCodec } from '../platform/codec.ts'
import { rowsOf } from '../platform/dynamodb/rows.ts'
import { deliveryRows } from '../processors/delivery/deliveries.ts'
import type { Cancellation } from '../processors/delivery/delivery-row.ts'
import type { OrderFulfilment, OrderStep } from '../projections/order-steps.ts'
import { type StagedRow, shelfOf, stagedId, stagedRows } from '../projections/staged-row.ts'
import { vendorQuantity } from '../rules/quantities.ts'
import type { OperationDeps } from './dependencies.ts'
import { openLines } from './open-to-ship.ts'
import { type OrderHoldStatus, statusOfHold } from './order-holds.ts'
import { orderDeliveryKey } from './order-parts.ts'
import { ownerOfStep, ownReport, seesWhole } from './own-part.ts'
import { type PartDeed, possibleDeeds } from './part-deeds.ts'
import { notFound, type Principal } from './principal.ts'
import { type ReadOrder, readOrder } from './read-order.ts'
import { readOfShipments } from './read-shipments.ts'
import { type Scoped, sees, within } from './scope.ts'
import { isKnownOrder, MOST_STEPS, stepsOfOrder } from './steps-of-order.ts'

/** Where a vendor's part of an order stands. Amounts are decimals as text. */
export interface OrderPart {
  readonly connection: string
  /** ISO 4217; null, as its lines and its time: the vendor was sent nothing yet. */
  readonly currency: string | null
  readonly placed_at: string | null
  /** What it was sent last; none of an order that was taken back. */
  readonly lines: readonly PartLine[]
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
  /** Who holds it; null: nobody. */
  readonly hold: OrderHoldStatus | null
  /** Who canceled it at the vendor, whatever the shop has; null: nobody. */
  readonly cancellation: Cancellation | null
  readonly fulfilments: readonly PartFulfilment[]
  /** What may be done about it now, beside holding it. */
  readonly possible: readonly PartDeed[]
}

/** A line as the vendor was sent it. Quantities and amounts are decimals as text. */
export interface PartLine {
  readonly line: string
  readonly parent: string | null
  readonly sku: string
  readonly name: string | null
  /** To deliver, shipped or not. */
  readonly wanted: string
  /** Of these, what neither the shop nor the ERP has as shipped, nor the vendor's people entered. */
  readonly open: string
  readonly amount: string
}

/** What the vendor did, and what came of it in the shop. */
export interface PartFulfilment extends OrderFulfilment {
  readonly status: string
  readonly code: string | null
  readonly message: string | null
  readonly target_id: string | null
  readonly updated_at: string
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

type Deps = Pick<OperationDeps, 'tables' | 'staged' | 'clock'>
type TimelineDeps = Deps & Pick<OperationDeps, 'products'>

/**
 * All there is of one order: what was read, decided, sent and answered, in order; each line's route; and the money by
 * vendor. Throws `not_found`.
 */
export async function orderTimeline(
  deps: TimelineDeps,
  by: Principal,
  { source, number }: Pick<OrderTimeline, 'source' | 'number'>,
): Promise<OrderTimeline> {
  const found = await stepsOfOrder(deps.tables, { source, number })
  const seesAll = seesWhole(by, source)
  const ownerOf = (of: Pick<OrderStep, 'connection' | 'status' | 'code'>) => ownerOfStep(by, { ...of, source })
  const told = <R extends OrderStep | OrderPart>(rows: readonly R[]) => (seesAll ? rows : rows.map(ownReport))
  const steps = within(by.scope, told(found), ownerOf)
  if (steps.length === 0) {
    const what = `there is no order "${number}" of ${source}`
    throw notFound(by, { field: 'number', api: what, cli: `${what}: give the number that the shop shows` })
  }
  const staged = asSentLast(await stagedOf(deps, source, number, steps), steps)
  const sent = await vendorOrders(deps, staged)
  const whole = seesAll ? await newestOrder(deps, steps) : undefined
  const configuration = await readConfiguration(deps.tables)
  const named = staged.map(({ connection }) => connection)
  const known = await holdsOfOrder(deps.tables, { source, number }, named)
  const holds = known.filter(({ until }) => until > deps.clock.now())
  const cancellations = await cancellationsOf(deps, staged)
  const parts = await partsOf(deps, steps, staged, { sent, holds, cancellations, configuration })
  return {
    source,
    number,
    order:
      whole === undefined
        ? null
        : await readOrder(whole, { sent, staged, connections: configuration.connections, products: deps.products }),
    parts: within(by.scope, told(parts), ownerOf),
    steps,
    more: found.length >= MOST_STEPS,
  }
}

/** What a connection was sent last of an order. Throws `not_found`, and `state_conflict` where it was sent nothing yet. */
export async function partSent(
  deps: Deps,
  by: Principal,
  { source, number, connection }: Pick<OrderTimeline, 'source' | 'number'> & { readonly connection: string },
): Promise<VendorOrderRequested> {
  const found = await stepsOfOrder(deps.tables, { source, number })
  const steps = within(by.scope, found, (step) => ownerOfStep(by, { ...step, source }))
  const own = steps.filter((step) => step.connection === connection)
  if (own.length === 0) {
    const what = `"${connection}" has no part of order "${number}" of ${source}`
    throw notFound(by, { field: 'number', api: what, cli: what })
  }
  const staged = asSentLast(await stagedOf(deps, source, number, own), own)
  const sent = (await vendorOrders(deps, staged)).get(connection)
  if (sent !== undefined) return sent
  throw new StreamError('state_conflict', `number: ${connection} was sent nothing of order ${number} yet`, {
    field: 'number',
  })
}

/** The shops that have an order of that number, of those that can be seen. */
export async function sourcesOfOrder(deps: Deps, by: Principal, number: string): Promise<readonly string[]> {
  const { connections } = await readConfiguration(deps.tables)
  const own = connections.filter(({ id, shop }) => sees(by.scope, { system: shop, connections: [id] }))
  const shops = [...new Set(own.map(({ shop }) => shop))]
  const found = await Promise.all(
    shops.map(async (shop) => ((await isKnownOrder(deps.tables, { source: shop, number })) ? [shop] : [])),
  )
  return found.flat()
}

/** How the order stands at each connection. */
async function stagedOf({ tables }: Deps, source: string, key: string, steps: readonly OrderStep[]) {
  const connections = [...new Set(steps.flatMap(({ connection }) => connection ?? []))]
  const keys = connections.map((id) => ({ shelf: shelfOf(id, 'orders'), id: stagedId({ key, source }) }))
  return await rowsOf(tables, stagedRows).listMany(keys)
}

/** A version that asks nothing of the vendor leaves what the vendor was sent before, and the order that it made of it. */
function asSentLast(staged: readonly StagedRow[], steps: readonly OrderStep[]): readonly StagedRow[] {
  return staged.map((row) => {
    const own = steps.filter(({ connection, fulfilment }) => connection === row.connection && fulfilment === null)
    return {
      ...row,
      mapped_place: row.mapped_place ?? own.findLast((step) => step.mapped_place !== null)?.mapped_place ?? null,
      target_id: row.target_id ?? own.findLast((step) => step.target_id !== null)?.target_id ?? null,
    }
  })
}

/** What was canceled at vendors by hand, by connection. */
async function cancellationsOf(
  { tables }: Deps,
  staged: readonly StagedRow[],
): Promise<ReadonlyMap<string, Cancellation>> {
  const keys = staged.map(({ connection, key }) => ({ connection, key: orderDeliveryKey({ number: key }) }))
  const rows = await rowsOf(tables, deliveryRows).listMany(keys)
  return new Map(rows.flatMap(({ connection, cancellation }) => (cancellation ? [[connection, cancellation]] : [])))
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

/** By connection, but for holds and what is configured. */
interface Standing {
  readonly sent: ReadonlyMap<string, VendorOrderRequested>
  readonly holds: readonly OrderHold[]
  readonly cancellations: ReadonlyMap<string, Cancellation>
  readonly configuration: Configuration
}

async function partsOf(
  deps: Deps,
  steps: readonly OrderStep[],
  staged: readonly StagedRow[],
  { sent, holds, cancellations, configuration }: Standing,
): Promise<readonly OrderPart[]> {
  const fulfilments = await fulfilmentsOf(deps, steps)
  const filed = new Map(
    await Promise.all(
      staged.map(async ({ connection, source, key: number }) => {
        return [connection, await listFiled(deps.tables, { connection, source, number })] as const
      }),
    ),
  )
  const inOrder = staged.toSorted((a, b) => compare(a.connection, b.connection))
  return inOrder.map(({ connection, status, stage, code, message, target_id, updated_at }) => {
    const event = sent.get(connection)
    const cancellation = cancellations.get(connection) ?? null
    const hold = holds.find((one) => one.connection === connection)
    const entered = filed.get(connection) ?? []
    const own = fulfilments.get(connection) ?? []
    const told = own.filter((one) => one.kind === 'shipment' && !entered.some(({ id }) => id === one.id))
    const open = openLines(
      event?.data.lines ?? [],
      entered,
      told.flatMap((one) => one.lines),
    )
    const part = {
      connection,
      currency: event?.data.currency ?? null,
      placed_at: event === undefined ? null : isoTime(event.data.placedAt),
      lines: event?.data.lines.map((line) => partLine(line, open.get(line.lineId) ?? ZERO8)) ?? [],
      total: event === undefined ? null : text4(event.data.grandTotal),
      canceled: cancellation !== null || (event?.canceled ?? false),
      status,
      stage,
      code,
      message,
      target_id,
      updated_at,
      hold: hold === undefined ? null : statusOfHold(hold),
      cancellation,
      fulfilments: own,
    }
    const byHand = readOfShipments(configuration, connection) === undefined
    const standing = { ...part, isHeld: hold !== undefined, isCanceledByHand: cancellation !== null }
    return { ...part, possible: possibleDeeds(standing, event, byHand) }
  })
}

function partLine(line: Order['lines'][number], open: Decimal8): PartLine {
  const { lineId, parentLineId, sku, name, rowTotal } = line
  const wanted = text8(vendorQuantity(line))
  return { line: lineId, parent: parentLineId, sku, name, wanted, open: text8(open), amount: text4(rowTotal) }
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
