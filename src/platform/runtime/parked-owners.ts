import type { Clock } from '../clock.ts'
import type { Item, Tables } from '../dynamodb/tables.ts'
import { PARKED } from './parked-item.ts'

/**
 * How long a result is used. Another process may park meanwhile: one that lost the partition, or one that asks a check.
 */
const SEEN_MS = 5_000
/** How long an incomplete result is used: such a scan costs the most, so it is seldom repeated. */
const TOO_MUCH_MS = 60_000

/**
 * Knows which partitions of which stages may have parked rows, for a whole process: one scan of a page of the table
 * every five seconds answers for all of them. When the table has more than one page, each partition is queried by
 * itself.
 */
export interface ParkedOwners {
  /** False: the owner has no parked rows, except those that another process parked within the last seconds. */
  mayHold(owner: string): Promise<boolean>
  /** Call when this process has parked a row for the owner. */
  noteParked(owner: string): void
}

interface Seen {
  until: number
  /** Null: the table has more than one page. */
  readonly owners: Promise<ReadonlySet<string> | null>
}

export function createParkedOwners(tables: Tables, clock: Pick<Clock, 'now'>): ParkedOwners {
  let seen: Seen | undefined
  /** Owners of rows parked by this process, which a scan that started earlier may have missed. */
  let parked = new Map<string, number>()
  let begun = 0
  const emptyUntil = new Map<string, number>()

  const look = (now: number): Seen => {
    begun += 1
    const number = begun
    const owners = readOnePage(tables).then((found) => {
      parked = new Map([...parked].filter(([, since]) => since >= number))
      if (found === null) one.until = now + TOO_MUCH_MS
      return found
    })
    const one: Seen = { until: now + SEEN_MS, owners }
    return one
  }
  const isEmpty = async (owner: string): Promise<boolean> => {
    if ((emptyUntil.get(owner) ?? 0) > clock.now()) return true
    const before = parked.get(owner)
    const found = await tables.query(PARKED, { partition: owner, limit: 1 })
    if (found.length > 0) return false
    if (parked.get(owner) === before) emptyUntil.set(owner, clock.now() + SEEN_MS)
    return true
  }
  return {
    async mayHold(owner) {
      const now = clock.now()
      if (seen === undefined || now >= seen.until) seen = look(now)
      const asked = seen
      try {
        const owners = await asked.owners
        if (parked.has(owner)) return true
        return owners === null ? !(await isEmpty(owner)) : owners.has(owner)
      } catch (error) {
        if (seen === asked) seen = undefined
        throw error
      }
    },
    noteParked(owner) {
      parked.set(owner, begun)
      emptyUntil.delete(owner)
    },
  }
}

/** Null: the table has more than one page. */
async function readOnePage(tables: Tables): Promise<ReadonlySet<string> | null> {
  let first: readonly Item[] | undefined
  for await (const page of tables.scan(PARKED)) {
    if (first !== undefined) return null
    first = page
  }
  return new Set((first ?? []).map((item) => String(item['stage'])))
}
