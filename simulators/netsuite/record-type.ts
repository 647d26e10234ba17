import type { Wire } from './account.ts'
import { invalidContent } from './problems.ts'

/** How to show a record: host of its links, and whether sublists and addresses are expanded or only linked. */
export interface ReadOptions {
  origin: string
  expand: boolean
}

/** A save request. */
export interface SaveRequest {
  /** Absent: a new record. */
  id: number | undefined
  /** From the path `eid:…`. */
  externalId: string | undefined
  body: unknown
  /** Sublists whose lines are replaced instead of merged (`?replace=item`). */
  replace: ReadonlySet<string>
}

/** The id of the saved record, and names in the body that are not fields. */
export interface Saved {
  id: number
  unknown: string[]
}

/** One type of record, as the routes of the record service need it. */
export interface RecordType {
  /** As in the path: `salesOrder`. */
  name: string
  table: string
  /** Fields that a collection can be filtered by, with their SQL. */
  filters: Readonly<Record<string, string>>
  read(id: number, options: ReadOptions): Wire | undefined
  /** Absent: the type is read-only here. Runs inside a transaction. @throws NetSuiteProblem */
  save?(request: SaveRequest): Saved
}

/**
 * The external id of a saved record: the path's, otherwise the body's, otherwise the previous one. @throws
 * NetSuiteProblem
 */
export function externalIdOf(path: string | undefined, sent: unknown, before: unknown): string | null {
  if (path !== undefined && sent !== undefined && sent !== path) {
    throw invalidContent('externalId', 'The externalId in the body differs from the one in the path.')
  }
  const value = path ?? (sent === undefined ? before : sent)
  return value === undefined || value === null ? null : String(value)
}
