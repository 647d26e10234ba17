import { createDueRows, type DueRow, type DueRows, dueAttributes } from '../../platform/due-rows.ts'
import { keptDays } from '../../platform/dynamodb/expiry.ts'
import { list, map, millis, number, or, orNull, rowsOf, rowType, text } from '../../platform/dynamodb/rows.ts'
import type { TableDefinition, Tables } from '../../platform/dynamodb/tables.ts'
import { type Attempts, attemptAttributes, NO_FAILURE, type SendFailure } from '../attempts.ts'
import { cursorOf, type EventPlaces, placesFrom } from './event-places.ts'
import { type RefusedKey, refusedKeys, resumed } from './refused-keys.ts'

const OUTGOING_SUBSCRIPTIONS = 'outgoing_subscriptions'

/** Progress of each subscription. */
export const subscriptionTables: readonly TableDefinition[] = [
  { name: OUTGOING_SUBSCRIPTIONS, partitionKey: 'subscription', expires: 'expires' },
]

/** Progress of a subscription. Times are milliseconds UTC. */
export interface SubscriptionRow extends DueRow, Attempts {
  readonly subscription: string
  /**
   * Creation of the document that this progress belongs to: one that is created again under the same id begins anew.
   * Null: an earlier release created it.
   */
  readonly created_at: string | null
  /** All events before it were acknowledged or wait. Null: not processed yet. */
  readonly cursor: string | null
  /** Ids of acknowledged events after the cursor: a retry does not send them again. */
  readonly acknowledged: readonly string[]
  /** It counts as long as `lease_until` of the row is the same. Null: there was none. */
  readonly handover: HeldLease | null
  /** Why its events could not be read at the last look; null: they were read. */
  readonly unread: Unread | null
  /** Events before it were written and could be read at the last look; null: unknown. */
  readonly visible_until: number | null
  /** Keys whose events wait, behind the cursor, because the receiver refuses one. */
  readonly refused: readonly RefusedKey[]
  /** When it was paused, until it is resumed; null: not paused. */
  readonly paused_at: number | null
  /** Time of the first unacknowledged event, as far as events were read; null: all are acknowledged. */
  readonly behind_since: number | null
}

/** The lease of a process that lost the row to a change, and may still be sending an event. */
interface HeldLease {
  readonly fence: number
  readonly lease_until: number
}

interface Unread extends SendFailure {
  readonly since: number
}

export const subscriptionRows = rowType<SubscriptionRow>(OUTGOING_SUBSCRIPTIONS, ['subscription'], {
  subscription: text,
  ...dueAttributes,
  created_at: orNull(text),
  cursor: orNull(text),
  acknowledged: or(list(text), []),
  refused: or(refusedKeys, []),
  handover: orNull(map<HeldLease>({ fence: number, lease_until: number })),
  unread: orNull(map<Unread>({ since: millis, code: text, message: text })),
  visible_until: orNull(millis),
  ...attemptAttributes,
  paused_at: orNull(millis),
  behind_since: orNull(millis),
})

/** Rows of subscriptions; one process at a time holds each row. */
export interface SubscriptionStore extends DueRows<SubscriptionRow> {
  /**
   * Restarts a subscription at these places, or at its current ones (null), and clears its failures; events that wait
   * are sent again at once.
   */
  restart(
    id: string,
    places: EventPlaces | null,
    at: { readonly now: number; readonly createdAt: string | null },
  ): Promise<void>
  /**
   * Changes a row whoever holds it, or creates it. A process that holds the row can no longer write it, but may be sending
   * an event: nobody takes the row before that process hands it over or its lease ends, so that events stay in order.
   * Null from `change`: nothing is written.
   */
  intervene(id: string, change: (row: SubscriptionRow | undefined) => Intervention | null): Promise<boolean>
  /** False: somebody changed the row since, or another process holds it. */
  isHeld(row: SubscriptionRow): Promise<boolean>
  /** Ends the lease of a process that lost the row to a change by `intervene` and sends nothing any more. */
  handOver(row: SubscriptionRow): Promise<void>
}

type Intervention = Partial<Omit<SubscriptionRow, 'subscription' | 'fence' | 'lease_until' | 'handover'>>

export function createSubscriptionStore(tables: Tables): SubscriptionStore {
  const rows = createDueRows(tables, subscriptionRows, { key: 'subscription', days: keptDays.outgoingSubscriptions })
  const typed = rowsOf(tables, subscriptionRows)
  const intervene: SubscriptionStore['intervene'] = async (subscription, change) => {
    for (;;) {
      const row = await typed.get({ subscription })
      const set = change(row)
      if (set === null) return false
      const fence = row?.fence ?? 0
      const asSeen = { anyOf: [{ absent: 'fence' }, { attribute: 'fence', is: '=', value: fence }] } as const
      const held = row === undefined ? {} : { handover: heldLease(row) }
      if (await typed.update({ subscription }, { set: { ...set, ...held, fence: fence + 1 } }, { mine: asSeen }))
        return true
    }
  }
  return {
    ...rows,
    intervene,
    async isHeld({ subscription, fence }) {
      return (await typed.get({ subscription }))?.fence === fence
    },
    async handOver({ subscription, fence }) {
      const row = await typed.get({ subscription })
      if (row === undefined || !isOf(row, fence)) return
      const isSame = { attribute: 'lease_until', is: '=', value: row.lease_until } as const
      await typed.update({ subscription }, { set: { lease_until: 0 } }, isSame)
    },
    async restart(subscription, places, { now, createdAt }) {
      const moved = places === null ? {} : { cursor: cursorOf(places), acknowledged: [], behind_since: null }
      await intervene(subscription, (row) => {
        const again = { paused_at: null, unread: null, due_at: 0, refused: resumed(row?.refused ?? [], now) }
        // Only a replay says where a document that was created again begins.
        const own = places === null || createdAt === null ? {} : { created_at: createdAt }
        return { ...NO_FAILURE, ...again, ...moved, ...own }
      })
    },
  }
}

/** Progress of a document that was created at this time; null: the row belongs to it already. */
export function begunAt(
  row: SubscriptionRow,
  createdAt: string | null,
): Partial<Omit<SubscriptionRow, keyof DueRow>> | null {
  if (createdAt === null || row.created_at === createdAt) return null
  const cursor = cursorOf(placesFrom(Date.parse(createdAt)))
  const nothing = { acknowledged: [], refused: [], behind_since: null, sent_at: null, visible_until: null }
  return { ...NO_FAILURE, ...nothing, created_at: createdAt, cursor, paused_at: null, unread: null }
}

/** The lease that has to end before a process may take the row; null: there is none. */
function heldLease({ handover, fence, lease_until }: SubscriptionRow): HeldLease | null {
  if (lease_until === 0) return null
  return handover?.lease_until === lease_until ? handover : { fence, lease_until }
}

function isOf({ handover, lease_until }: SubscriptionRow, fence: number): boolean {
  return handover !== null && handover.fence === fence && handover.lease_until === lease_until
}
