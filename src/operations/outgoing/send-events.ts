import type { Configuration, Subscription } from '../../configuration/model.ts'
import type { StreamError } from '../../errors.ts'
import { halfBackOffMs } from '../../platform/backoff.ts'
import { NO_FAILURE, SEND_BACK_OFF, shortFailure } from '../attempts.ts'
import { type AttemptDeps, type Attempted, attemptEvents } from './attempt-events.ts'
import { cursorOf, placesFrom, placesOf } from './event-places.ts'
import type { KeyedEvent } from './keyed-event.ts'
import { type EventPage, type NextEventsDeps, nextEvents } from './next-events.ts'
import { afterRetry, dueKeys, type RefusedKey, waitingOf, withWaiting } from './refused-keys.ts'
import { begunAt, type SubscriptionRow, type SubscriptionStore } from './subscription-row.ts'
import { waitingEvents } from './waiting-events.ts'

export interface SendEventsDeps extends NextEventsDeps, AttemptDeps {
  readonly store: SubscriptionStore
  readonly random: () => number
}

/** How often to check a subscription that is caught up. */
export const LOOK_EVERY_MS = 5_000
/** A look reads one partition per connection: with many, they are rarer, so that a subscription costs 20 reads a second. */
const LOOK_MS_PER_PART = 50
/** Events per page: sent together, in order per key. */
const PAGE = 50
/** A page starts no attempt after this time, so the last attempt (20 s at most) ends before the lease. */
const PAGE_MS = 60_000
export const EVENTS_LEASE_MS = 2 * PAGE_MS
/** How often a process that sends checks whether somebody changed the row, such as by a replay. */
const NOTICE_EVERY_MS = 2_000
/** Pause after events could not be read. */
const UNREAD_REST_MS = 6 * LOOK_EVERY_MS
/** A subscription that fails for this long is paused. */
export const PAUSED_AFTER_MS = 5 * 86_400_000

type Configured = Pick<Configuration, 'systems' | 'connections' | 'subscribedAt'>
type SubscriptionChange = Parameters<SubscriptionStore['change']>[3]

/** A subscription that this process sends. */
interface Sending {
  readonly deps: SendEventsDeps
  readonly subscription: Subscription
  readonly signal: AbortSignal
}

/** `again`: when to check the subscription again; null: at once. */
interface Step {
  readonly row: SubscriptionRow
  readonly again: number | null
}

/**
 * Sends the events of a subscription, whose row the caller holds, until all are sent or wait, it fails, or the signal
 * aborts. The cursor moves only after all events before it were acknowledged or are stored as waiting (Guarantee 1): a
 * process that takes over sends the rest, and repeats unfinished attempts with the same ids. Returns when to check the
 * subscription again, in milliseconds UTC; null: another process has taken the row.
 */
export async function sendEvents(
  deps: SendEventsDeps,
  subscription: Subscription,
  configuration: Configured,
  { row: found, signal }: { readonly row: SubscriptionRow; readonly signal: AbortSignal },
): Promise<number | null> {
  const { store, clock } = deps
  const anew = begunAt(found, configuration.subscribedAt?.[subscription.id] ?? null)
  const taken = anew === null ? found : await store.change(found, clock.now(), EVENTS_LEASE_MS, anew)
  if (taken === null) return null
  if (taken.paused_at !== null) return clock.now() + LOOK_EVERY_MS
  const sending = { deps, subscription, signal }
  try {
    let step: Step | null = await retryRefused(sending, taken, configuration)
    while (step !== null && step.again === null && !signal.aborted) {
      step = await sendPage(sending, step.row, configuration)
    }
    if (step !== null) return step.again ?? clock.now()
    // All its attempts have ended: another process may take the row at once.
    await store.handOver(taken)
    return null
  } catch (thrown) {
    return await noteUnread(sending, taken, thrown)
  }
}

