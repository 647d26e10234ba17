import type { Configuration } from '../../configuration/model.ts'
import { readConfiguration } from '../../configuration/read-configuration.ts'
import { isoTime } from '../../events/times.ts'
import type { TableDeps } from '../dependencies.ts'
import type { Principal } from '../principal.ts'
import { type Scoped, seesAll, within } from '../scope.ts'
import { countOpen } from './plan-notice.ts'
import { createRecipientStore } from './recipient-row.ts'

/** Delivery status of a recipient. Times are ISO 8601. */
export interface RecipientStatus {
  readonly recipient: string
  readonly by: 'email' | 'webhook'
  /** False: disabled in its document. */
  readonly enabled: boolean
  /** Number of open causes that it was notified of. */
  readonly open: number
  /** Null: no notification was sent yet. */
  readonly last_sent_at: string | null
  /** Null: the last notification arrived, or there was none. */
  readonly failing: {
    readonly since: string
    readonly code: string
    readonly message: string
    readonly attempts: number
    /** ISO 8601. */
    readonly next_try: string
    readonly fix: string
  } | null
}

/** All recipients, by id; empty unless the caller has access to everything. */
export async function listRecipients(
  { tables }: Pick<TableDeps, 'tables'>,
  by: Principal,
): Promise<Scoped<RecipientStatus>> {
  return await statusOfRecipients({ tables }, by, await readConfiguration(tables))
}

/** As `listRecipients`, with a configuration that was read already. */
export async function statusOfRecipients(
  { tables }: Pick<TableDeps, 'tables'>,
  by: Principal,
  configuration: Pick<Configuration, 'recipients'>,
): Promise<Scoped<RecipientStatus>> {
  const recipients = seesAll(by.scope) ? (configuration.recipients ?? []) : []
  const rows = await createRecipientStore(tables).list(recipients.map(({ id }) => id))
  const found = recipients.map(({ id, webhook, enabled = true }): RecipientStatus => {
    const row = rows.find(({ recipient }) => recipient === id)
    const failing = row?.failing_since == null ? null : { since: isoTime(row.failing_since), row }
    return {
      recipient: id,
      by: webhook === null ? 'email' : 'webhook',
      enabled,
      open: countOpen(row?.known ?? []),
      last_sent_at: isoTime(row?.sent_at ?? null),
      failing: failing && {
        since: failing.since,
        code: failing.row.failure?.code ?? 'unexpected',
        message: failing.row.failure?.message ?? '',
        attempts: failing.row.attempts,
        next_try: isoTime(failing.row.due_at),
        fix: `fix its address or secret, then test it: waldstream notifications test ${id}`,
      },
    }
  })
  return within(by.scope, found, () => ({ connection: null }))
}
