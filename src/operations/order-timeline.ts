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

/** State of a vendor's part of an order. Amounts are decimals as text. */
export interface OrderPart {
  readonly connection: string
  /** ISO 4217; null, like `placed_at`: the vendor was not sent the order yet. */
  readonly currency: string | null
  readonly placed_at: string | null
  /** Lines that were last sent; empty for a withdrawn order. */
  readonly lines: readonly PartLine[]
  /** Total of the vendor's lines and its share of all other amounts; null: the vendor was not sent the order yet. */
  readonly total: string | null
  readonly canceled: boolean
  readonly status: string
  readonly stage: string
  readonly code: string | null
  readonly message: string | null
  /** The order in the ERP. */
  readonly target_id: string | null
  readonly updated_at: string
  /** Null: it is not held. */
  readonly hold: OrderHoldStatus | null
  /** The cancellation by hand at the vendor, independent of the shop; null: none. */
  readonly cancellation: Cancellation | null
  readonly fulfilments: readonly PartFulfilment[]
  /** Actions that are possible now, besides a hold. */
  readonly possible: readonly PartDeed[]
}

/** A line as sent to the vendor. Quantities and amounts are decimals as text. */
export interface PartLine {
  readonly line: string
  readonly parent: string | null
  readonly sku: string
  readonly name: string | null
  /** Quantity that the vendor delivers, shipped or not. */
  readonly wanted: string
  /** Part of it that is not shipped according to the shop, the ERP and entries by hand. */
  readonly open: string
  readonly amount: string
}

/** A fulfilment of the vendor and its status in the shop. */
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
  /** Null: not read yet, no longer in the topic, or hidden, since the caller sees only a vendor's part. */
  readonly order: ReadOrder | null
  readonly parts: Scoped<OrderPart>
  /** Oldest first. */
  readonly steps: Scoped<OrderStep>
  /** True: there are older steps that are not listed. */
  readonly more: boolean
}

type Deps = Pick<OperationDeps, 'tables' | 'staged' | 'clock'>
type TimelineDeps = Deps & Pick<OperationDeps, 'products'>

/**
 * Everything about one order: what was read, decided, sent and answered, in order; each line's route; and the amounts
 * by vendor. Throws `not_found`.
 */
export async function orderTimeline(
  deps: TimelineDeps,
  by: Principal,
  { source, number }: Pick<OrderTimeline, 'source' | 'number'>,
): Promise<OrderTimeline> {
  const found = await stepsOfOrder(deps.tables, { source, number })
  const seesAll = seesWhole(by, source)
  const ownerOf = (of: Pick<OrderStep, 'connection' | 'status' | 'code'>) => ownerOfStep(by, { ...of, source })
  const shown = <R extends OrderStep | OrderPart>(rows: readonly R[]) => (seesAll ? rows : rows.map(ownReport))
  const steps = within(by.scope, shown(found), ownerOf)
  if (steps.length === 0) {
    const what = `there is no order "${number}" of ${source}`
    throw notFound(by, { field: 'number', api: what, cli: `${what}; use the number that the shop shows` })
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
    parts: within(by.scope, shown(parts), ownerOf),
    steps,
    more: found.length >= MOST_STEPS,
  }
}

/**
 * The last version of an order that was sent to a connection. Throws `not_found`, and `state_conflict` if none was sent
 * yet.
 */
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
  throw new StreamError('state_conflict', `number: no part of order ${number} was sent to ${connection} yet`, {
    field: 'number',
  })
}

/** The shops within the caller's scope that have an order with that number. */
export async function sourcesOfOrder(deps: Deps, by: Principal, number: string): Promise<readonly string[]> {
  const { connections } = await readConfiguration(deps.tables)
  const own = connections.filter(({ id, shop }) => sees(by.scope, { system: shop, connections: [id] }))
  const shops = [...new Set(own.map(({ shop }) => shop))]
  const found = await Promise.all(
    shops.map(async (shop) => ((await isKnownOrder(deps.tables, { source: shop, number })) ? [shop] : [])),
  )
  return found.flat()
}

/** The order's state at each connection. */
async function stagedOf({ tables }: Deps, source: string, key: string, steps: readonly OrderStep[]) {
  const connections = [...new Set(steps.flatMap(({ connection }) => connection ?? []))]
  const keys = connections.map((id) => ({ shelf: shelfOf(id, 'orders'), id: stagedId({ key, source }) }))
  return await rowsOf(tables, stagedRows).listMany(keys)
}

/** Uses the last version that was sent and the order in the ERP, if the newest version has no part for the vendor. */
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

/** Cancellations by hand at vendors, by connection. */
async function cancellationsOf(
  { tables }: Deps,
  staged: readonly StagedRow[],
): Promise<ReadonlyMap<string, Cancellation>> {
  const keys = staged.map(({ connection, key }) => ({ connection, key: orderDeliveryKey({ number: key }) }))
  const rows = await rowsOf(tables, deliveryRows).listMany(keys)
  return new Map(rows.flatMap(({ connection, cancellation }) => (cancellation ? [[connection, cancellation]] : [])))
}

/** The last order sent to each vendor, by connection. */
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

/** Undefined: it is no longer in the topic, or cannot be decoded; the steps are still available. */
async function eventAt<K extends 'orders' | 'vendor-orders'>({ staged }: Deps, kind: K, place: Place) {
  const [record] = await staged.reader.read([place])
  if (!record) return undefined
  return await (staged.codec as Pick<EventCodec, 'decode'>).decode(kind, record.value).catch(() => undefined)
}

/** `sent` and `cancellations` are by connection. */
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
    const reported = own.filter((one) => one.kind === 'shipment' && !entered.some(({ id }) => id === one.id))
    const open = openLines(
      event?.data.lines ?? [],
      entered,
      reported.flatMap((one) => one.lines),
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

/** By connection, in order of arrival. */
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
