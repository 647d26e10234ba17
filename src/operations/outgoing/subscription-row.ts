import { createDueRows, type DueRow, type DueRows, dueAttributes } from '../../platform/due-rows.ts'
import { keptDays } from '../../platform/dynamodb/expiry.ts'
import { list, millis, or, orNull, rowType, text } from '../../platform/dynamodb/rows.ts'
import type { TableDefinition, Tables } from '../../platform/dynamodb/tables.ts'
import { type Attempts, attemptAttributes, NO_FAILURE, type SendFailure } from '../attempts.ts'
import { cursorOf, type EventPlaces } from './event-places.ts'

const OUTGOING_SUBSCRIPTIONS = 'outgoing_subscriptions'

/** Progress of each subscription. */
export const subscriptionTables: readonly TableDefinition[] = [
  { name: OUTGOING_SUBSCRIPTIONS, partitionKey: 'subscription', expires: 'expires' },
]

/** Progress of a subscription. Times are milliseconds UTC. */
export interface SubscriptionRow extends DueRow, Attempts {
  readonly subscription: string
  /** All events before it were acknowledged. Null: not processed yet. */
  readonly cursor: string | null
  /** Ids of acknowledged events after the cursor: a retry does not send them again. */
  readonly acknowledged: readonly string[]
  /** When it was paused, until it is resumed; null: not paused. */
  readonly paused_at: number | null
  /** Time of the first unacknowledged event, as far as events were read; null: all are acknowledged. */
  readonly behind_since: number | null
}

export const subscriptionRows = rowType<SubscriptionRow>(OUTGOING_SUBSCRIPTIONS, ['subscription'], {
  subscription: text,
  ...dueAttributes,
  cursor: orNull(text),
  acknowledged: or(list(text), []),
  ...attemptAttributes,
  paused_at: orNull(millis),
  behind_since: orNull(millis),
})

/** Rows of subscriptions; one process at a time holds each row. */
export interface SubscriptionStore extends DueRows<SubscriptionRow> {
  /**
   * Restarts a subscription at these places, or at its current ones (null), and clears its failures. A process that
   * holds the row can no longer write it, but may send the rest of its page until its lease ends: nobody takes the row
   * before, so that events stay in order.
   */
  restart(id: string, places: EventPlaces | null): Promise<void>
}

export function createSubscriptionStore(tables: Tables): SubscriptionStore {
  const rows = createDueRows(tables, subscriptionRows, { key: 'subscription', days: keptDays.outgoingSubscriptions })
  return {
    ...rows,
    async restart(subscription, places) {
      const moved = places === null ? {} : { cursor: cursorOf(places), acknowledged: [], behind_since: null }
      const set = { ...NO_FAILURE, paused_at: null, due_at: 0 }
      const change = { increment: { fence: 1 }, set: { ...set, ...moved } }
      await tables.update(OUTGOING_SUBSCRIPTIONS, { subscription }, change)
    },
  }
}

/** The command that restarts a failing subscription. A resume keeps the cursor, so it does not repair the cursor. */
export function repairOf(subscription: string, failure: SendFailure | null): string {
  const isLost = failure?.code === 'cursor_invalid'
  return `waldstream subscriptions ${isLost ? `replay ${subscription} --from <time>` : `resume ${subscription}`}`
}
