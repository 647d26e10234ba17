import { LONGEST_ASKED_MS } from '../backoff.ts'
import type { Item, TableDefinition, Tables } from '../dynamodb/tables.ts'
import { createLeases, type HeldRow } from '../lease.ts'
import { minuteWindows } from './minute-windows.ts'
import type { Wanted } from './permits.ts'

/** Rows of an account: its slots (each allows one call at a time), the waiting processes, and the end of its pause. */
const CALL_SLOTS = 'call_slots'

export const governorTables: readonly TableDefinition[] = [
  { name: CALL_SLOTS, partitionKey: 'account', sortKey: 'slot' },
]

/** Calls that a process waits for, and since when it has had no turn. */
export interface Waiting extends Wanted {
  readonly since: number
}

/** State of an account, as one process sees it. Times are milliseconds UTC. */
export interface AccountView {
  /** Slots that are taken, with the end of their leases. */
  readonly taken: ReadonlyMap<string, number>
  /** Calls that other processes wait for. */
  readonly waiting: readonly Waiting[]
  /** Number of processes that hold a slot or wait for one, including this one. */
  readonly parties: number
  readonly pausedUntil: number
}

export interface CallSlots {
  /** Reads the state, and removes rows left by processes that died. */
  view(now: number): Promise<AccountView>
  /** False: another process holds the slot. */
  take(slot: string, until: number, now: number): Promise<boolean>
  /** False: the lease was lost. */
  renew(slot: string, until: number): Promise<boolean>
  free(slot: string): Promise<void>
  wait(waiting: Waiting, until: number): Promise<void>
  stopWaiting(): Promise<void>
  pauseUntil(until: number): Promise<void>
  /** Counts `calls` in a window of time that allows `most`; false: too few are left. */
  count(window: number, calls: number, most: number): Promise<boolean>
}

const PAUSE = 'pause'
const WAIT = 'wait#'
const CALLS = 'calls#'
/** Rows that expired this long ago are free, even if the processes' clocks differ. */
const LEFT_MS = 60_000
/** Number of past windows that are kept. */
const KEPT_WINDOWS = 6

/** Reads and writes the rows of one account for the process named `owner`. */
export function createCallSlots(tables: Tables, account: string, owner: string): CallSlots {
  const key = (slot: string) => ({ account, slot })
  const leases = createLeases(tables, CALL_SLOTS, { until: 'until', token: 'owner' })
  const mine = (slot: string): HeldRow => ({ key: key(slot), token: owner })
  let windows: readonly number[] = []
  return {
    async view(now) {
      const rows = (await tables.query(CALL_SLOTS, { partition: account })).map(toRow)
      windows = rows.flatMap(({ slot }) => (slot.startsWith(CALLS) ? [Number(slot.slice(CALLS.length))] : []))
      for (const { slot, until } of rows.filter((row) => isLeft(row, now))) {
        await tables.delete(CALL_SLOTS, key(slot), { attribute: 'until', is: '=', value: until })
      }
      return viewOf(rows, owner, now)
    },
    take: async (slot, until, now) => (await leases.take(mine(slot), { now, until })) !== null,
    renew: async (slot, until) => (await leases.extend(mine(slot), until)) !== null,
    free: async (slot) => void (await leases.drop(mine(slot))),
    wait: async ({ rank, calls, since }, until) => {
      await tables.put(CALL_SLOTS, { ...key(WAIT + owner), owner, rank, calls, since, until })
    },
    stopWaiting: async () => void (await tables.delete(CALL_SLOTS, key(WAIT + owner))),
    async pauseUntil(until) {
      const later = { anyOf: [{ absent: 'until' }, { attribute: 'until', is: '<' as const, value: until }] }
      await tables.put(CALL_SLOTS, { ...key(PAUSE), until }, later)
    },
    async count(window, calls, most) {
      const enough = { anyOf: [{ absent: 'calls' }, { attribute: 'calls', is: '<=' as const, value: most - calls }] }
      const done = await tables.update(CALL_SLOTS, key(CALLS + window), { increment: { calls } }, enough)
      if (done === null) return false
      const over = windows.filter((one) => one < window - KEPT_WINDOWS)
      for (const one of over) await tables.delete(CALL_SLOTS, key(CALLS + one))
      windows = windows.filter((one) => !over.includes(one))
      return true
    },
  }
}

/** Current use of an account's limits. */
export interface AccountUse {
  /** Slots that processes hold. */
  readonly inUse: number
  /** Calls that wait for a slot. */
  readonly waiting: number
  /** Milliseconds UTC before which no call starts; null: the account is not paused. */
  readonly pausedUntil: number | null
  /** Calls counted within the last minute; 0 when they are not counted. */
  readonly ofMinute: number
}

/** Reads the current use without changing it. `perMinute` null: calls per minute are not counted. */
export async function readAccountUse(
  tables: Tables,
  { account, perMinute }: { readonly account: string; readonly perMinute: number | null },
  now: number,
): Promise<AccountUse> {
  const rows = (await tables.query(CALL_SLOTS, { partition: account })).map(toRow)
  // The empty name matches no process, so none is left out.
  const { taken, waiting, pausedUntil } = viewOf(rows, '', now)
  return {
    inUse: taken.size,
    waiting: waiting.reduce((sum, { calls }) => sum + calls, 0),
    pausedUntil: pausedUntil > now ? pausedUntil : null,
    ofMinute: perMinute === null ? 0 : callsOfMinute(rows, perMinute, now),
  }
}

function callsOfMinute(rows: readonly Row[], perMinute: number, now: number): number {
  const { count, at } = minuteWindows(perMinute)
  const isRecent = (window: number) => window > at(now) - count && window <= at(now)
  const recent = rows.filter(({ slot }) => slot.startsWith(CALLS) && isRecent(Number(slot.slice(CALLS.length))))
  return recent.reduce((sum, { waiting: { calls } }) => sum + calls, 0)
}

interface Row {
  readonly slot: string
  readonly owner: string
  readonly until: number
  readonly waiting: Waiting
}

function toRow(item: Item): Row {
  return {
    slot: String(item['slot']),
    owner: String(item['owner'] ?? ''),
    until: Number(item['until'] ?? 0),
    waiting: { rank: Number(item['rank'] ?? 0), calls: Number(item['calls'] ?? 0), since: Number(item['since'] ?? 0) },
  }
}

function isLeft({ slot, until }: Row, now: number): boolean {
  return slot !== PAUSE && !slot.startsWith(CALLS) && until < now - LEFT_MS
}

function viewOf(rows: readonly Row[], owner: string, now: number): AccountView {
  const alive = rows.filter(({ slot, until }) => slot !== PAUSE && !slot.startsWith(CALLS) && until > now)
  const [waits, slots] = [
    alive.filter(({ slot }) => slot.startsWith(WAIT)),
    alive.filter(({ slot }) => !slot.startsWith(WAIT)),
  ]
  return {
    taken: new Map(slots.map(({ slot, until }) => [slot, until])),
    waiting: waits.filter((row) => row.owner !== owner).map(({ waiting }) => waiting),
    parties: new Set([owner, ...alive.map((row) => row.owner)]).size,
    pausedUntil: Math.min(now + LONGEST_ASKED_MS, rows.find(({ slot }) => slot === PAUSE)?.until ?? 0),
  }
}
