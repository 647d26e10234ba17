import { StreamError } from '../../errors.ts'
import { isoTime } from '../../events/times.ts'
import { keptDays } from '../../platform/dynamodb/expiry.ts'
import { noteChange, noteNothing } from '../audit.ts'
import type { OperationDeps } from '../dependencies.ts'
import { notFound, type Principal } from '../principal.ts'
import { type EventPlaces, placesFrom } from './event-places.ts'
import { type FoundSubscription, findSubscription } from './find-subscription.ts'
import { placesOfKept } from './kept-cursor.ts'
import { type NextEventsDeps, nextEvents } from './next-events.ts'
import { withoutEvent } from './refused-keys.ts'
import { createSubscriptionStore } from './subscription-row.ts'

/** Where a replay starts: a time (milliseconds, inclusive) or a cursor; exactly one of them. */
export interface WantedEvents {
  readonly subscription: string
  readonly from: number | null
  readonly cursor: string | null
}

/** What a replay sends, or would send. */
export interface EventReplay {
  readonly subscription: string
  readonly preview: boolean
  /** Number of events from there on, by type, as far as they were counted. */
  readonly events: Readonly<Record<string, number>>
  /** False: there are more events than were counted. */
  readonly complete: boolean
  /** ISO 8601: time of the first event; null: there are no events. */
  readonly first_at: string | null
}

type Deps = NextEventsDeps & Pick<OperationDeps, 'clock' | 'audit'>

/** Maximum of pages to count. */
const MOST_PAGES = 10
const PAGE = 200
const DAY_MS = 86_400_000

/**
 * Replays or skips events of a subscription: it continues from there, even if it was paused. Throws `not_found`,
 * `request_invalid`, `cursor_invalid`, and `state_conflict` for a subscription that is pulled.
 */
export async function replayEvents(
  deps: Deps,
  by: Principal,
  { preview, ...wanted }: WantedEvents & { readonly preview: boolean },
): Promise<EventReplay> {
  const found = await findSubscription(deps, by, wanted.subscription)
  const places = await beginOf(deps, wanted)
  const counted = await countEvents(deps, found, places)
  const { id } = found.subscription
  if (preview) noteNothing(by)
  else {
    assertSentTo(found, 'its reader pulls events from any time')
    await createSubscriptionStore(deps.tables).restart(id, places, momentOf(deps, found))
    const after = { from: isoTime(wanted.from), cursor: wanted.cursor }
    await noteChange(deps, by, { what: 'subscription.replay', target: id, after })
  }
  return { subscription: id, preview, ...counted }
}

/**
 * Resumes a failing or paused subscription at once. Throws `not_found`, and `state_conflict` for a subscription that is
 * pulled.
 */
export async function resumeSubscription(
  deps: Pick<Deps, 'tables' | 'clock' | 'audit'>,
  by: Principal,
  id: string,
): Promise<void> {
  const found = await findSubscription(deps, by, id)
  assertSentTo(found, 'there is nothing to resume')
  await createSubscriptionStore(deps.tables).restart(id, null, momentOf(deps, found))
  await noteChange(deps, by, { what: 'subscription.resume', target: id })
}

/**
 * Skips an event that a receiver refuses; later events of its order or SKU are sent. Throws `not_found` if the
 * subscription does not exist or the event does not wait, and `state_conflict` for a subscription that is pulled.
 */
export async function skipEvent(
  deps: Pick<Deps, 'tables' | 'clock' | 'audit'>,
  by: Principal,
  {
    subscription: id,
    event,
    reason,
  }: { readonly subscription: string; readonly event: string; readonly reason: string },
): Promise<void> {
  assertSentTo(await findSubscription(deps, by, id), 'there is nothing to skip')
  const skipped = await createSubscriptionStore(deps.tables).intervene(id, (row) => {
    const refused = withoutEvent(row?.refused ?? [], event, deps.clock.now())
    // The page at the cursor may contain it.
    return refused === null ? null : { refused, acknowledged: [...(row?.acknowledged ?? []), event], due_at: 0 }
  })
  if (!skipped) {
    const what = `no event "${event}" of ${id} is refused`
    const cli = `${what}; "waldstream subscriptions list ${id}" lists the refused events`
    throw notFound(by, { field: 'event', api: `${what}; /v1/subscription-status lists the refused events`, cli })
  }
  await noteChange(deps, by, { what: 'subscription.skip', target: id, after: { event, reason } })
}

function momentOf({ clock }: Pick<Deps, 'clock'>, { subscription: { id }, configuration }: FoundSubscription) {
  return { now: clock.now(), createdAt: configuration.subscribedAt?.[id] ?? null }
}

function assertSentTo({ subscription: { id, webhook } }: FoundSubscription, why: string): void {
  if (webhook !== null) return
  throw new StreamError('state_conflict', `id: ${id} has no webhook: ${why}`, { field: 'id' })
}

async function beginOf({ tables, clock }: Deps, { from, cursor }: WantedEvents): Promise<EventPlaces> {
  if ((from === null) === (cursor === null)) {
    const message = 'from: give exactly one of from and cursor'
    throw new StreamError('request_invalid', message, { field: 'from' })
  }
  if (cursor !== null) return await placesOfKept(tables, cursor)
  const earliest = clock.now() - keptDays.outgoingEvents * DAY_MS
  if (from === null || from < earliest) {
    const message = `from: events are stored for ${keptDays.outgoingEvents} days; give ${isoTime(earliest)} or later`
    throw new StreamError('request_invalid', message, { field: 'from' })
  }
  return placesFrom(from)
}

async function countEvents(deps: Deps, { subscription, configuration }: FoundSubscription, begin: EventPlaces) {
  const events: Record<string, number> = {}
  let [places, complete, first]: [EventPlaces, boolean, string | null] = [begin, false, null]
  for (let pages = 0; pages < MOST_PAGES && !complete; pages += 1) {
    const page = await nextEvents(deps, subscription, configuration, { places, limit: PAGE })
    for (const { event } of page.events) {
      events[event.type] = (events[event.type] ?? 0) + 1
      if (first === null || event.timestamp < first) first = event.timestamp
    }
    places = page.places
    complete = page.complete
  }
  return { events, complete, first_at: first }
}
