import type { Configuration, Subscription } from '../../configuration/model.ts'
import { readMeta } from '../../projections/feed-table.ts'
import { inventoryFeed } from '../../projections/inventory-feed.ts'
import { partitionOfOwner, placeAtTime, readOutgoing } from '../../projections/outgoing-events.ts'
import { readLaneFrontiers } from '../../projections/outgoing-lanes.ts'
import { readFeed } from '../../projections/read-feed.ts'
import type { OperationDeps } from '../dependencies.ts'
import { sellableRow } from '../sellable-row.ts'
import { type EventPlaces, placesIn } from './event-places.ts'
import { type EventSequence, sequencesOf } from './event-sequences.ts'
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
 * The next events of a subscription after these places, some from each sequence, so that none waits until another is
 * read completely. Returns about `limit` events, at least one per sequence. The same places return the same events until
 * new ones happen; stock events have the current state.
 */
export async function nextEvents(
  deps: NextEventsDeps,
  subscription: Subscription,
  configuration: Pick<Configuration, 'systems' | 'connections'>,
  { places: given, limit }: { readonly places: EventPlaces; readonly limit: number },
): Promise<EventPage> {
  const { tables, shards, staged } = deps
  const sequences = sequencesOf(subscription, configuration, deps.systemTypes)
  const parts = sequences.reduce((sum, sequence) => sum + partsOf(sequence), 0)
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
  for (const sequence of sequences) {
    if (sequence.kind === 'orders') {
      const owners = sequence.owners.map((owner) => {
        const partition = partitionOfOwner(owner)
        return { partition, after: places.orders[partition] ?? placeAtTime(places.since) }
      })
      const reached = frontierOf(sequence.topics)
      frontier = Math.min(frontier, reached)
      const bounds = { frontier: reached, limit: share * partsOf(sequence) }
      const page = await readOutgoing(tables, owners, bounds)
      events.push(...(await orderEvents(staged, page.rows)))
      for (const [partition, place] of page.places) orders.set(partition, place)
      complete &&= page.all
    } else {
      const filter = { connection: sequence.connection, sources: null, from: places.stockSince, to: null }
      const request = { tables, feed: inventoryFeed, meta, shards, whole: true }
      const page = await readFeed(request, filter, places.stock[sequence.connection] ?? {}, share)
      const connection = configuration.connections.find(({ id }) => id === sequence.connection)
      events.push(...page.rows.map((row) => stockEvent(sellableRow(row, connection))))
      stock.set(sequence.connection, page.places)
      complete &&= page.exhausted
      frontier = Math.min(frontier, page.frontier)
    }
  }
  const next = { ...places, orders: Object.fromEntries(orders), stock: Object.fromEntries(stock) }
  return { events: events.filter(isWanted), places: next, complete, frontier, parts }
}

/** A sequence's part of a page: one for each partition that it reads. */
function partsOf(sequence: EventSequence): number {
  return sequence.kind === 'orders' ? sequence.owners.length : 1
}
