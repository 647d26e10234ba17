import { type OutgoingEventType, outgoingEventTypes } from '../../configuration/model.ts'
import type { StreamError } from '../../errors.ts'
import { halfBackOffMs } from '../../platform/backoff.ts'
import { list, map, millis, number, oneOf, orNull, text } from '../../platform/dynamodb/rows.ts'
import { SEND_BACK_OFF, type SendFailure, shortFailure } from '../attempts.ts'
import type { EventRow, KeyedEvent } from './keyed-event.ts'

/** An event behind the cursor that the receiver has not acknowledged. */
interface WaitingEvent {
  readonly id: string
  readonly type: OutgoingEventType
  /** ISO 8601. */
  readonly timestamp: string
  /** Its row; null: the current state of an SKU's stock, which the key names. */
  readonly row: EventRow | null
}

/**
 * A key whose first event the receiver refused: its events wait here, in order, while events of other keys go on. Times
 * are milliseconds UTC.
 */
export interface RefusedKey {
  readonly key: string
  readonly events: readonly WaitingEvent[]
  /** When the first of them was first refused. */
  readonly since: number
  /** Failed attempts to send the first of them. */
  readonly attempts: number
  /** Null: it was refused for days and is not sent again until the subscription is resumed. */
  readonly due_at: number | null
  readonly failure: SendFailure
}

const eventRow = map<EventRow>({ owner: text, place: text })

export const refusedKeys = list(
  map<RefusedKey>({
    key: text,
    events: list(
      map<WaitingEvent>({ id: text, type: oneOf(...outgoingEventTypes), timestamp: text, row: orNull(eventRow) }),
    ),
    since: millis,
    attempts: number,
    due_at: orNull(millis),
    failure: map<SendFailure>({ code: text, message: text }),
  }),
)

/** Events that may wait beside the others; with more, the subscription waits. They are stored in its row. */
export const MOST_WAITING = 100
/** A key that is refused for this long is not sent again by itself. */
export const GIVEN_UP_AFTER_MS = 5 * 86_400_000

export const waitingOf = (refused: readonly RefusedKey[]): readonly WaitingEvent[] =>
  refused.flatMap(({ events }) => events)

/** Keys to send again now. */
export function dueKeys(refused: readonly RefusedKey[], now: number): readonly RefusedKey[] {
  return refused.filter(({ due_at }) => due_at !== null && due_at <= now)
}

interface Now {
  readonly now: number
  readonly random: () => number
}

/** The keys after some of their events were sent, or no longer exist (`ended`), and others refused. */
export function afterRetry(
  refused: readonly RefusedKey[],
  { ended, failures }: { readonly ended: ReadonlySet<string>; readonly failures: ReadonlyMap<string, StreamError> },
  at: Now,
): readonly RefusedKey[] {
  return refused.flatMap((one) => {
    const events = one.events.filter(({ id }) => !ended.has(id))
    if (events.length === 0) return []
    const isNext = events[0]?.id !== one.events[0]?.id
    const left = isNext ? { ...one, events, since: at.now, attempts: 0, due_at: at.now } : { ...one, events }
    const failure = failures.get(one.key)
    return [failure === undefined ? left : failed(left, failure, at)]
  })
}

function failed(one: RefusedKey, error: unknown, { now, random }: Now): RefusedKey {
  const attempts = one.attempts + 1
  const due_at = now - one.since >= GIVEN_UP_AFTER_MS ? null : now + halfBackOffMs(attempts, SEND_BACK_OFF, random)
  return { ...one, attempts, due_at, failure: shortFailure(error) }
}

/**
 * The keys with the events of a page that wait from now on: the refused ones, and later ones of their keys. Events that
 * do not fit are left out.
 */
export function withWaiting(
  refused: readonly RefusedKey[],
  events: readonly KeyedEvent[],
  failures: ReadonlyMap<string, StreamError>,
  at: Now,
): readonly RefusedKey[] {
  const keys = new Map(refused.map((one) => [one.key, one]))
  let count = waitingOf(refused).length
  for (const event of events) {
    const known = keys.get(event.key)
    const failure = failures.get(event.key)
    if (known === undefined && failure === undefined) continue
    const waiting = waitingEvent(event)
    // Of stock, only the current state is sent.
    const isReplaced = known !== undefined && waiting.row === null
    if (!isReplaced && count >= MOST_WAITING) continue
    if (!isReplaced) count += 1
    const events = isReplaced ? [waiting] : [...(known?.events ?? []), waiting]
    keys.set(event.key, known === undefined ? begun(event.key, waiting, failure, at) : { ...known, events })
  }
  return [...keys.values()]
}

function begun(key: string, event: WaitingEvent, failure: unknown, at: Now): RefusedKey {
  const none = { code: '', message: '' }
  return failed({ key, events: [event], since: at.now, attempts: 0, due_at: at.now, failure: none }, failure, at)
}

function waitingEvent({ event: { id, type, timestamp }, row }: KeyedEvent): WaitingEvent {
  return { id, type, timestamp, row }
}

/** All keys are sent again at once, as if they had not failed before. */
export function resumed(refused: readonly RefusedKey[], now: number): readonly RefusedKey[] {
  return refused.map((one) => ({ ...one, since: now, attempts: 0, due_at: now }))
}

/** The keys without this event; null: it does not wait. */
export function withoutEvent(refused: readonly RefusedKey[], id: string, now: number): readonly RefusedKey[] | null {
  if (!waitingOf(refused).some((one) => one.id === id)) return null
  const nothing = new Map<string, StreamError>()
  return afterRetry(refused, { ended: new Set([id]), failures: nothing }, { now, random: () => 0 })
}
