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
import { LANES, type Lane, laneProgress, moveLane, moveLaneCaughtUp } from './outgoing-lanes.ts'
import { placeAttribute } from './staged-row.ts'
import { OUTGOING_EVENTS } from './tables.ts'

/** Owner of an event: a connection, or a shop if the event has no connection. */
export type EventOwner = { readonly connection: string } | { readonly shop: string }

/** An event of an order, for subscriptions. It has no personal data: it references records in topics. */
export interface OutgoingOrder {
  readonly owner: string
  /** time#topic#partition-offset#index: sorts as the events happened. */
  readonly place: string
  /** The same each time the event is written or sent. */
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
  /** Record of the vendor's order, or of the shipment sent to the shop; null: unknown. */
  readonly event_place: Place | null
  /** Seconds: when the row may be removed. */
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

/** Id of an event: a digest of its content. */
export function outgoingId(type: OutgoingEventType, ...what: readonly string[]): string {
  return `evt_${digest(type, ...what)}`
}

/** An event that has no place yet. */
export type NewOutgoingOrder = Omit<OutgoingOrder, 'owner' | 'place' | 'at' | 'expires'>

/** A delivery as canceled, because a person canceled it at the vendor: the stored order still has its lines. */
export const CANCELED_BY_HAND = 'canceled_by_hand'
/** Codes of a delivery after which the vendor has the current state of the order. */
const ACCEPTED_CODES: readonly (string | null)[] = [null, 'shortened', 'sent_again', CANCELED_BY_HAND]
/** Reported when a person discards a dead letter: no stage failed. */
const DISCARDED = 'discarded'

/** The event that a stage's report of an order causes; null: no event. */
export function orderEventOf({ stage, at, result, places }: ReportOfOrder): NewOutgoingOrder | null {
  const { entity, source: shop, key: number, connection, eventId, contentId, status, code } = result
  const { targetId: target_id } = result
  if (entity !== 'orders') return null
  const of = { connection, shop, number, stage, code, target_id, event_place: places.mapped }
  const names = [connection ?? '', shop, number, eventId] as const
  if (status === 'failed' && code !== DISCARDED) {
    return { ...of, id: outgoingId('order.failed', ...names, stage, `${at}`), type: 'order.failed' }
  }
  if (status !== 'succeeded' || connection === null || !ACCEPTED_CODES.includes(code)) return null
  // A delivery that changes nothing for the vendor, of a new version or sent again, is the same event.
  const id = contentId === null ? [eventId] : [contentId, target_id ?? '']
  return { ...of, id: outgoingId('order.accepted', connection, shop, number, ...id), type: 'order.accepted' }
}

/** Types of the events of fulfilments, by their kind. */
const FULFILMENT_TYPES: Readonly<Record<string, OutgoingEventType>> = {
  shipment: 'order.shipped',
  closure: 'order.canceled',
  cancellation: 'order.canceled',
}

/** The event that a fulfilment sent to a shop causes; null: no event. `run`: id of its content. */
export function fulfilmentEventOf(
  shop: string,
  { record, event }: Decoded<'shop-fulfilments'>,
  run: string,
): NewOutgoingOrder | null {
  const { connection, key, data } = event
  const type = FULFILMENT_TYPES[data.kind]
  if (type === undefined) return null
  const number = data.orderNumber
  const id = outgoingId(type, connection, shop, number, key, run)
  const of = { connection, shop, number, stage: 'route-fulfilments', code: null, target_id: null }
  return { ...of, id, type, event_place: placeOf(record) }
}

/** A record of a lane with its events. */
export interface LaneRecord {
  readonly record: Decoded<'sync-status'>['record']
  readonly events: readonly NewOutgoingOrder[]
}

/**
 * Appends the events of a batch, then records that they are written. An event's place follows from its record and the
 * lane's progress, which does not change until the record is written: a redelivery writes the same rows, or none
 * (Guarantee 3). Readers see no events at or after the frontier of the lanes, and future events are at or after it,
 * also if the projector's clock is ahead of the broker's: events that a reader has passed never change.
 */
export async function appendOutgoing(
  tables: Tables,
  topic: string,
  batch: readonly LaneRecord[],
  context: BatchContext,
): Promise<void> {
  const lane = { topic, partition: context.partition }
  const { position: reached, frontier } = await laneProgress(tables, lane)
  let position = reached
  const rows: OutgoingOrder[] = []
  for (const { record, events } of batch) {
    if (position !== null && record.offset <= position.offset) continue
    const own = { time: Math.max(position?.time ?? 0, frontier, record.timestamp), offset: record.offset }
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

/** How often idle lanes move their frontier; delays what subscriptions see by at most this. */
const IDLE_EVERY_MS = 2_000
/** With many lanes they move less often: together they cost 50 writes a second. */
const IDLE_MS_PER_LANE = 20

/** What stages need to append events. */
export interface AppendDeps {
  readonly tables: Tables
  readonly settleMs: number
  /** Lanes of the whole installation; missing: few. */
  readonly lanes?: () => number
}

/**
 * What a stage does when a partition is processed up to its end. Never while a batch of it is appended: the places of
 * its events follow from the frontier.
 */
export function laneIdle(
  { tables, settleMs, lanes = () => 1 }: AppendDeps,
  topic: string,
): NonNullable<Stage<TopicKind>['onIdleAlone']> {
  const last = new Map<number, number>()
  return async (partition, _topic, asOf) => {
    if (asOf - (last.get(partition) ?? 0) < Math.max(IDLE_EVERY_MS, lanes() * IDLE_MS_PER_LANE)) return
    await moveLaneCaughtUp(tables, { topic, partition }, asOf - settleMs)
    last.set(partition, asOf)
  }
}

/** Place where a reader of an owner's events starts that reads events at or after this time (milliseconds). */
export function placeAtTime(time: number): string {
  return timeText(time)
}

/** A reader's place in an owner's events. */
export interface OwnerPlace {
  /** Of the owner, see `partitionOfOwner`. */
  readonly partition: string
  /** The reader has everything up to it. */
  readonly after: string
}

/**
 * The next events of these owners before the frontier (milliseconds), `limit` at most, in the order of their places:
 * events of an order may have several owners. Returns the place after them for each partition, and `all`: no more
 * events before the frontier. A partition whose place is beyond the others' waits for them.
 * Throws `row_unreadable`: leaving a row out would lose its event (Guarantee 2).
 */
export async function readOutgoing(
  tables: Tables,
  owners: readonly OwnerPlace[],
  { frontier, limit }: { readonly frontier: number; readonly limit: number },
): Promise<{
  readonly rows: readonly OutgoingOrder[]
  readonly places: ReadonlyMap<string, string>
  readonly all: boolean
}> {
  const before = frontier < 0 ? '' : timeText(frontier)
  const pages = await Promise.all(owners.map((owner) => readOwner(tables, owner, before, limit)))
  // A full page may have more rows, so nothing beyond its last row is in order yet.
  const ends = pages.flatMap((rows) => (rows.length < limit ? [] : [rows.at(-1)?.place ?? before]))
  const inOrder = pages.flat().toSorted((one, other) => (one.place < other.place ? -1 : 1))
  const end = [...ends, inOrder[limit - 1]?.place ?? before, before].reduce((least, one) => (one < least ? one : least))
  const places = owners.map(({ partition, after }) => [partition, after < end ? end : after] as const)
  return { rows: inOrder.filter(({ place }) => place <= end), places: new Map(places), all: end === before }
}

async function readOwner(tables: Tables, { partition, after }: OwnerPlace, before: string, limit: number) {
  return before <= after ? [] : await rowsOf(tables, outgoingOrders).queryWhole({ partition, after, before, limit })
}

/** Whether a row of the table is a lane; the others are events. */
export function isLane(item: Readonly<Record<string, unknown>>): boolean {
  return item['owner'] === LANES
}
