import { notificationCauses } from '../../configuration/model.ts'
import { createDueRows, type DueRow, type DueRows } from '../../platform/due-rows.ts'
import { keptDays } from '../../platform/dynamodb/expiry.ts'
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
import type { TableDefinition, Tables } from '../../platform/dynamodb/tables.ts'
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
export interface RecipientRow extends DueRow {
  readonly recipient: string
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

/** Rows of recipients; one process at a time has the lease of a row. */
export type RecipientStore = DueRows<RecipientRow>

export function createRecipientStore(tables: Tables): RecipientStore {
  return createDueRows(tables, recipientRows, { key: 'recipient', days: keptDays.notifications })
}
