import type { Clock } from './clock.ts'
import { expiresAfter } from './dynamodb/expiry.ts'
import { type AttributeOf, number, or, type RowType } from './dynamodb/rows.ts'
import type { Condition, Item, Tables } from './dynamodb/tables.ts'
import { readableItems } from './dynamodb/unreadable-rows.ts'
import { createLeases } from './lease.ts'

/** A row that is processed periodically, by one process at a time. */
export interface DueRow {
  /** Grows each time the row is taken: a process that lost the row can no longer write it. */
  readonly fence: number
  /** Milliseconds UTC; 0: no process holds it. */
  readonly lease_until: number
  /** Milliseconds UTC; the row is not processed earlier. */
  readonly due_at: number
}

/** The attributes of `DueRow` in a row. */
export const dueAttributes = { fence: or(number, 0), lease_until: or(number, 0), due_at: or(number, 0) }

/** Rows; one process at a time holds each row. */
export interface DueRows<R extends DueRow> {
  list(ids: readonly string[]): Promise<readonly R[]>
  /** Takes a row that is due and not held, or creates it; null: it is not due, or another process took it first. */
  take(id: string, now: number, leaseMs: number): Promise<R | null>
  /** Changes the row and extends its lease to `leaseMs`; null: another process holds it now. */
  change(row: R, now: number, leaseMs: number, set: Partial<Omit<R, keyof DueRow>>): Promise<R | null>
  /** Releases the row; it is due again at `dueAt`. */
  release(row: R, dueAt: number): Promise<void>
}

/** `key`: the attribute with the id. `days`: how long a row is stored after its last use. */
export function createDueRows<R extends DueRow>(
  tables: Tables,
  { table, decode }: Pick<RowType<R>, 'table' | 'decode'>,
  { key, days }: { readonly key: AttributeOf<R>; readonly days: number },
): DueRows<R> {
  const leases = createLeases(tables, table, { until: 'lease_until', token: 'fence' })
  const keyOf = (id: string) => ({ [key]: id })
  const held = (row: R) => ({ key: keyOf(String(row[key])), token: row.fence })
  const expires = (now: number) => ({ expires: expiresAfter(now, days) })
  return {
    async list(ids) {
      return ids.length === 0 ? [] : readableItems(await tables.getMany(table, ids.map(keyOf)), decode)
    },
    async take(id, now, leaseMs) {
      const item = await tables.get(table, keyOf(id))
      const fence = item === undefined ? 0 : decode(item).fence
      const asSeen: Condition =
        item?.['fence'] === undefined ? { absent: 'fence' } : { attribute: 'fence', is: '=', value: fence }
      const isDue: Condition = { anyOf: [{ absent: 'due_at' }, { attribute: 'due_at', is: '<=', value: now }] }
      const more = { set: expires(now), when: [asSeen, isDue] }
      const taken = await leases.take({ key: keyOf(id), token: fence + 1 }, { now, until: now + leaseMs }, more)
      return taken === null ? null : decode(taken)
    },
    async change(row, now, leaseMs, set) {
      const changed = await leases.extend(held(row), now + leaseMs, { set: { ...(set as Item), ...expires(now) } })
      return changed === null ? null : decode(changed)
    },
    async release(row, dueAt) {
      await leases.release(held(row), { set: { due_at: dueAt } })
    },
  }
}

export interface Attended<R extends DueRow> {
  /** Ids of all current rows. */
  readonly ids: () => readonly string[]
  readonly idOf: (row: R) => string
  readonly rows: Pick<DueRows<R>, 'list' | 'take' | 'release'>
  readonly clock: Pick<Clock, 'now'>
  /** How long a row is held; `attend` extends it by its changes. */
  readonly leaseMs: number
  /** Processes a row that is held. Returns when it is due again, in milliseconds UTC; null: another process holds it now. */
  readonly attend: (id: string, row: R) => Promise<number | null>
  /** Called when a row could not be processed: it is not retried for `restMs`. */
  readonly failed: (id: string, error: unknown) => void
  readonly restMs: number
}

export interface Attendant {
  /** Starts on rows that are due and not held. A slow row does not delay the others. */
  begin(): Promise<void>
  /** Resolves once no row is being processed. */
  idle(): Promise<void>
}

/** Processes due rows independently of each other; any number of processes may run it. */
export function createAttendant<R extends DueRow>(attended: Attended<R>): Attendant {
  const { ids, idOf, rows, clock, failed, restMs } = attended
  const underWay = new Map<string, Promise<void>>()
  /** Rows that could not be processed, and until when to skip them: an unreadable row stays so for long. */
  const resting = new Map<string, number>()
  return {
    async begin() {
      const now = clock.now()
      const free = ids().filter((id) => !underWay.has(id) && (resting.get(id) ?? 0) <= now)
      const early = new Set(
        (await rows.list(free)).filter((row) => row.due_at > now || row.lease_until > now).map(idOf),
      )
      for (const id of free.filter((one) => !early.has(one))) {
        const own = attendHeld(attended, id).catch((error: unknown) => {
          resting.set(id, clock.now() + restMs)
          failed(id, error)
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

/** Releases the row however its processing ends. */
async function attendHeld<R extends DueRow>(
  { rows, clock, leaseMs, attend, restMs }: Attended<R>,
  id: string,
): Promise<void> {
  const row = await rows.take(id, clock.now(), leaseMs)
  if (row === null) return
  let again: number | null = clock.now() + restMs
  try {
    again = await attend(id, row)
  } finally {
    if (again !== null) await rows.release(row, again)
  }
}

/** Interval between checks for due rows. */
const EVERY_MS = 2_000

/** Checks for due rows until the signal aborts. Calls `unread` when the rows could not be read. */
export async function runAttendant(
  attendant: Attendant,
  { clock, unread }: { readonly clock: Pick<Clock, 'sleep'>; readonly unread: (error: unknown) => void },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await attendant.begin().catch(unread)
    await clock.sleep(EVERY_MS, signal).catch(() => undefined)
  }
  await attendant.idle()
}
