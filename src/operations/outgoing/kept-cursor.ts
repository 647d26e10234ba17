import { StreamError } from '../../errors.ts'
import { digest } from '../../events/identity.ts'
import { expiresAfter, keptDays } from '../../platform/dynamodb/expiry.ts'
import { rowsOf } from '../../platform/dynamodb/rows.ts'
import type { Tables } from '../../platform/dynamodb/tables.ts'
import { cursorOf, type EventPlaces, placesOf } from './event-places.ts'
import { subscriptionRows } from './subscription-row.ts'

/** Longest cursor that readers get as it is; of a few dozen connections. */
const LONGEST_CURSOR = 2_000
/** Begins a cursor whose places are stored; other cursors contain no dot. */
const STORED = 'stored.'

/** Key of stored places: no subscription has such an id. */
const keyOf = (name: string) => ({ subscription: `cursor#${name}` })

/**
 * A cursor for readers, of limited length however many connections it covers: longer places are stored for as long as
 * events are, under a digest of them, so that the same places are stored once.
 */
export async function keptCursor(tables: Tables, cursor: string, now: number): Promise<string> {
  if (cursor.length <= LONGEST_CURSOR) return cursor
  const name = digest(cursor)
  const expires = expiresAfter(now, keptDays.outgoingEvents)
  await tables.update(subscriptionRows.table, keyOf(name), { set: { cursor, expires } })
  return `${STORED}${name}`
}

/** The same for places. */
export async function keptCursorOf(tables: Tables, places: EventPlaces, now: number): Promise<string> {
  return await keptCursor(tables, cursorOf(places), now)
}

/** The places of a reader's cursor. Throws `cursor_invalid`, and `cursor_expired` when its places are gone. */
export async function placesOfKept(tables: Tables, cursor: string): Promise<EventPlaces> {
  if (!cursor.startsWith(STORED)) return placesOf(cursor)
  const row = await rowsOf(tables, subscriptionRows).get(keyOf(cursor.slice(STORED.length)))
  if (row?.cursor != null) return placesOf(row.cursor)
  const message = `cursor: unknown, or older than the ${keptDays.outgoingEvents} days that events are stored; use a start time instead`
  throw new StreamError('cursor_expired', message, { field: 'cursor' })
}
