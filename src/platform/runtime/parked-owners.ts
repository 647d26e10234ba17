import type { Clock } from '../clock.ts'
import type { Item, Tables } from '../dynamodb/tables.ts'
import { PARKED } from './parked-item.ts'

/** How long what was seen holds. Another process may have parked since: one that lost the partition, or by a check. */
const SEEN_MS = 5_000
/** A look that did not give everything costs as much as one can: it is repeated seldom. */
const TOO_MUCH_MS = 60_000

/**
 * Which partitions of which stages may have something parked, for a whole process: one look at the table in five seconds
 * says it of all of them, however many there are. Where more is parked than one look gives, each is asked for by itself.
 */
export interface ParkedOwners {
  /** False: nothing is parked for it, but for what another process has parked within seconds. */
  mayHold(owner: string): Promise<boolean>
  /** Called when this process has parked something for it. */
  noteParked(owner: string): void
}

interface Seen {
  until: number
  /** Null: too much to be seen at once. */
  readonly owners: Promise<ReadonlySet<string> | null>
}

export function createParkedOwners(tables: Tables, clock: Pick<Clock, 'now'>): ParkedOwners {
  let seen: Seen | undefined
  /** Owners of what was parked here, which a look that was begun before may have missed. */
  let parked = new Map<string, number>()
  let begun = 0
  const emptyUntil = new Map<string, number>()

  const look = (now: number): Seen => {
    begun += 1
    const number = begun
    const owners = lookAtOnce(tables).then((found) => {
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

/** Null: one page of the table does not hold it all. */
async function lookAtOnce(tables: Tables): Promise<ReadonlySet<string> | null> {
  let first: readonly Item[] | undefined
  for await (const page of tables.scan(PARKED)) {
    if (first !== undefined) return null
    first = page
  }
  return new Set((first ?? []).map((item) => String(item['stage'])))
}
