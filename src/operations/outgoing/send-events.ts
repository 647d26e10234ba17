import type { Logger } from 'pino'
import type { Configuration, Subscription } from '../../configuration/model.ts'
import type { ResolveReference } from '../../configuration/references.ts'
import { type StreamError, toStreamError } from '../../errors.ts'
import { halfBackOffMs } from '../../platform/backoff.ts'
import { forEachKey } from '../../platform/bounded.ts'
import type { Meter } from '../../platform/metrics/meter.ts'
import type { SendSignedWebhook } from '../../platform/signed-webhook.ts'
import { NO_FAILURE, SEND_BACK_OFF } from '../attempts.ts'
import { webhookKeys } from '../webhook-keys.ts'
import { cursorOf, type EventPlaces, placesFrom, placesOf } from './event-places.ts'
import { type NextEventsDeps, nextEvents } from './next-events.ts'
import { eventBody, type KeyedEvent } from './outgoing-event.ts'
import type { SubscriptionRow, SubscriptionStore } from './subscription-row.ts'

export interface SendEventsDeps extends NextEventsDeps {
  readonly store: SubscriptionStore
  readonly sendWebhook: SendSignedWebhook
  readonly resolveSecret: ResolveReference
  readonly clock: { now(): number }
  readonly meter: Meter
  readonly logger: Pick<Logger, 'warn' | 'info'>
  readonly random: () => number
}

/** How often to check a subscription that is caught up. */
export const LOOK_EVERY_MS = 5_000
/** Events per page: sent together, in order per key. */
const PAGE = 50
/** Concurrent webhooks per subscription. */
const AT_ONCE = 4
/** A page starts no attempt after this time, so the last attempt (20 s at most) ends before the lease. */
const PAGE_MS = 60_000
export const EVENTS_LEASE_MS = 2 * PAGE_MS
/** A subscription that fails for this long is paused. */
export const PAUSED_AFTER_MS = 5 * 86_400_000

/**
 * Sends the events of a subscription, whose row the caller holds, until all are sent, one fails, or the signal aborts.
 * The cursor moves only after all events before it were acknowledged (Guarantee 1): a process that takes over sends the
 * rest, and repeats unfinished attempts with the same ids. Returns when to check the subscription again, in
 * milliseconds UTC; null: another process has taken the row.
 */
export async function sendEvents(
  deps: SendEventsDeps,
  subscription: Subscription,
  configuration: Pick<Configuration, 'systems' | 'connections'>,
  { row: taken, signal }: { readonly row: SubscriptionRow; readonly signal: AbortSignal },
): Promise<number | null> {
  const { store, clock } = deps
  if (taken.paused_at !== null) return clock.now() + LOOK_EVERY_MS
  let row: SubscriptionRow | null = taken
  while (!signal.aborted) {
    const places = row.cursor === null ? placesFrom(clock.now()) : placesOf(row.cursor)
    const page = await nextEvents(deps, subscription, configuration, { places, limit: PAGE })
    // A process that lost the row must not send. This also stores the start of a new subscription.
    if (page.events.length > 0)
      row = await store.change(row, clock.now(), EVENTS_LEASE_MS, { cursor: cursorOf(places) })
    if (row === null) return null
    const sent = await sendPage(deps, subscription, page.events, { known: row.acknowledged, signal })
    if (sent.failure !== null) return await fail(deps, row, sent, sent.failure)
    row = await store.change(row, clock.now(), EVENTS_LEASE_MS, progressOf(row, sent, page.places, clock.now()))
    if (row === null) return null
    if (sent.complete && page.complete) return clock.now() + LOOK_EVERY_MS
  }
  return clock.now()
}

type SubscriptionChange = Parameters<SubscriptionStore['change']>[3]

interface SentPage {
  /** Ids of the page's events that were acknowledged, now or earlier. */
  readonly acknowledged: readonly string[]
  /** Whether all events were acknowledged. */
  readonly complete: boolean
  readonly count: number
  /** Time of the first event that is not acknowledged. */
  readonly behindSince: number | null
  readonly failure: StreamError | null
}

async function sendPage(
  deps: SendEventsDeps,
  subscription: Subscription,
  events: readonly KeyedEvent[],
  { known, signal }: { readonly known: readonly string[]; readonly signal: AbortSignal },
): Promise<SentPage> {
  const { clock } = deps
  const until = clock.now() + PAGE_MS
  const acknowledged = new Set(known)
  let count = 0
  let failure: StreamError | null = null
  const due = events.filter(({ event }) => !acknowledged.has(event.id))
  try {
    const keys = due.length === 0 ? [] : await webhookKeys(deps.resolveSecret, subscription)
    // Guarantee 4: after an event that is not sent, no later event of its key is sent.
    await forEachKey(
      due,
      ({ key }) => key,
      AT_ONCE,
      async ({ event }) => {
        if (signal.aborted || clock.now() >= until) throw new PageEnded()
        const url = subscription.webhook ?? ''
        await deps.sendWebhook({ url, keys, id: event.id, body: eventBody(event) })
        acknowledged.add(event.id)
        count += 1
        note(deps, subscription, 'sent', '')
      },
    )
  } catch (error) {
    if (!(error instanceof PageEnded)) failure = toStreamError(error)
  }
  const [done = [], left = []] = [true, false].map((is) =>
    events.filter(({ event }) => acknowledged.has(event.id) === is),
  )
  const times = left.map(({ event }) => Date.parse(event.timestamp))
  if (failure !== null) {
    note(deps, subscription, 'failed', failure.code)
    deps.logger.warn({ err: failure, subscription: subscription.id }, 'an outgoing event could not be sent; retrying')
  }
  const complete = left.length === 0
  const behindSince = complete ? null : Math.min(...times)
  return { acknowledged: done.map(({ event }) => event.id), complete, count, behindSince, failure }
}

/** The page's time is up, or the process is ending. */
class PageEnded extends Error {}

function note({ meter }: SendEventsDeps, { id }: Subscription, outcome: 'sent' | 'failed', code: string): void {
  meter.count('waldstream_outgoing_events_total', { subscription: id, outcome, code })
}

function progressOf(row: SubscriptionRow, sent: SentPage, after: EventPlaces, now: number): SubscriptionChange {
  const moved = sent.complete ? { cursor: cursorOf(after), acknowledged: [] } : { acknowledged: sent.acknowledged }
  const healed = sent.count > 0 || sent.complete ? NO_FAILURE : {}
  const sent_at = sent.count > 0 ? now : row.sent_at
  return { ...moved, ...healed, sent_at, behind_since: sent.behindSince }
}

async function fail(
  { store, clock, random, logger }: SendEventsDeps,
  row: SubscriptionRow,
  { acknowledged, count, behindSince }: SentPage,
  { code, message, retryAfterMs }: StreamError,
): Promise<number | null> {
  const now = clock.now()
  // An event acknowledged between two failures shows that the endpoint is up.
  const attempts = count > 0 ? 1 : row.attempts + 1
  const failing_since = count > 0 ? now : (row.failing_since ?? now)
  const isOver = now - failing_since >= PAUSED_AFTER_MS
  if (isOver) logger.warn({ subscription: row.subscription }, 'a subscription failed for days and was paused')
  const changed = await store.change(row, now, EVENTS_LEASE_MS, {
    acknowledged,
    attempts,
    failing_since,
    failure: { code, message },
    paused_at: isOver ? now : null,
    sent_at: count > 0 ? now : row.sent_at,
    behind_since: behindSince,
  })
  return changed === null ? null : now + halfBackOffMs(attempts, SEND_BACK_OFF, random, retryAfterMs)
}
