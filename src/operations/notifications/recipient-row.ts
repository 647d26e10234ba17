import { notificationCauses } from '../../configuration/model.ts'
import { createDueRows, type DueRow, type DueRows, dueAttributes } from '../../platform/due-rows.ts'
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
import { type Attempts, attemptAttributes } from '../attempts.ts'
import type { Concern } from './concern.ts'
import type { Notice } from './notice.ts'
import type { KnownConcern } from './plan-notice.ts'

const NOTIFICATIONS = 'notifications'

/** The known causes and the outbox of each recipient. */
export const notificationTables: readonly TableDefinition[] = [
  { name: NOTIFICATIONS, partitionKey: 'recipient', expires: 'expires' },
]

/** Notification state of a recipient. Times are milliseconds UTC. */
export interface RecipientRow extends DueRow, Attempts {
  readonly recipient: string
  readonly known: readonly KnownConcern[]
  /** Notification to send; null: none. */
  readonly outbox: Notice | null
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
  ...dueAttributes,
  known: or(list(known), []),
  outbox: orNull(notice),
  ...attemptAttributes,
})

/** Rows of recipients; one process at a time has the lease of a row. */
export type RecipientStore = DueRows<RecipientRow>

export function createRecipientStore(tables: Tables): RecipientStore {
  return createDueRows(tables, recipientRows, { key: 'recipient', days: keptDays.notifications })
}
