import { type OutgoingEventType, outgoingEventTypes } from '../configuration/model.ts'
import type { Place } from '../events/generated/events.ts'
import { digest } from '../events/identity.ts'
import { isoTime } from '../events/times.ts'
import type { TopicKind } from '../events/topics.ts'
import { expiresAfter, keptDays } from '../platform/dynamodb/expiry.ts'
import { number, oneOf, orNull, rowsOf, rowType, text } from '../platform/dynamodb/rows.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import type { BatchContext, Decoded, Stage } from '../platform/runtime/stage.ts'
import { placeOf } from '../platform/runtime/stage-result.ts'
import { type Position, positionText, timeText } from './feed-row.ts'
import type { ReportOfOrder } from './order-report.ts'
import { LANES, type Lane, lanePosition, moveLane, moveLaneCaughtUp } from './outgoing-lanes.ts'
import { placeAttribute } from './staged-row.ts'
import { OUTGOING_EVENTS } from './tables.ts'

/** Whose an event is: a connection's, or a shop's while it is of no connection. */
export type EventOwner = { readonly connection: string } | { readonly shop: string }

/** Something that happened to an order and is told to subscriptions. It holds nothing of a person: what it is of, topics keep. */
export interface OutgoingOrder {
  readonly owner: string
  /** time#topic#partition-offset#index: sorts as the events happened. */
  readonly place: string
  /** The same however often it is written or sent. */
  readonly id: string
  readonly type: OutgoingEventType
  /** ISO 8601: the time of the place. */
  readonly at: string
  readonly connection: string | null
  readonly shop: string
  readonly number: string
  readonly stage: string
  readonly code: string | null
  /** Id of the order in the vendor's system. */
  readonly target_id: string | null
  /** The vendor's order, or what the shop is sent of the shipment; null: it is not known. */
  readonly event_place: Place | null
  /** Seconds: the row may be removed then. */
  readonly expires: number
}

export const outgoingOrders = rowType<OutgoingOrder>(OUTGOING_EVENTS, ['owner', 'place'], {
  owner: text,
  place: text,
  id: text,
  type: oneOf(...outgoingEventTypes),
  at: text,
  connection: orNull(text),
  shop: text,
  number: text,
  stage: text,
  code: orNull(text),
  target_id: orNull(text),
  event_place: orNull(placeAttribute),
  expires: number,
})

/** Partition of an owner's events. */
export function partitionOfOwner(owner: EventOwner): string {
  return 'connection' in owner ? `connection#${owner.connection}` : `shop#${owner.shop}`
}

/** Id of an event, made of what it is. */
export function outgoingId(type: OutgoingEventType, ...what: readonly string[]): string {
  return `evt_${digest(type, ...what)}`
}

/** An event that has no place yet. */
export type NewOutgoingOrder = Omit<OutgoingOrder, 'owner' | 'place' | 'at' | 'expires'>

/** Codes of a delivery after which the vendor has the order as it is now, for the first time. */
const ACCEPTED_CODES: readonly (string | null)[] = [null, 'shortened']
/** Reported when somebody sees to a dead letter: no stage failed. */
const SEEN_TO = 'discarded'

/** What a stage's report of an order tells; null: nothing. */
export function orderEventOf({ stage, at, result, places }: ReportOfOrder): NewOutgoingOrder | null {
  const { entity, source: shop, key: number, connection, eventId, status, code, targetId: target_id } = result
  if (entity !== 'orders') return null
  const of = { connection, shop, number, stage, code, target_id, event_place: places.mapped }
  const names = [connection ?? '', shop, number, eventId] as const
  if (status === 'failed' && code !== SEEN_TO) {
    return { ...of, id: outgoingId('order.failed', ...names, stage, `${at}`), type: 'order.failed' }
  }
  if (status !== 'succeeded' || connection === null || !ACCEPTED_CODES.includes(code)) return null
  return { ...of, id: outgoingId('order.accepted', ...names), type: 'order.accepted' }
}

