import type { NotificationCause } from '../../configuration/model.ts'
import type { Concern } from './concern.ts'

/** A concern with its notification state for one recipient. Times are milliseconds UTC. */
export interface KnownConcern extends Concern {
  readonly seen_at: number
  /** Null: the recipient has not been notified of it. */
  readonly notified_at: number | null
  /** Since when it is gone; null: it is open. */
  readonly gone_at: number | null
}

/** Changes to send in one notification. */
export interface Changes {
  readonly opened: readonly Concern[]
  /** Open, and sent before. */
  readonly reminded: readonly Concern[]
  readonly resolved: readonly Concern[]
}

export interface Plan extends Changes {
  /** The recipient's concerns after this is sent. */
  readonly known: readonly KnownConcern[]
}

const MINUTE_MS = 60_000

/** A cause that ends sooner is not sent. Same times as the alerts of deploy/prometheus. */
export const NOTIFIED_AFTER_MS: Readonly<Record<NotificationCause, number>> = {
  late: 10 * MINUTE_MS,
  failed: 5 * MINUTE_MS,
  paused: 5 * MINUTE_MS,
  circuit_open: 10 * MINUTE_MS,
  read_overdue: 5 * MINUTE_MS,
  feed_not_pulled: 10 * MINUTE_MS,
  events_not_received: 10 * MINUTE_MS,
  oversold: 2 * MINUTE_MS,
}
/** A cause that comes back sooner does not count as resolved. */
export const RESOLVED_AFTER_MS = 2 * MINUTE_MS
/** Maximum number of causes per recipient, because a row holds at most 400 kB. */
export const MOST_CONCERNS = 100

/**
 * Changes for a recipient. Each cause is sent once, again every `remindMs` while it is open, and once more when it is
 * resolved. `isWanted`: whether the recipient still wants such a cause; unwanted causes are dropped silently.
 */
export function planNotice(
  known: readonly KnownConcern[],
  concerns: readonly Concern[],
  { now, remindMs, isWanted }: { now: number; remindMs: number; isWanted: (concern: Concern) => boolean },
): Plan {
  const before = new Map(known.map((one) => [one.key, one]))
  const there = followed(before, concerns).map((concern) => seenNow(concern, before.get(concern.key), now, remindMs))
  const keys = new Set(concerns.map(({ key }) => key))
  const gone = known
    .filter((one) => !keys.has(one.key) && one.notified_at !== null && isWanted(one))
    .map((one) => ({ ...one, gone_at: one.gone_at ?? now }))
  const isResolved = ({ gone_at }: KnownConcern) => gone_at !== null && now - gone_at >= RESOLVED_AFTER_MS
  const sent = there.filter(({ isDue }) => isDue)
  return {
    known: [...there.map(({ next }) => next), ...gone.filter((one) => !isResolved(one))],
    opened: sent.filter(({ isNew }) => isNew).map(({ next }) => concernOf(next)),
    reminded: sent.filter(({ isNew }) => !isNew).map(({ next }) => concernOf(next)),
    resolved: gone.filter(isResolved).map(concernOf),
  }
}

/** Number of open causes that a recipient was notified of. */
export function countOpen(known: readonly KnownConcern[]): number {
  return known.filter(({ notified_at, gone_at }) => notified_at !== null && gone_at === null).length
}

function concernOf({ seen_at: _seen, notified_at: _notified, gone_at: _gone, ...concern }: KnownConcern): Concern {
  return concern
}

/** At most `MOST_CONCERNS`; known causes come first. */
function followed(before: ReadonlyMap<string, KnownConcern>, concerns: readonly Concern[]): readonly Concern[] {
  const isKnown = ({ key }: Concern) => before.has(key)
  return [...concerns.filter(isKnown), ...concerns.filter((one) => !isKnown(one))].slice(0, MOST_CONCERNS)
}

function seenNow(concern: Concern, before: KnownConcern | undefined, now: number, remindMs: number) {
  const seen_at = before?.seen_at ?? now
  const notified_at = before?.notified_at ?? null
  const isDue = notified_at === null ? now - seen_at >= NOTIFIED_AFTER_MS[concern.cause] : now - notified_at >= remindMs
  const next: KnownConcern = { ...concern, seen_at, notified_at: isDue ? now : notified_at, gone_at: null }
  return { next, isDue, isNew: notified_at === null }
}
