import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import type { Recipient } from '../../configuration/model.ts'
import { toStreamError } from '../../errors.ts'
import { halfBackOffMs } from '../../platform/backoff.ts'
import type { Meter } from '../../platform/metrics/meter.ts'
import { NO_FAILURE, SEND_BACK_OFF } from '../attempts.ts'
import type { Concern } from './concern.ts'
import type { Notice } from './notice.ts'
import { countOpen, planNotice } from './plan-notice.ts'
import type { RecipientRow, RecipientStore } from './recipient-row.ts'
import type { SendNotice } from './send-notice.ts'

export interface AttendDeps {
  readonly store: RecipientStore
  readonly sendNotice: SendNotice
  readonly clock: { now(): number }
  readonly meter: Meter
  readonly logger: Pick<Logger, 'warn' | 'info'>
  readonly random: () => number
}

/** Longer than an attempt: a process whose lease expired has ended its attempt. */
export const LEASE_MS = 120_000
/** How often a recipient's known causes are compared with the current ones. */
export const LOOK_MS = 30_000
/** Waits at least this many times as long as the comparison took, so that many connections do not slow the process. */
const PART = 10
const HOUR_MS = 3_600_000

/**
 * Brings a recipient up to date, whose row this process has leased: sends its outbox, or else the changes. A
 * notification is stored before it is sent, so that a process that takes over sends the same notification with the same
 * id. Returns when to check the recipient again, in milliseconds UTC; null: another process has taken the row.
 */
export async function attendRecipient(
  deps: AttendDeps,
  recipient: Recipient,
  row: RecipientRow,
  concernsNow: () => Promise<readonly Concern[]>,
): Promise<number | null> {
  const { store, clock } = deps
  const begun = clock.now()
  const set = row.outbox === null ? changeOf(row, recipient, await concernsNow(), clock.now()) : {}
  const tookMs = clock.now() - begun
  // Also without a change: a process that lost the lease must not send.
  const ready = await store.change(row, clock.now(), LEASE_MS, set)
  if (ready === null) return null
  if (ready.outbox === null) return clock.now() + Math.max(LOOK_MS, PART * tookMs)
  return await attempt(deps, recipient, ready, ready.outbox)
}

function changeOf(row: RecipientRow, recipient: Recipient, concerns: readonly Concern[], now: number) {
  const { opened, reminded, resolved, known } = planNotice(row.known, concerns, {
    now,
    remindMs: recipient.remindHours * HOUR_MS,
    isWanted: (concern) => isWanted(recipient, concern),
  })
  if (opened.length + reminded.length + resolved.length === 0) return { known }
  const outbox: Notice = {
    id: `msg_${randomUUID()}`,
    at: now,
    test: false,
    opened,
    reminded,
    resolved,
    open: countOpen(known),
  }
  return { known, outbox }
}

/** Whether the recipient wants this cause for any of its connections. */
export function isWanted({ causes, connections }: Recipient, concern: Concern): boolean {
  const isCause = causes === null || causes.includes(concern.cause)
  return isCause && (connections === null || concern.connections.some((id) => connections.includes(id)))
}

async function attempt(
  { store, sendNotice, clock, meter, logger, random }: AttendDeps,
  recipient: Recipient,
  row: RecipientRow,
  notice: Notice,
): Promise<number | null> {
  const { id } = recipient
  try {
    await sendNotice(recipient, notice)
  } catch (error) {
    const { code, message, retryAfterMs } = toStreamError(error)
    meter.count('waldstream_notifications_total', { recipient: id, outcome: 'failed', code })
    logger.warn(
      { err: error, recipient: id, notice: notice.id },
      'could not send a notification; sending it again later',
    )
    const now = clock.now()
    const attempts = row.attempts + 1
    const failing_since = row.failing_since ?? now
    const failed = { attempts, failing_since, failure: { code, message } }
    const changed = await store.change(row, now, LEASE_MS, failed)
    return changed === null ? null : now + halfBackOffMs(attempts, SEND_BACK_OFF, random, retryAfterMs)
  }
  meter.count('waldstream_notifications_total', { recipient: id, outcome: 'sent', code: '' })
  logger.info({ recipient: id, notice: notice.id }, 'sent a notification')
  const now = clock.now()
  const sent = { ...NO_FAILURE, outbox: null, sent_at: now }
  const changed = await store.change(row, now, LEASE_MS, sent)
  // Checks at once for changes that happened meanwhile.
  return changed === null ? null : now
}
