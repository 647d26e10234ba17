import { findOrderHold, orderHoldText } from '../control/order-holds.ts'
import { StreamError } from '../errors.ts'
import { add, type Decimal8, decimal8, greatest, subtract, text8, ZERO8 } from '../events/decimal.ts'
import type { VendorOrderRequested } from '../events/generated/events.ts'
import { recordKey } from '../events/topics.ts'
import { rowsOf } from '../platform/dynamodb/rows.ts'
import { createParking } from '../platform/runtime/parking.ts'
import { createDeliveries } from '../processors/delivery/deliveries.ts'
import type { Delivery } from '../processors/delivery/delivery-row.ts'
import { sinkName } from '../processors/delivery/sink-name.ts'
import { orderSteps } from '../projections/order-steps.ts'
import { vendorQuantity } from '../rules/quantities.ts'
import { topLevelLines } from '../rules/split-order.ts'
import type { OperationDeps } from './dependencies.ts'
import {
  type ConnectionPart,
  findOrderParts,
  type OrderPlace,
  orderDeliveryKey,
  orderText,
  type Sent,
  sentOf,
  targetOf,
} from './order-parts.ts'
import type { Principal } from './principal.ts'

/** One vendor's part of an order. */
export interface PartPlace extends OrderPlace {
  readonly connection: string
}

/** A vendor's part of an order and what was sent, as stored here. */
export interface SentOrder {
  readonly part: ConnectionPart
  readonly row: Delivery | undefined
  readonly sent: Sent
  /** The order in the ERP, as an earlier delivery reported it. */
  readonly targetId: string | null
  /** The last event sent; null: none, or it can no longer be read. */
  readonly event: VendorOrderRequested | null
  readonly lines: readonly SentLine[]
}

/** Quantities are decimals as text. */
export interface SentLine {
  readonly sku: string
  readonly wanted: string
  /** As reported by the vendor or the shop. */
  readonly shipped: string
  readonly open: string
}

type Deps = Pick<OperationDeps, 'tables' | 'staged' | 'clock'>

/** Throws `not_found`, and `state_conflict` if no part of the order is the vendor's, or it is held. */
export async function findSentOrder(deps: Deps, by: Principal, place: PartPlace): Promise<SentOrder> {
  const [part] = await findOrderParts(deps, by, place)
  if (part === undefined) throw new Error('a named connection must be found or refused')
  const row = await createDeliveries(deps.tables).find(place.connection, orderDeliveryKey(place))
  const sent = sentOf(part.staged, row)
  if (sent === 'none') throw conflict(place, `no part of it is for ${place.connection}`)
  const hold = await findOrderHold(deps.tables, place)
  if (hold !== undefined && hold.until > deps.clock.now()) {
    throw conflict(place, `it is ${orderHoldText(hold)}; release it first`)
  }
  const event = await eventOf(deps, part, row)
  const lines = event === null ? [] : linesOf(event, await shippedOf(deps, place))
  return { part, row, sent, targetId: targetOf(part.staged, row), event, lines }
}

export function conflict(place: OrderPlace, why: string): StreamError {
  return new StreamError('state_conflict', `number: order ${orderText(place)}: ${why}`, { field: 'number' })
}

/** Schedules a check at the vendor by the vendor's sink, which reports the result. */
export async function lookAtVendor(
  { tables, clock }: Pick<OperationDeps, 'tables' | 'clock'>,
  by: Principal,
  place: PartPlace,
  { part, row }: Pick<SentOrder, 'part' | 'row'>,
): Promise<void> {
  if (row === undefined || row.origin === null) return
  const stage = sinkName('vendor-orders', part.connection.vendor)
  const now = clock.now()
  const check = { connection: place.connection, key: orderDeliveryKey(place), attempts: 0, firstAt: now, told: true }
  await createParking(tables, stage, row.origin.partition).check(
    { ...check, mark: `${now}#${by.kind}#${row.fence}` },
    now,
  )
}

async function eventOf({ staged }: Deps, { staged: stagedRow }: ConnectionPart, row: Delivery | undefined) {
  const origin = row?.origin ?? null
  const place = origin === null ? (stagedRow?.mapped_place ?? null) : { ...origin, offset: Number(origin.offset) }
  const [record] = place === null ? [] : await staged.reader.read([place])
  if (record == null) return null
  return await staged.codec.decode('vendor-orders', record.value)
}

function linesOf({ data }: VendorOrderRequested, shipped: ReadonlyMap<string, Decimal8>): readonly SentLine[] {
  const bySku = Map.groupBy(topLevelLines(data), ({ sku }) => sku)
  return [...bySku].map(([sku, lines]) => {
    const wanted = lines.reduce((pieces, line) => add(pieces, vendorQuantity(line)), ZERO8)
    const inShop = lines.reduce((pieces, line) => add(pieces, line.quantityShipped), ZERO8)
    const gone = greatest(inShop, shipped.get(sku) ?? ZERO8)
    const open = gone < wanted ? subtract(wanted, gone) : ZERO8
    return { sku, wanted: text8(wanted), shipped: text8(gone), open: text8(open) }
  })
}

/** Quantities that the vendor reported as shipped, by SKU. */
async function shippedOf({ tables }: Deps, { source, number, connection }: PartPlace) {
  const steps = await rowsOf(tables, orderSteps).query({ partition: recordKey(source, number) })
  const shipments = steps.flatMap((step) =>
    step.connection === connection && step.fulfilment ? [step.fulfilment] : [],
  )
  const own = shipments.filter(({ kind }) => kind === 'shipment')
  const last = new Map(own.map((one) => [JSON.stringify([one.source, one.id]), one]))
  const shipped = new Map<string, Decimal8>()
  for (const { sku, quantity } of [...last.values()].flatMap(({ lines }) => lines)) {
    shipped.set(sku, add(shipped.get(sku) ?? ZERO8, decimal8(quantity, 'quantity')))
  }
  return shipped
}
