import type { Configuration, Subscription } from '../../configuration/model.ts'
import { readMeta } from '../../projections/feed-table.ts'
import { inventoryFeed } from '../../projections/inventory-feed.ts'
import { partitionOfOwner, placeAtTime, readOutgoing } from '../../projections/outgoing-events.ts'
import { readLaneFrontiers } from '../../projections/outgoing-lanes.ts'
import { readFeed } from '../../projections/read-feed.ts'
import type { OperationDeps } from '../dependencies.ts'
import { sellableRow } from '../sellable-row.ts'
import { type EventLane, lanesOf } from './event-lanes.ts'
import { type EventPlaces, placesIn } from './event-places.ts'
import type { KeyedEvent } from './keyed-event.ts'
import { orderEvents, stockEvent } from './outgoing-event.ts'

export interface EventPage {
  /** Events of one key are in order. */
  readonly events: readonly KeyedEvent[]
  /** Places after these events. */
  readonly places: EventPlaces
  /** False: more events can be read at once. */
  readonly complete: boolean
  /** Milliseconds: all events before it are written and may be read; -1: some were never written. */
  readonly frontier: number
  /** Queries that a page takes at least: one for each partition that it reads. */
  readonly parts: number
}

export type NextEventsDeps = Pick<OperationDeps, 'tables' | 'staged' | 'shards' | 'systemTypes'>

/**
 * The next events of a subscription after these places, some from each lane, so that no lane waits until another is
 * read completely. Returns about `limit` events, at least one per lane. The same places return the same events until
 * new ones happen; stock events have the current state.
 */
export async function nextEvents(
  deps: NextEventsDeps,
  subscription: Subscription,
  configuration: Pick<Configuration, 'systems' | 'connections'>,
  { places: given, limit }: { readonly places: EventPlaces; readonly limit: number },
): Promise<EventPage> {
  const { tables, shards, staged } = deps
  const lanes = lanesOf(subscription, configuration, deps.systemTypes)
  const parts = lanes.reduce((sum, lane) => sum + partsOf(lane), 0)
  const share = Math.max(1, Math.ceil(limit / Math.max(1, parts)))
  // Read both before any event: they bound the visible events.
  const frontierOf = await readLaneFrontiers(tables, shards)
  const meta = await readMeta(tables, inventoryFeed)
  const places = placesIn(meta.generation, given)
  const isWanted = ({ event }: KeyedEvent) => subscription.events?.includes(event.type) ?? true
  const events: KeyedEvent[] = []
  const orders = new Map(Object.entries(places.orders))
  const stock = new Map(Object.entries(places.stock))
  let complete = true
  let frontier = Number.POSITIVE_INFINITY
  for (const lane of lanes) {
    if (lane.kind === 'orders') {
      const owners = lane.owners.map((owner) => {
        const partition = partitionOfOwner(owner)
        return { partition, after: places.orders[partition] ?? placeAtTime(places.since) }
      })
      const reached = frontierOf(lane.topics)
      frontier = Math.min(frontier, reached)
      const bounds = { frontier: reached, limit: share * partsOf(lane) }
      const page = await readOutgoing(tables, owners, bounds)
      events.push(...(await orderEvents(staged, page.rows)))
      for (const [partition, place] of page.places) orders.set(partition, place)
      complete &&= page.all
    } else {
      const filter = { connection: lane.connection, sources: null, from: places.stockSince, to: null }
      const request = { tables, feed: inventoryFeed, meta, shards, whole: true }
      const page = await readFeed(request, filter, places.stock[lane.connection] ?? {}, share)
      const connection = configuration.connections.find(({ id }) => id === lane.connection)
      events.push(...page.rows.map((row) => stockEvent(sellableRow(row, connection))))
      stock.set(lane.connection, page.places)
      complete &&= page.exhausted
      frontier = Math.min(frontier, page.frontier)
    }
  }
  const next = { ...places, orders: Object.fromEntries(orders), stock: Object.fromEntries(stock) }
  return { events: events.filter(isWanted), places: next, complete, frontier, parts }
}

/** A lane's part of a page: one for each partition that it reads. */
function partsOf(lane: EventLane): number {
  return lane.kind === 'orders' ? lane.owners.length : 1
}
