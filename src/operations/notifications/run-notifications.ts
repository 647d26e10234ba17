import type { Recipient } from '../../configuration/model.ts'
import type { Clock } from '../../platform/clock.ts'
import { type Attendant, createAttendant, runAttendant } from '../../platform/due-rows.ts'
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

/** Recipients with the same scope share a status that is not older than this. */
const SHARED_MS = 10_000

/**
 * Notifies recipients until the signal aborts. Several processes may run it: each recipient is leased by one at a time.
 */
export async function runNotifications(deps: NotificationDeps, signal: AbortSignal): Promise<void> {
  const { clock, logger } = deps
  const unread = (err: unknown) => {
    logger.warn({ err }, 'could not read the state of recipients; trying again')
  }
  await runAttendant(createNotifier(deps), { clock, unread }, signal)
}

export function createNotifier(deps: NotificationDeps): Attendant {
  const { store, clock, logger } = deps
  const statusFor = sharedStatus(deps)
  const enabled = () => deps.recipients().filter((recipient) => recipient.enabled !== false)
  return createAttendant({
    ids: () => enabled().map(({ id }) => id),
    idOf: ({ recipient }) => recipient,
    rows: store,
    clock,
    leaseMs: LEASE_MS,
    async attend(id, row) {
      const recipient = enabled().find((one) => one.id === id)
      // Its document was removed or disabled just now.
      if (recipient === undefined) return clock.now() + LOOK_MS
      const concernsNow = async () =>
        concernsOf(await statusFor(recipient)).filter((concern) => isWanted(recipient, concern))
      return await attendRecipient(deps, recipient, row, concernsNow)
    },
    failed(recipient, err) {
      logger.warn({ err, recipient }, 'a recipient could not be notified; retrying')
    },
    restMs: LOOK_MS,
  })
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
