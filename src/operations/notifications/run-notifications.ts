import type { Recipient } from '../../configuration/model.ts'
import type { Clock } from '../../platform/clock.ts'
import { sharedLook } from '../../platform/shared-look.ts'
import type { TableDeps } from '../dependencies.ts'
import { everything, type Principal } from '../principal.ts'
import { type Status, status } from '../status.ts'
import { type AttendDeps, attendRecipient, isWanted, LEASE_MS, LOOK_MS } from './attend-recipient.ts'
import { concernsOf } from './concerns-of.ts'

export interface NotificationDeps extends AttendDeps {
  readonly tables: TableDeps['tables']
  readonly clock: Clock
  /** Recipients of the current configuration. */
  readonly recipients: () => readonly Recipient[]
}

/** Interval between searches for recipients that are due. */
const EVERY_MS = 2_000
/** Recipients with the same scope share a status that is not older than this. */
const SHARED_MS = 10_000

/**
 * Notifies recipients until the signal aborts. Several processes may run it: each recipient is leased by one at a time.
 */
export async function runNotifications(deps: NotificationDeps, signal: AbortSignal): Promise<void> {
  const { clock, logger } = deps
  const notifier = createNotifier(deps)
  while (!signal.aborted) {
    await notifier.begin().catch((err: unknown) => {
      logger.warn({ err }, 'could not read the state of recipients; trying again')
    })
    await clock.sleep(EVERY_MS, signal).catch(() => undefined)
  }
  await notifier.idle()
}

export interface Notifier {
  /** Starts with the recipients that are due and free. A slow recipient does not delay others. */
  begin(): Promise<void>
  /** Resolves when no notification is in progress. */
  idle(): Promise<void>
}

export function createNotifier(deps: NotificationDeps): Notifier {
  const { recipients, store, clock, logger } = deps
  const underWay = new Map<string, Promise<void>>()
  /** Recipients that failed, and when to try them again, since an unreadable row usually stays so for long. */
  const resting = new Map<string, number>()
  const statusFor = sharedStatus(deps)
  return {
    async begin() {
      const now = clock.now()
      const free = recipients().filter(
        ({ id, enabled }) => enabled !== false && !underWay.has(id) && (resting.get(id) ?? 0) <= now,
      )
      const rows = await store.list(free.map(({ id }) => id))
      const early = new Set(
        rows.filter((row) => row.due_at > now || row.lease_until > now).map(({ recipient }) => recipient),
      )
      for (const recipient of free.filter(({ id }) => !early.has(id))) {
        const { id } = recipient
        const own = notifyOne(deps, recipient, statusFor).catch((err: unknown) => {
          resting.set(id, clock.now() + LOOK_MS)
          logger.warn({ err, recipient: id }, 'could not notify a recipient; trying again')
        })
        underWay.set(
          id,
          own.finally(() => underWay.delete(id)),
        )
      }
    },
    async idle() {
      while (underWay.size > 0) await Promise.all(underWay.values())
    },
  }
}

async function notifyOne(
  deps: NotificationDeps,
  recipient: Recipient,
  statusFor: (recipient: Recipient) => Promise<Status>,
): Promise<void> {
  const { store, clock } = deps
  const concernsNow = async () =>
    concernsOf(await statusFor(recipient)).filter((concern) => isWanted(recipient, concern))
  const row = await store.take(recipient.id, clock.now(), LEASE_MS)
  if (row === null) return
  let again: number | null = clock.now() + LOOK_MS
  try {
    again = await attendRecipient(deps, recipient, row, concernsNow)
  } finally {
    if (again !== null) await store.release(row, again)
  }
}

/** A recipient receives only what a key with the same scope would see. */
function reachOf({ connections, systems, id }: Recipient): Principal {
  const principal = everything({ kind: 'cli', name: `notifications of ${id}` })
  if (connections === null && systems === null) return principal
  const reached = connections === null ? ('all' as const) : new Set(connections)
  return { ...principal, scope: { connections: reached, systems: new Set(systems ?? []) } }
}

/** Reads one status at a time, however many recipients are due: each reads all connections of its scope. */
function sharedStatus({ tables, clock }: NotificationDeps): (recipient: Recipient) => Promise<Status> {
  const looks = new Map<string, () => Promise<Status>>()
  let last: Promise<unknown> = Promise.resolve()
  return async (recipient) => {
    const key = JSON.stringify([recipient.connections, recipient.systems])
    const inTurn = async () => {
      const own = last.then(() => status({ tables, clock }, reachOf(recipient)))
      last = own.catch(() => undefined)
      return await own
    }
    const look = looks.get(key) ?? sharedLook(inTurn, clock, SHARED_MS)
    looks.set(key, look)
    return await look()
  }
}
