import type { Connection } from '../src/configuration/model.ts'
import { type Decimal8, least, text8 } from '../src/events/decimal.ts'
import { compareShipments, rowsOf, trackOf } from './compare-shipments.ts'
import { type ErpLine, type ErpOrder, isReferenceOf, referenceOf, type ShippedRow, type ShopOrder } from './ends/end.ts'
import { addressOf, shopOf, vendorOf } from './ends/read-ends.ts'
import { postJson } from './http.ts'
import type { SimulatorAddresses } from './simulators.ts'

/** The two ends of a connection. */
type Pair = Pick<Connection, 'id' | 'shop' | 'vendor'>

/** So many orders of each connection are shipped; of every second one a part alone. */
const OF_EACH = 6
const PIECE = 100_000_000n

/** Ships the first orders of a connection in its ERP, as its people would; those that they began before stay as they are. */
export async function shipFirst(simulators: SimulatorAddresses, pair: Pair): Promise<number> {
  const { orders, rows } = await shippable(simulators, pair)
  const first = orders.slice(0, OF_EACH).map((order, index) => ({ order, index }))
  const fresh = first.filter(({ order }) => !isBegun(order))
  for (const { order, index } of fresh) {
    await ship(simulators, pair, order, index % 2 === 1 ? partOf(order, rows) : order.lines)
  }
  return fresh.length
}

/** Ships the next order that nobody has begun; its reference, or null where there is none. */
export async function shipNext(simulators: SimulatorAddresses, pair: Pair): Promise<string | null> {
  const order = (await shippable(simulators, pair)).orders.find((one) => !isBegun(one))
  if (order === undefined) return null
  await ship(simulators, pair, order, order.lines)
  return order.reference
}

const isShipped = (lines: readonly ErpLine[]): boolean => lines.some(({ shipped }) => shipped > 0n)

const isBegun = ({ lines }: ErpOrder): boolean => isShipped(lines)

interface Shippable {
  readonly orders: readonly ErpOrder[]
  /** What is shipped of the lines of all orders of the shop. */
  readonly rows: ReadonlyMap<string, ShippedRow>
}

/** Orders of which the shop can take a shipment: it ships bundles whole, of which the vendor then has as many of each part. */
async function shippable(simulators: SimulatorAddresses, { id, shop, vendor }: Pair): Promise<Shippable> {
  const shopOrders = (await shopOf(simulators, shop)).orders
  const rows = rowsOf(shopOrders)
  const orders = (await vendorOf(simulators, vendor)).orders.filter(({ reference, lines }) => {
    const wholes = new Map(lines.flatMap((line) => wholesOf(line, rows.get(line.lineId))))
    const goods = [...wholes.keys()].flatMap((lineId) => rows.get(lineId) ?? [])
    const isWhole = goods.every(({ together }) => new Set(together.map((part) => wholes.get(part))).size === 1)
    // Files name no lines of the shop: what the seller has begun, and one of two orders with a number, is for people.
    const isClear = vendor !== 'acme' || isShipped(lines) || isUntouched(shopOrders, id, reference)
    return isReferenceOf(id, reference) && goods.length > 0 && isWhole && isClear
  })
  return { orders, rows }
}

/** Whether it is the only order of its number, and the shop has neither shipped nor refunded any of it. */
function isUntouched(orders: readonly ShopOrder[], connection: string, reference: string): boolean {
  const [order, ...others] = orders.filter(({ number }) => referenceOf(connection, number) === reference)
  if (order === undefined || others.length > 0) return false
  return order.lines.every(({ shipped, refunded }) => shipped === 0n && refunded === 0n)
}

/** Pieces of the shop's row that the pieces of a line make; none of what is not shipped. */
function wholesOf(
  { lineId, shipped, toShip }: ErpLine,
  found: ShippedRow | undefined,
): [lineId: string, count: bigint][] {
  const pieces = shipped + toShip
  return found === undefined || pieces === 0n ? [] : [[lineId, (pieces * found.ordered) / found.ofLine]]
}

async function ship(
  simulators: SimulatorAddresses,
  { vendor }: Pair,
  { id, reference }: ErpOrder,
  lines: readonly ErpLine[],
): Promise<void> {
  const url = addressOf(simulators, vendor)
  const track = trackOf(reference)
  const pieces = lines
    .filter(({ toShip }) => toShip > 0n)
    .map(({ number, toShip }) => ({ number, quantity: Number(text8(toShip)) }))
  if (vendor === 'netsuite') {
    const shipped = pieces.map(({ number: line, quantity }) => ({ line, quantity }))
    await postJson(`${url}/_sim/orders/${id}/fulfil`, { lines: shipped, tracking: [track], shipStatus: 'C' })
    return
  }
  if (vendor === 'acme') {
    const lines = pieces.map(({ number: line, quantity }) => ({ line, quantity }))
    await postJson(`${url}/_sim/orders/${id}/ship`, { lines, tracking: track })
    return
  }
  const delivered = pieces.map(({ number, quantity }) => ({ LineNum: number, Quantity: quantity }))
  await postJson(`${url}/_sim/orders/${id}/deliver`, { lines: delivered, TrackingNumber: track })
}

/** The first line, or of a single one a piece; all of an order with a bundle. */
function partOf({ lines }: ErpOrder, rows: Shippable['rows']): readonly ErpLine[] {
  const open = lines.filter(({ toShip }) => toShip > 0n)
  if (open.some(({ lineId }) => (rows.get(lineId)?.together.length ?? 0) > 1)) return open
  const [first, ...others] = open
  if (first === undefined || others.length > 0) return open.slice(0, 1)
  return [{ ...first, toShip: least(first.toShip, PIECE as Decimal8) }]
}

/** What differs of shipments at the two ends. */
export async function shipmentsOf(
  simulators: SimulatorAddresses,
  { id, shop, vendor }: Pair,
): Promise<readonly string[]> {
  const [shopEnd, vendorEnd] = [await shopOf(simulators, shop), await vendorOf(simulators, vendor)]
  return compareShipments(id, shopEnd.orders, vendorEnd.orders)
}
