import { type Decimal8, decimal8, text8 } from '../src/events/decimal.ts'
import { type EndShipment, isReferenceOf, referenceOf, type ShopOrder } from './ends/end.ts'
import type { NetSuiteState } from './ends/netsuite.ts'
import type { SapB1State } from './ends/sap-b1.ts'
import { postJson, requestJson } from './http.ts'

/** What a vendor's people sent off: of which order, and what the shop is to have of it. */
export interface Sent extends EndShipment {
  readonly reference: string
}

/** Of the orders of each connection so many are shipped; of every second one the first line alone. */
const OF_EACH = 6

/** References of the connection's orders whose pieces can be compared, each of a number that is its own. */
export function plainReferences(connection: string, orders: readonly ShopOrder[]): readonly string[] {
  const byNumber = Map.groupBy(orders, ({ number }) => number)
  return orders
    .filter(({ isPlain, number }) => isPlain && byNumber.get(number)?.length === 1)
    .map(({ number }) => referenceOf(connection, number))
}

/** Ships orders in the ERP as its people would: of those that are `plain`, by their references. */
export async function shipInNetSuite(
  url: string,
  connections: readonly string[],
  plain: ReadonlySet<string>,
): Promise<readonly Sent[]> {
  const { salesOrders } = await requestJson<NetSuiteState>(`${url}/_sim/state`)
  const sent: Sent[] = []
  const orders = salesOrders.filter(({ externalId }) => plain.has(externalId))
  for (const { order, partly } of chosen(orders, ({ externalId }) => externalId, connections)) {
    const lines = order.item.items.filter(({ isClosed }) => isClosed !== true)
    const taken = partly ? lines.slice(0, 1) : lines
    const tracking = trackOf(order.externalId)
    await postJson(`${url}/_sim/orders/${order.id}/fulfil`, {
      lines: taken.map(({ line, quantity }) => ({ line, quantity })),
      tracking: [tracking],
      shipStatus: 'C',
    })
    const pieces = piecesOf(taken.map(({ item, quantity }) => [item.refName, quantity]))
    sent.push({ reference: order.externalId, tracks: [tracking], pieces })
  }
  return sent
}

export async function shipInSapB1(
  url: string,
  connections: readonly string[],
  plain: ReadonlySet<string>,
): Promise<readonly Sent[]> {
  const { Orders } = await requestJson<SapB1State>(`${url}/_sim/state`)
  const open = Orders.filter(
    ({ DocumentStatus, NumAtCard }) => DocumentStatus === 'bost_Open' && plain.has(NumAtCard ?? ''),
  )
  const sent: Sent[] = []
  for (const { order, partly } of chosen(open, ({ NumAtCard }) => NumAtCard ?? '', connections)) {
    const taken = partly ? order.DocumentLines.slice(0, 1) : order.DocumentLines
    const tracking = trackOf(order.NumAtCard ?? '')
    await postJson(`${url}/_sim/orders/${order.DocEntry}/deliver`, {
      lines: taken.map(({ LineNum, Quantity }) => ({ LineNum, Quantity })),
      TrackingNumber: tracking,
    })
    const pieces = piecesOf(taken.map(({ ItemCode, Quantity }) => [ItemCode, Quantity]))
    sent.push({ reference: order.NumAtCard ?? '', tracks: [tracking], pieces })
  }
  return sent
}

function chosen<T>(orders: readonly T[], referenceIn: (order: T) => string, connections: readonly string[]) {
  return connections.flatMap((connection) =>
    orders
      .filter((order) => isReferenceOf(connection, referenceIn(order)))
      .slice(0, OF_EACH)
      .map((order, index) => ({ order, partly: index % 2 === 1 })),
  )
}

const trackOf = (reference: string): string => `T-${reference}`

function piecesOf(lines: readonly (readonly [sku: string, quantity: number])[]): ReadonlyMap<string, Decimal8> {
  const pieces = new Map<string, Decimal8>()
  for (const [sku, quantity] of lines) {
    pieces.set(sku, ((pieces.get(sku) ?? 0n) + decimal8(quantity, 'quantity')) as Decimal8)
  }
  return pieces
}

/** Every shipment of the vendor is in the shop once, with its pieces and its track, and no other is. */
export function compareShipments(
  connection: string,
  orders: readonly ShopOrder[],
  sent: readonly Sent[],
): readonly string[] {
  const own = sent.filter(({ reference }) => isReferenceOf(connection, reference))
  const wanted = own.map((one) => `${one.reference} ${told(one)}`)
  const have = orders.flatMap(({ number, shipments }) =>
    shipments
      .filter(({ tracks }) => tracks.some((track) => isReferenceOf(`T-${connection}`, track)))
      .map((shipment) => `${referenceOf(connection, number)} ${told(shipment)}`),
  )
  const missing = wanted.filter((one) => !have.includes(one))
  const others = have.filter((one, index) => !wanted.includes(one) || have.indexOf(one) < index)
  return [
    ...missing.map((one) => `${connection}: the shop has no shipment ${one}`),
    ...others.map((one) => `${connection}: the shop has a shipment that it should not have: ${one}`),
  ]
}

function told({ tracks, pieces }: EndShipment): string {
  const list = [...pieces].map(([sku, quantity]) => `${sku} × ${text8(quantity)}`)
  return `${tracks.join(', ')}: ${list.toSorted().join(', ')}`
}