/** Stores why events cannot be read. It does not count as a failure of the endpoint. */
async function noteUnread({ deps, subscription }: Sending, row: SubscriptionRow, thrown: unknown) {
  const { store, clock, logger } = deps
  logger.warn({ err: thrown, subscription: subscription.id }, 'events of a subscription could not be read; retrying')
  const now = clock.now()
  const unread = { since: row.unread?.since ?? now, ...shortFailure(thrown) }
  const changed = await store.change(row, now, EVENTS_LEASE_MS, { unread })
  if (changed !== null) return now + UNREAD_REST_MS
  await store.handOver(row)
  return null
}

/** Sends the events of refused keys that are due. Null: another process has taken the row. */
async function retryRefused(sending: Sending, row: SubscriptionRow, { connections }: Configured): Promise<Step | null> {
  const { deps, subscription } = sending
  const { store, clock, random } = deps
  const due = dueKeys(row.refused, clock.now())
  if (due.length === 0) return { row, again: null }
  const events = await waitingEvents(deps, due, connections)
  const held = await store.change(row, clock.now(), EVENTS_LEASE_MS, {})
  if (held === null) return null
  const attempted = await attemptEvents(deps, subscription, events, optionsOf(sending, held))
  const sent = attempted.sent.map(({ event }) => event.id)
  const ended = new Set([...sent, ...endedIds(due, events, attempted)])
  const refused = afterRetry(held.refused, { ended, failures: attempted.failures }, { now: clock.now(), random })
  // Events of the page at the cursor may be among them.
  const acknowledged = [...held.acknowledged, ...ended]
  const change = { refused, acknowledged, ...outcomeOf(held, attempted, clock.now(), 'retry') }
  return await stored(sending, held, change, attempted, attempted.halted === null ? null : LOOK_EVERY_MS)
}

/** Waiting events that ended otherwise: their rows expired, or a later state of the stock was sent. */
function endedIds(due: readonly RefusedKey[], events: readonly KeyedEvent[], { sent }: Attempted): readonly string[] {
  const found = new Set(events.map(({ event }) => event.id))
  const done = new Set(sent.map(({ key }) => key))
  const keys = new Set(events.map(({ key }) => key))
  return due.flatMap(({ key, events: waiting }) =>
    waiting
      .filter(({ id, row }) => (row === null ? done.has(key) || !keys.has(key) : !found.has(id)))
      .map(({ id }) => id),
  )
}

/** Sends the next page. Null: another process has taken the row. */
async function sendPage(sending: Sending, row: SubscriptionRow, configuration: Configured): Promise<Step | null> {
  const { deps, subscription } = sending
  const { store, clock, random } = deps
  const places = row.cursor === null ? placesFrom(clock.now()) : placesOf(row.cursor)
  const page = await nextEvents(deps, subscription, configuration, { places, limit: PAGE })
  // A process that lost the row must not send. This also stores the start of a new subscription.
  const begin = { cursor: cursorOf(places) }
  const held = page.events.length === 0 ? row : await store.change(row, clock.now(), EVENTS_LEASE_MS, begin)
  if (held === null) return null
  const known = new Set([...held.acknowledged, ...waitingOf(held.refused).map(({ id }) => id)])
  const blocked = new Set(held.refused.map(({ key }) => key))
  const left = page.events.filter(({ event }) => !known.has(event.id))
  const free = left.filter(({ key }) => !blocked.has(key))
  const attempted = await attemptEvents(deps, subscription, free, optionsOf(sending, held))
  const sent = new Set(attempted.sent.map(({ event }) => event.id))
  const unsent = left.filter(({ event }) => !sent.has(event.id))
  const refused = withWaiting(held.refused, unsent, attempted.failures, { now: clock.now(), random })
  const waiting = new Set(waitingOf(refused).map(({ id }) => id))
  const open = unsent.filter(({ event }) => !waiting.has(event.id))
  const moved = open.length === 0 ? { cursor: cursorOf(page.places), acknowledged: [] } : null
  const change = {
    ...(moved ?? { acknowledged: [...held.acknowledged, ...sent] }),
    refused,
    ...outcomeOf(held, attempted, clock.now(), moved === null || refused.length > 0 ? 'page' : 'whole page'),
    behind_since: behindSince(refused, open),
    unread: null,
    visible_until: visibleUntil(row, page.frontier, clock.now()),
  }
  return await stored(sending, held, change, attempted, pauseAfter(page, attempted, open.length))
}

