import type { Item, TableDefinition, Tables } from '../dynamodb/tables.ts'
import type { Wanted } from './permits.ts'

/** Rows of an account: its slots, each the right to one call at once; who waits for one; until when it is left alone. */
const CALL_SLOTS = 'call_slots'

export const governorTables: readonly TableDefinition[] = [
  { name: CALL_SLOTS, partitionKey: 'account', sortKey: 'slot' },
]

/** What an account's rows say, as one process sees it. Times are milliseconds UTC. */
export interface AccountView {
  /** Slots that are somebody's, until when. */
  readonly taken: ReadonlyMap<string, number>
  /** What others wait for. */
  readonly waiting: readonly Wanted[]
  /** Processes that hold a slot or wait for one, this one too. */
  readonly parties: number
  readonly pausedUntil: number
}

export interface CallSlots {
  view(now: number): Promise<AccountView>
  /** False: it is another's. */
  take(slot: string, until: number, now: number): Promise<boolean>
  /** False: it was lost. */
  renew(slot: string, until: number): Promise<boolean>
  free(slot: string): Promise<void>
  wait(wanted: Wanted, until: number): Promise<void>
  stopWaiting(): Promise<void>
  pauseUntil(until: number): Promise<void>
  /** Takes so many calls of a window of time that allows `most`; false: it has not so many left. */
  count(window: number, calls: number, most: number): Promise<boolean>
}

const PAUSE = 'pause'
const WAIT = 'wait#'
const CALLS = 'calls#'

/** The rows of one account, as the process named `owner` reads and writes them. */
export function createCallSlots(tables: Tables, account: string, owner: string): CallSlots {
  const key = (slot: string) => ({ account, slot })
  const mine = { attribute: 'owner', is: '=', value: owner } as const
  let counted: number | null = null
  return {
    async view(now) {
      return viewOf(await tables.query(CALL_SLOTS, { partition: account }), owner, now)
    },
    async take(slot, until, now) {
      const isFree = { anyOf: [{ absent: 'owner' }, { attribute: 'until', is: '<=' as const, value: now }] }
      return await tables.put(CALL_SLOTS, { ...key(slot), owner, until }, isFree)
    },
    renew: (slot, until) => tables.put(CALL_SLOTS, { ...key(slot), owner, until }, mine),
    free: async (slot) => void (await tables.delete(CALL_SLOTS, key(slot), mine)),
    wait: async ({ rank, calls }, until) => {
      await tables.put(CALL_SLOTS, { ...key(WAIT + owner), owner, rank, calls, until })
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
      if (counted !== null && counted < window) await tables.delete(CALL_SLOTS, key(CALLS + counted))
      counted = window
      return true
    },
  }
}

function viewOf(items: readonly Item[], owner: string, now: number): AccountView {
  const rows = items.map((item) => ({
    slot: String(item['slot']),
    owner: String(item['owner'] ?? ''),
    until: Number(item['until'] ?? 0),
    wanted: { rank: Number(item['rank'] ?? 0), calls: Number(item['calls'] ?? 0) },
  }))
  const alive = rows.filter(({ slot, until }) => slot !== PAUSE && !slot.startsWith(CALLS) && until > now)
  const [waits, slots] = [
    alive.filter(({ slot }) => slot.startsWith(WAIT)),
    alive.filter(({ slot }) => !slot.startsWith(WAIT)),
  ]
  return {
    taken: new Map(slots.map(({ slot, until }) => [slot, until])),
    waiting: waits.filter((row) => row.owner !== owner).map(({ wanted }) => wanted),
    parties: new Set([owner, ...alive.map((row) => row.owner)]).size,
    pausedUntil: rows.find(({ slot }) => slot === PAUSE)?.until ?? 0,
  }
}
