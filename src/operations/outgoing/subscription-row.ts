import { createDueRows, type DueRow, type DueRows } from '../../platform/due-rows.ts'
import { keptDays } from '../../platform/dynamodb/expiry.ts'
import { list, map, millis, number, or, orNull, rowType, text } from '../../platform/dynamodb/rows.ts'
import type { TableDefinition, Tables } from '../../platform/dynamodb/tables.ts'
import type { SendFailure } from '../notifications/recipient-row.ts'
import { cursorOf, type EventPlaces } from './event-places.ts'

const OUTGOING_SUBSCRIPTIONS = 'outgoing_subscriptions'

/** How far each subscription was sent its events. */
export const subscriptionTables: readonly TableDefinition[] = [
  { name: OUTGOING_SUBSCRIPTIONS, partitionKey: 'subscription', expires: 'expires' },
]

/** How far a subscription is. Times are milliseconds UTC. */
export interface SubscriptionRow extends DueRow {
  readonly subscription: string
  /** Everything before it was acknowledged. Null: nothing was looked at yet. */
  readonly cursor: string | null
  /** Ids of events behind the cursor that were acknowledged, too: a retry does not send them again. */
  readonly acknowledged: readonly string[]
  /** Attempts that failed since one did not. */
  readonly attempts: number
  /** Null: the last attempt did not fail, or there was none. */
  readonly failing_since: number | null
  readonly failure: SendFailure | null
  /** When it was given up, until somebody resumes it; null: it is not. */
  readonly paused_at: number | null
  /** When an event was last acknowledged; null: none was. */
  readonly sent_at: number | null
  /** Time of the first event that is not acknowledged, as far as it was looked; null: there is none. */
  readonly behind_since: number | null
}

export const subscriptionRows = rowType<SubscriptionRow>(OUTGOING_SUBSCRIPTIONS, ['subscription'], {
  subscription: text,
  fence: or(number, 0),
  lease_until: or(number, 0),
  due_at: or(number, 0),
  cursor: orNull(text),
  acknowledged: or(list(text), []),
  attempts: or(number, 0),
  failing_since: orNull(millis),
  failure: orNull(map<SendFailure>({ code: text, message: text })),
  paused_at: orNull(millis),
  sent_at: orNull(millis),
  behind_since: orNull(millis),
})

/** The rows of subscriptions, each held by one process at a time. */
export interface SubscriptionStore extends DueRows<SubscriptionRow> {
  /**
   * Begins again: with these places, or from where it is, as if nothing had failed. A process that holds the row loses it, and may be at
   * an attempt until `dueAt`.
   */
  restart(id: string, places: EventPlaces | null, dueAt: number): Promise<void>
}

export function createSubscriptionStore(tables: Tables): SubscriptionStore {
  const rows = createDueRows(tables, subscriptionRows, { key: 'subscription', days: keptDays.outgoingSubscriptions })
  return {
    ...rows,
    async restart(subscription, places, dueAt) {
      const moved = places === null ? {} : { cursor: cursorOf(places), acknowledged: [], behind_since: null }
      const set = { attempts: 0, failing_since: null, failure: null, paused_at: null, lease_until: 0, due_at: dueAt }
      const change = { increment: { fence: 1 }, set: { ...set, ...moved } }
      await tables.update(OUTGOING_SUBSCRIPTIONS, { subscription }, change)
    },
  }
}
