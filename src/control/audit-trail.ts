import { randomBytes } from 'node:crypto'
import { expiresAfter } from '../platform/dynamodb/expiry.ts'
import { flag, nullable, number, oneOf, rowsOf, rowType, text } from '../platform/dynamodb/rows.ts'
import type { TableDefinition, Tables } from '../platform/dynamodb/tables.ts'

/** `refused`: not allowed, or an invalid request; `failed`: an error of the program. */
export const auditOutcomes = ['done', 'refused', 'failed'] as const
export type AuditOutcome = (typeof auditOutcomes)[number]

/** What somebody did, or was refused. Holds no secret and no personal data: ids, field names, references. */
export interface AuditEntry {
  /** ISO 8601. */
  readonly at: string
  readonly who: string
  /** How they came: api, cli or webhook. */
  readonly kind: string
  /** Id of their key; null: they have none. */
  readonly key: string | null
  /** Address they asked from; null: this machine. */
  readonly from: string | null
  /** `connection.put`, `persons.read`, …; for a request without an effect, its route. */
  readonly what: string
  /** Ids of the targets; null: no single target. */
  readonly target: string | null
  readonly outcome: AuditOutcome
  /** Error code; null: there was none. */
  readonly code: string | null
  /** How many equal events this entry counts. */
  readonly times: number
  /** State before and after the change; null: it did not exist, or there is nothing to show. */
  readonly before: unknown
  readonly after: unknown
  /** Before and after are too large to store. */
  readonly shortened: boolean
}

export type NewAuditEntry = Omit<AuditEntry, 'at' | 'times' | 'shortened'> & { readonly times?: number }

/**
 * Null: any. `what` also matches as the beginning of a word: `key` finds `key.create`. Times are ISO 8601, `until`
 * exclusive.
 */
export interface AuditFilter {
  readonly who: string | null
  readonly what: string | null
  readonly outcome: AuditOutcome | null
  readonly since: string | null
  readonly until: string | null
}

/** Who did what, and who was refused. Entries are added, never changed, and expire. */
export interface AuditTrail {
  record(entry: NewAuditEntry): Promise<void>
  /**
   * Newest first, after the place `after`. With a filter that matches few entries, a call may return few or none and
   * still have a `next`.
   */
  list(
    filter: AuditFilter,
    limit: number,
    after: string | null,
  ): Promise<{ readonly entries: readonly AuditEntry[]; readonly next: string | null }>
}

interface AuditRow extends AuditEntry {
  readonly book: string
  readonly place: string
  /** Seconds since 1970: DynamoDB removes the row then. */
  readonly expires: number
}

const AUDIT = 'audit'
const BOOK = 'all'
const MOST_BYTES = 30_000
const CHUNK = 200
const CHUNKS = 10
const DAY_MS = 86_400_000

export const auditTables: readonly TableDefinition[] = [
  { name: AUDIT, partitionKey: 'book', sortKey: 'place', expires: 'expires' },
]

const anything = { expected: 'anything', is: () => true, missing: { value: null } } as const

const auditRows = rowType<AuditRow>(AUDIT, ['place'], {
  book: text,
  place: text,
  expires: number,
  at: text,
  who: text,
  kind: text,
  key: nullable(text),
  from: nullable(text),
  what: text,
  target: nullable(text),
  outcome: oneOf(...auditOutcomes),
  code: nullable(text),
  times: number,
  before: anything,
  after: anything,
  shortened: flag,
})

/** `days`: an entry is removed after so many days. */
export function createAuditTrail(tables: Tables, clock: { now(): number }, days: number): AuditTrail {
  const rows = rowsOf(tables, auditRows)
  // Orders the entries that one process writes in one millisecond.
  let count = 0
  return {
    async record({ before, after, ...entry }) {
      const now = clock.now()
      count += 1
      const at = new Date(now).toISOString()
      const whole = Buffer.byteLength(JSON.stringify([before ?? null, after ?? null])) <= MOST_BYTES
      await rows.put({
        times: 1,
        ...entry,
        book: BOOK,
        place: `${at}#${String(count).padStart(12, '0')}#${randomBytes(6).toString('hex')}`,
        at,
        before: whole ? withoutSignIns(before) : null,
        after: whole ? withoutSignIns(after) : null,
        shortened: !whole,
        expires: expiresAfter(now, days),
      })
    },
    async list(filter, limit, after) {
      const entries: AuditEntry[] = []
      // The table may take two days to remove expired rows.
      const oldest = new Date(clock.now() - days * DAY_MS).toISOString()
      const from =
        [oldest, filter.since]
          .filter((bound) => bound !== null)
          .toSorted()
          .at(-1) ?? oldest
      let before = [after, filter.until].filter((bound) => bound !== null).toSorted()[0]
      for (let chunk = 0; chunk < CHUNKS; chunk += 1) {
        const upper = before === undefined ? {} : { before }
        const found = await rows.query({ partition: BOOK, descending: true, limit: CHUNK, from, ...upper })
        for (const { book: _book, place, expires: _expires, ...entry } of found) {
          if (fits(entry, filter)) entries.push(entry)
          if (entries.length === limit) return { entries, next: place }
        }
        const last = found.at(-1)
        if (last === undefined) return { entries, next: null }
        before = last.place
      }
      return { entries, next: before ?? null }
    },
  }
}

function fits({ who, what, outcome }: AuditEntry, filter: AuditFilter): boolean {
  if (filter.outcome !== null && filter.outcome !== outcome) return false
  if (filter.who !== null && filter.who !== who) return false
  return filter.what === null || what === filter.what || what.startsWith(`${filter.what}.`)
}

/** An address may contain a name and password. */
function withoutSignIns(value: unknown): unknown {
  if (value === null || value === undefined) return null
  return JSON.parse(JSON.stringify(value).replaceAll(/:\/\/[^/@\s"]+@/g, '://…@'))
}