/** Never earlier than before. A partition that was never processed counts from the first look. */
function visibleUntil({ visible_until }: SubscriptionRow, frontier: number, now: number): number {
  return Math.max(visible_until ?? 0, frontier < 0 ? (visible_until ?? now) : Math.min(frontier, now))
}

/** Milliseconds until the next page; null: none. */
function pauseAfter(page: EventPage, { sent, failures }: Attempted, open: number): number | null {
  if (open > 0) return sent.length > 0 && failures.size === 0 ? null : LOOK_EVERY_MS
  return page.complete ? Math.max(LOOK_EVERY_MS, page.parts * LOOK_MS_PER_PART) : null
}

/** Stores the outcome of attempts, and waits longer if the endpoint failed or asks for it. */
async function stored(
  { deps }: Sending,
  row: SubscriptionRow,
  change: SubscriptionChange,
  attempted: Attempted,
  pauseMs: number | null,
): Promise<Step | null> {
  const { store, clock, random, logger } = deps
  const now = clock.now()
  if (change.paused_at != null)
    logger.warn({ subscription: row.subscription }, 'a subscription failed for days and was paused')
  const changed = await store.change(row, now, EVENTS_LEASE_MS, change)
  if (changed === null) return null
  const error = errorOf(attempted)
  const isNew = changed.attempts > row.attempts
  const asked = attempted.halted?.retryAfterMs
  if (error !== null && (isNew || asked !== undefined)) {
    return { row: changed, again: now + halfBackOffMs(Math.max(1, changed.attempts), SEND_BACK_OFF, random, asked) }
  }
  return { row: changed, again: changed.paused_at !== null ? now : pauseMs === null ? null : now + pauseMs }
}

/** Why nothing was acknowledged; null: something was, or nothing was sent. */
function errorOf({ sent, failures, halted }: Attempted): StreamError | null {
  return sent.length > 0 ? null : (halted ?? [...failures.values()].at(-1) ?? null)
}

/**
 * What attempts say of the endpoint. A refused event that is refused again says nothing new: it does not slow down the
 * others.
 */
function outcomeOf(
  row: SubscriptionRow,
  attempted: Attempted,
  now: number,
  what: 'retry' | 'page' | 'whole page',
): Partial<SubscriptionChange> {
  if (attempted.sent.length > 0) return { ...NO_FAILURE, sent_at: now }
  const error = errorOf(attempted)
  if (error === null) return what === 'whole page' ? NO_FAILURE : {}
  const { code, message } = error
  const failing_since = row.failing_since ?? now
  const attempts = what === 'retry' ? row.attempts : row.attempts + 1
  const isOver = now - failing_since >= PAUSED_AFTER_MS
  return { attempts, failing_since, failure: { code, message }, paused_at: isOver ? now : null }
}

function optionsOf({ deps: { clock, store }, signal }: Sending, row: SubscriptionRow) {
  const begun = clock.now()
  let seen = begun
  let isHeld = Promise.resolve(true)
  const mayGoOn = async () => {
    const now = clock.now()
    if (signal.aborted || now >= begun + PAGE_MS) return false
    if (now - seen >= NOTICE_EVERY_MS) {
      seen = now
      isHeld = store.isHeld(row)
    }
    return await isHeld
  }
  return { isFailing: row.attempts > 0, mayGoOn }
}

/** Time of the first unacknowledged event; null: all are acknowledged. */
function behindSince(refused: readonly RefusedKey[], open: readonly KeyedEvent[]): number | null {
  const times = [...waitingOf(refused), ...open.map(({ event }) => event)].map(({ timestamp }) => Date.parse(timestamp))
  return times.length === 0 ? null : Math.min(...times)
}
