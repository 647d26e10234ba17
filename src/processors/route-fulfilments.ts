import type { Connection } from '../configuration/model.ts'
import type { Fulfilment, FulfilmentChanged } from '../events/generated/events.ts'
import { contentDigest, derivedEventId } from '../events/identity.ts'
import { recordKey } from '../events/topics.ts'
import { earlierReference, orderOf, orderReference as referenceOf } from '../rules/order-reference.ts'
import type { Decision, Output, Processor } from './processor.ts'

const NAME = 'route-fulfilments'

/**
 * Vendor's shipment, closure or cancellation → the shop of its order. The vendor stores the reference that our sink
 * gave the order (`rules/order-reference.ts`): an order that was created by hand, or for another connection, is
 * ignored.
 */
export const routeFulfilments: Processor<'fulfilments'> = {
  name: NAME,
  from: 'fulfilments',
  remembers: false,
  // Events that people reported belong to no read, so nobody subscribes to them.
  alsoFor({ source, taskId, data }, connections) {
    if (taskId !== null) return []
    const ofVendor = connections.filter(({ vendor }) => vendor === source)
    const orders = ordersOf(data, ofVendor)
    return ofVendor.filter(({ id }) => orders.has(id))
  },
  async process(event, context) {
    // Another vendor's order is not a connection's, even if its reference begins with the connection's id.
    const ofVendor = context.connections.filter(({ vendor }) => vendor === event.source)
    const orders = ordersOf(event.data, ofVendor)
    const routed = context.connections.map((connection) => route(event, connection, orders.get(connection.id)))
    return {
      outputs: routed.flatMap(({ output }) => output ?? []),
      decisions: routed.map(({ decision }) => decision),
    }
  },
}

/** The connection that a fulfilment's order was delivered for, with the shop's order number; empty: not known. */
export function ordersOf(
  { orderReference, orderNumber }: Fulfilment,
  connections: readonly Connection[],
): ReadonlyMap<string, string> {
  if (orderReference === null) return new Map()
  const isCalled = ({ id }: Connection) =>
    [referenceOf(id, orderNumber), earlierReference(id, orderNumber)].includes(orderReference)
  const named = connections.find(isCalled)
  if (named !== undefined) return new Map([[named.id, orderNumber]])
  // Only the reference holds the number.
  const order = orderReference === orderNumber ? orderOf(orderReference, connections) : null
  return order === null ? new Map() : new Map([[order.connection, order.key]])
}

function route(
  event: FulfilmentChanged,
  connection: Connection,
  orderNumber: string | undefined,
): { readonly decision: Decision; readonly output?: Output } {
  const { id, vendor } = connection
  if (vendor !== event.source)
    return { decision: ignored(id, 'not_the_vendor', `fulfilments of ${id} come from ${vendor}`) }
  if (orderNumber === undefined) return { decision: ignored(id, 'not_ours', `the order does not belong to ${id}`) }
  if (event.deleted) {
    const message = 'the vendor deleted it; the shop keeps what it sent to its customer: correct it in the shop'
    return { decision: ignored(id, 'deleted', message) }
  }
  const decision = { connection: id, status: 'processing', code: null, message: null } as const
  return { decision, output: shopFulfilment(event, connection, orderNumber) }
}

function shopFulfilment(event: FulfilmentChanged, connection: Connection, orderNumber: string): Output {
  const { eventId, source, key, taskId, occurredAt, readAt } = event
  const { attributes: _attributes, ...asked } = event.data
  return {
    kind: 'shop-fulfilments',
    system: connection.shop,
    key: recordKey(connection.id, key),
    event: {
      eventId: derivedEventId(eventId, NAME, connection.id, connection.revision),
      // Other fields of the ERP require no action of the shop.
      contentDigest: contentDigest({ deleted: false, data: { ...asked, orderNumber } }),
      connection: connection.id,
      source,
      key,
      taskId,
      occurredAt,
      readAt,
      data: { ...event.data, orderNumber },
    },
  }
}

function ignored(connection: string, code: string, message: string): Decision {
  return { connection, status: 'ignored', code, message }
}