/** What a shipment that is sent to a shop tells; null: it is no shipment. */
export function shipmentEventOf(shop: string, { record, event }: Decoded<'shop-fulfilments'>): NewOutgoingOrder | null {
  const { connection, key, eventId, data } = event
  if (data.kind !== 'shipment') return null
  const number = data.orderNumber
  const id = outgoingId('order.shipped', connection, shop, number, key, eventId)
  const of = { connection, shop, number, stage: 'route-fulfilments', code: null, target_id: null }
  return { ...of, id, type: 'order.shipped', event_place: placeOf(record) }
}

/** A record of a lane with the events that it tells. */
export interface LaneRecord {
  readonly record: Decoded<'sync-status'>['record']
  readonly events: readonly NewOutgoingOrder[]
}

/**
 * Appends the events of a batch, and then says that they are written. Each has the place that its record gives it, so that a
 * redelivery writes the same rows, or none (Guarantee 3). Readers see nothing at or after the frontier of the lanes, which lies at or before
 * what is still to come: what they have passed never changes.
 */
export async function appendOutgoing(
  tables: Tables,
  topic: string,
  batch: readonly LaneRecord[],
  context: BatchContext,
): Promise<void> {
  const lane = { topic, partition: context.partition }
  const reached = await lanePosition(tables, lane)
  let position = reached
  const rows: OutgoingOrder[] = []
  for (const { record, events } of batch) {
    if (position !== null && record.offset <= position.offset) continue
    const own = { time: Math.max(position?.time ?? 0, record.timestamp), offset: record.offset }
    rows.push(...events.map((event, index) => rowOf(event, lane, own, index)))
    position = own
  }
  if (position === null || position === reached) return
  context.assertOwned()
  if (rows.length > 0) await rowsOf(tables, outgoingOrders).putMany(rows)
  context.assertOwned()
  await moveLane(tables, lane, position)
}

const INDEX_DIGITS = 4

function rowOf(event: NewOutgoingOrder, { topic, partition }: Lane, position: Position, index: number): OutgoingOrder {
  const { connection, shop } = event
  const [time, offset] = positionText(position).split('-')
  return {
    ...event,
    owner: partitionOfOwner(connection === null ? { shop } : { connection }),
    place: `${time}#${topic}#${partition}-${offset}#${String(index).padStart(INDEX_DIGITS, '0')}`,
    at: isoTime(position.time),
    expires: expiresAfter(position.time, keptDays.outgoingEvents),
  }
}

/** Idle lanes say so this often: what subscriptions see is so much older at most. */
const IDLE_EVERY_MS = 2_000

/** What a stage does with a partition that is handled up to its end. */
export function laneIdle(tables: Tables, topic: string, settleMs: number): NonNullable<Stage<TopicKind>['onIdle']> {
  const last = new Map<number, number>()
  return async (partition, _topic, asOf) => {
    if (asOf - (last.get(partition) ?? 0) < IDLE_EVERY_MS) return
    await moveLaneCaughtUp(tables, { topic, partition }, asOf - settleMs)
    last.set(partition, asOf)
  }
}

/** Where a reader of an owner's events begins that wants what happened at this time or later, in milliseconds. */
export function placeAtTime(time: number): string {
  return timeText(time)
}

/** The next events of an owner after a place, before the frontier (milliseconds); `all`: there are no more before it. */
export async function readOutgoing(
  tables: Tables,
  owner: EventOwner,
  { after, frontier, limit }: { readonly after: string; readonly frontier: number; readonly limit: number },
): Promise<{ readonly rows: readonly OutgoingOrder[]; readonly place: string; readonly all: boolean }> {
  const before = timeText(frontier)
  if (frontier < 0 || before <= after) return { rows: [], place: after, all: true }
  const rows = await rowsOf(tables, outgoingOrders).query({ partition: partitionOfOwner(owner), after, before, limit })
  const all = rows.length < limit
  return { rows, place: all ? before : (rows.at(-1)?.place ?? before), all }
}

/** The rows of the table: events, and lanes. */
export function isLane(item: Readonly<Record<string, unknown>>): boolean {
  return item['owner'] === LANES
}
