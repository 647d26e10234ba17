import type { Wire } from './account.ts'
import { invalidContent } from './problems.ts'

/** How a record is shown: whose links, and whether sublists and addresses are written out or only linked. */
export interface ReadOptions {
  origin: string
  expand: boolean
}

/** What is saved, and where. */
export interface SaveRequest {
  /** Absent: a new record. */
  id: number | undefined
  /** That of the path `eid:…`. */
  externalId: string | undefined
  body: unknown
  /** Sublists whose lines are replaced instead of merged (`?replace=item`). */
  replace: ReadonlySet<string>
}

/** The id it has now, and the names in the body that are no fields. */
export interface Saved {
  id: number
  unknown: string[]
}

/** One type of record: what the routes of the record service need of it. */
export interface RecordType {
  /** As in the path: `salesOrder`. */
  name: string
  table: string
  /** Fields a collection can be filtered by, with their SQL. */
  filters: Readonly<Record<string, string>>
  read(id: number, options: ReadOptions): Wire | undefined
  /** Absent: the type is only read here. Runs inside a transaction. @throws NetSuiteProblem */
  save?(request: SaveRequest): Saved
}

/** The external id a saved record has: the path's, else the body's, else the one it had. @throws NetSuiteProblem */
export function externalIdOf(path: string | undefined, sent: unknown, before: unknown): string | null {
  if (path !== undefined && sent !== undefined && sent !== path) {
    throw invalidContent('externalId', 'The externalId in the body differs from the one in the path.')
  }
  const value = path ?? (sent === undefined ? before : sent)
  return value === undefined || value === null ? null : String(value)
}
