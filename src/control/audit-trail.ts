import { randomBytes } from 'node:crypto'
import { expiresAfter } from '../platform/dynamodb/expiry.ts'
import { flag, nullable, number, oneOf, rowsOf, rowType, text } from '../platform/dynamodb/rows.ts'
import type { TableDefinition, Tables } from '../platform/dynamodb/tables.ts'

/** `refused`: the caller may not, or asked for what can't be; `failed`: the program could not. */
export const auditOutcomes = ['done', 'refused', 'failed'] as const
export type AuditOutcome = (typeof auditOutcomes)[number]

/** What somebody did, or was refused. It holds no secret and no personal data: ids, names of fields, references. */
export interface AuditEntry {
  /** ISO 8601. */
  readonly at: string
  readonly who: string
  /** How they came: api, cli or webhook. */
  readonly kind: string
  /** Id of the key they used; null: none of their own. */
  readonly key: string | null
  /** Address they asked from; null: this machine. */
  readonly from: string | null
  /** `connection.put`, `persons.read`, …; a route, where nothing came of a request. */
  readonly what: string
  /** Ids of what it is about; null: of nothing single. */
  readonly target: string | null
  readonly outcome: AuditOutcome
  /** Error code; null: there was none. */
  readonly code: string | null
  /** How many alike this stands for. */
  readonly times: number
  /** What changed, before and after; null: it was not there, or there is nothing to show. */
  readonly before: unknown
  readonly after: unknown
  /** Before and after are too large to be kept. */
  readonly shortened: boolean
}

export type NewAuditEntry = Omit<AuditEntry, 'at' | 'times' | 'shortened'> & { readonly times?: number }

/** Null: any. `what` also as the beginning of a word: `key` finds `key.create`. Times are ISO 8601, `until` exclusive. */
export interface AuditFilter {
  readonly who: string | null
  readonly what: string | null
  readonly outcome: AuditOutcome | null
  readonly since: string | null
  readonly until: string | null
}

/** Who did what, and who was refused; entries are added, never changed, and go when they are old. */
export interface AuditTrail {
  record(entry: NewAuditEntry): Promise<void>
  /** The newest first, after the place `after`; with a rare filter a call may answer few or none and yet a `next`. */
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

/** `days`: after so many an entry is gone. */
export function createAuditTrail(tables: Tables, clock: { now(): number }, days: number): AuditTrail {
  const rows = rowsOf(tables, auditRows)
  // Orders what one process notes in one millisecond.
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
      // The table may take two days to remove what has expired.
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

/** An address may have a name and password in it. */
function withoutSignIns(value: unknown): unknown {
  if (value === null || value === undefined) return null
  return JSON.parse(JSON.stringify(value).replaceAll(/:\/\/[^/@\s"]+@/g, '://…@'))
}
