import { isoTime } from '../../events/times.ts'
import type { OperationDeps } from '../dependencies.ts'
import type { Principal } from '../principal.ts'
import { placesFrom } from './event-places.ts'
import { findSubscription } from './find-subscription.ts'
import { keptCursorOf, placesOfKept } from './kept-cursor.ts'
import type { OutgoingEvent } from './keyed-event.ts'
import { type NextEventsDeps, nextEvents } from './next-events.ts'

/** A reader's request: events after a cursor or from a time (milliseconds) on; without both, all stored events. */
export interface WantedPull {
  readonly subscription: string
  readonly cursor: string | null
  readonly from: number | null
  readonly limit: number
}

export interface PulledEvents {
  readonly items: readonly OutgoingEvent[]
  /** Cursor for the next request. */
  readonly cursor: string
  /** False: more events can be read at once. */
  readonly complete: boolean
  /** ISO 8601: events before it are in this or an earlier answer once `complete` is true; null: unknown. */
  readonly visible_until: string | null
}

/**
 * The events of a subscription, with or without a webhook. Does not move its cursor. Throws `not_found`,
 * `cursor_invalid` and `cursor_expired`.
 */
export async function pullEvents(
  deps: NextEventsDeps & Pick<OperationDeps, 'clock'>,
  by: Principal,
  { subscription: id, cursor, from, limit }: WantedPull,
): Promise<PulledEvents> {
  const { subscription, configuration } = await findSubscription(deps, by, id)
  const places = cursor === null ? placesFrom(from ?? 0) : await placesOfKept(deps.tables, cursor)
  const page = await nextEvents(deps, subscription, configuration, { places, limit })
  const next = await keptCursorOf(deps.tables, page.places, deps.clock.now())
  const visible = page.frontier < 0 ? null : Math.min(page.frontier, deps.clock.now())
  return {
    items: page.events.map(({ event }) => event),
    cursor: next,
    complete: page.complete,
    visible_until: isoTime(visible),
  }
}
