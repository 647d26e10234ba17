import type { Configuration, Connection, Subscription } from '../../configuration/model.ts'
import { deliveriesTo, type SystemTypes } from '../../configuration/system-type.ts'
import { topicOf } from '../../events/topics.ts'
import type { EventOwner } from '../../projections/outgoing-events.ts'
import type { Principal } from '../principal.ts'
import { sees, seesAll } from '../scope.ts'

/** A sequence of events: events of a shop's orders, or of a connection's stock. */
export type EventSequence =
  | {
      readonly kind: 'orders'
      /** Owners of its events, at least one. An order's events may have several. */
      readonly owners: readonly EventOwner[]
      /** Topics that its events derive from, without prefix. */
      readonly topics: readonly string[]
    }
  | { readonly kind: 'stock'; readonly connection: string }

export type Reach = Pick<Subscription, 'connections' | 'shops'>

/** The configured connections that a subscription covers. */
function connectionsOf({ connections, shops }: Reach, configured: readonly Connection[]): readonly Connection[] {
  if (connections === null && shops === null) return configured
  return configured.filter(({ id, shop }) => connections?.includes(id) === true || shops?.includes(shop) === true)
}

/** All sequences of a subscription, without those of event types that it excludes. */
export function sequencesOf(
  subscription: Subscription,
  { systems, connections }: Pick<Configuration, 'systems' | 'connections'>,
  systemTypes: SystemTypes,
): readonly EventSequence[] {
  const { events } = subscription
  const own = connectionsOf(subscription, connections)
  const isForAll = subscription.connections === null && subscription.shops === null
  const shops = isForAll ? [...new Set(connections.map(({ shop }) => shop))] : (subscription.shops ?? [])
  const status = topicOf('sync-status')
  const shipments = (shop: string) => {
    const system = systems.find(({ id }) => id === shop)
    const isShipped = system !== undefined && deliveriesTo(systemTypes, system).includes('shop-fulfilments')
    return isShipped ? [topicOf('shop-fulfilments', shop)] : []
  }
  const ofOrders = [...new Set([...own.map(({ shop }) => shop), ...shops])].map((shop) => ({
    owners: [
      ...own.filter((one) => one.shop === shop).map(({ id }) => ({ connection: id })),
      ...(shops.includes(shop) ? [{ shop }] : []),
    ],
    topics: [status, ...shipments(shop)],
  }))
  const hasOrders = events === null || events.some((type) => type.startsWith('order.'))
  const hasStock = events === null || events.includes('stock.changed')
  return [
    ...(hasOrders ? ofOrders.map((orders) => ({ kind: 'orders' as const, ...orders })) : []),
    ...(hasStock ? own.map(({ id }) => ({ kind: 'stock' as const, connection: id })) : []),
  ]
}

/** Whether the caller may see everything that a subscription receives. */
export function seesSubscription(
  { scope }: Pick<Principal, 'scope'>,
  { connections, shops }: Reach,
  configured: readonly Connection[],
): boolean {
  if (seesAll(scope)) return true
  if (connections === null && shops === null) return false
  const reached = new Set([
    ...(connections ?? []),
    ...connectionsOf({ connections, shops }, configured).map(({ id }) => id),
  ])
  const seesShops = (shops ?? []).every((system) => sees(scope, { system }))
  return seesShops && [...reached].every((connection) => sees(scope, { connection }))
}
