import { notificationCauses } from '../../configuration/model.ts'
import { expiresAfter, keptDays } from '../../platform/dynamodb/expiry.ts'
import {
  flag,
  list,
  map,
  millis,
  nullable,
  number,
  oneOf,
  or,
  orNull,
  rowType,
  text,
} from '../../platform/dynamodb/rows.ts'
import type { Condition, TableDefinition, Tables } from '../../platform/dynamodb/tables.ts'
import { readableItems } from '../../platform/dynamodb/unreadable-rows.ts'
import { createLeases } from '../../platform/lease.ts'
import type { Concern } from './concern.ts'
import type { Notice } from './notice.ts'
import type { KnownConcern } from './plan-notice.ts'

const NOTIFICATIONS = 'notifications'

/** The known causes and the outbox of each recipient. */
export const notificationTables: readonly TableDefinition[] = [
  { name: NOTIFICATIONS, partitionKey: 'recipient', expires: 'expires' },
]

/** The error of the last attempt; the message contains no personal address. */
export interface SendFailure {
  readonly code: string
  readonly message: string
}

/** Notification state of a recipient. Times are milliseconds UTC. */
export interface RecipientRow {
  readonly recipient: string
  /** Increases with each lease, so that a process that lost its lease can no longer write the row. */
  readonly fence: number
  /** 0: no process has a lease. */
  readonly lease_until: number
  /** Not checked before this time. */
  readonly due_at: number
  readonly known: readonly KnownConcern[]
  /** Notification to send; null: none. */
  readonly outbox: Notice | null
  /** Failed attempts since the last success. */
  readonly attempts: number
  /** Null: the last attempt did not fail, or there was none. */
  readonly failing_since: number | null
  readonly failure: SendFailure | null
  /** Null: no notification was sent yet. */
  readonly sent_at: number | null
}

const concern = {
  key: text,
  cause: oneOf(...notificationCauses),
  connections: list(text),
  title: text,
  detail: nullable(text),
  since: nullable(text),
  fix: text,
  page: text,
}
const concerns = list(map<Concern>(concern))
const known = map<KnownConcern>({
  ...concern,
  seen_at: millis,
  notified_at: nullable(millis),
  gone_at: nullable(millis),
})
const notice = map<Notice>({
  id: text,
  at: millis,
  test: flag,
  opened: concerns,
  reminded: concerns,
  resolved: concerns,
  open: number,
})

export const recipientRows = rowType<RecipientRow>(NOTIFICATIONS, ['recipient'], {
  recipient: text,
  fence: or(number, 0),
  lease_until: or(number, 0),
  due_at: or(number, 0),
  known: or(list(known), []),
  outbox: orNull(notice),
  attempts: or(number, 0),
  failing_since: orNull(millis),
  failure: orNull(map<SendFailure>({ code: text, message: text })),
  sent_at: orNull(millis),
})

/** Fields that the holder of the lease may change. */
export type RecipientChange = Partial<
  Pick<RecipientRow, 'known' | 'outbox' | 'attempts' | 'failing_since' | 'failure' | 'sent_at'>
>

/** Rows of recipients; one process at a time has the lease of a row. */
export interface RecipientStore {
  list(recipients: readonly string[]): Promise<readonly RecipientRow[]>
  /** Leases a row that is due and free; null: it is not due, or another process was faster. */
  take(recipient: string, now: number, leaseMs: number): Promise<RecipientRow | null>
  /** Returns the changed row and extends the lease by `leaseMs`; null: another process has the lease. */
  change(row: RecipientRow, now: number, leaseMs: number, set: RecipientChange): Promise<RecipientRow | null>
  /** Ends the lease; the row is due again at `dueAt`. */
  release(row: RecipientRow, dueAt: number): Promise<void>
}

export function createRecipientStore(tables: Tables): RecipientStore {
  const leases = createLeases(tables, NOTIFICATIONS, { until: 'lease_until', token: 'fence' })
  const held = ({ recipient, fence }: RecipientRow) => ({ key: { recipient }, token: fence })
  const expires = (now: number) => ({ expires: expiresAfter(now, keptDays.notifications) })
  const { decode } = recipientRows
  return {
    async list(recipients) {
      const keys = recipients.map((recipient) => ({ recipient }))
      return keys.length === 0 ? [] : readableItems(await tables.getMany(NOTIFICATIONS, keys), decode)
    },
    async take(recipient, now, leaseMs) {
      const item = await tables.get(NOTIFICATIONS, { recipient })
      const fence = item === undefined ? 0 : decode(item).fence
      const asSeen: Condition = item === undefined ? { absent: 'fence' } : { attribute: 'fence', is: '=', value: fence }
      const isDue: Condition = { anyOf: [{ absent: 'due_at' }, { attribute: 'due_at', is: '<=', value: now }] }
      const row = { key: { recipient }, token: fence + 1 }
      const more = { set: expires(now), when: [asSeen, isDue] }
      const taken = await leases.take(row, { now, until: now + leaseMs }, more)
      return taken === null ? null : decode(taken)
    },
    async change(row, now, leaseMs, set) {
      const changed = await leases.extend(held(row), now + leaseMs, { set: { ...set, ...expires(now) } })
      return changed === null ? null : decode(changed)
    },
    async release(row, dueAt) {
      await leases.release(held(row), { set: { due_at: dueAt } })
    },
  }
}
