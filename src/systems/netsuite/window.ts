import { StreamError } from '../../errors.ts'
import { assertProgress, type RowsPage } from '../kit/keyset-pages.ts'
import { LOCAL_FORMAT, localWindow } from '../kit/local-time.ts'
import type { Keyset, ReadWindow } from '../kit/source.ts'
import { requireText, type Wire } from '../kit/wire.ts'
import type { NetSuiteClient } from './client.ts'
import type { SuiteQlValue } from './query-values.ts'
import { SUITEQL_LIMIT } from './suiteql.ts'

/** Placeholder of a time on the account's clock. */
const AT = `TO_DATE(?, '${LOCAL_FORMAT}')`

/** A piece of SuiteQL and the values of its question marks. */
export interface Clause {
  readonly sql: string
  readonly params: readonly SuiteQlValue[]
}

/** Condition: the time in the column is within the window, on the account's clock. */
export function inWindow(column: string, window: ReadWindow, zone: string): Clause {
  const { from, to } = localWindow(window.from ?? 0, window.to, zone)
  if (window.from === null) return { sql: `${column} < ${AT}`, params: [to] }
  return { sql: `${column} >= ${AT} AND ${column} < ${AT}`, params: [from, to] }
}

/** Condition: the row comes after `last` in the order of (column, id). */
export function afterKey(column: string, last: Keyset, id = 'item.id'): Clause {
  const sql = `(${column} > ${AT} OR (${column} = ${AT} AND ${id} > ${internalId(last.id)}))`
  return { sql, params: [last.changedAt, last.changedAt] }
}

/** Condition: the column has one of the values, each a question mark. */
export function inList(column: string, values: readonly string[]): Clause {
  return { sql: `${column} IN (${values.map(() => '?').join(', ')})`, params: values }
}

/** The ids as text for an IN list. Throws `source_data_invalid` for one that is not an internal id of NetSuite. */
export function idList(ids: readonly string[]): string {
  return ids.map(internalId).join(', ')
}

function internalId(id: string): string {
  if (/^-?\d+$/.test(id)) return id
  throw new StreamError('source_data_invalid', `"${id}" is not an internal id of NetSuite`)
}

export interface NetSuitePaging {
  readonly client: NetSuiteClient
  /** The query of the rows after `last`, ordered by (change time, id), with the columns `id` and `changedat`. */
  readonly query: (last: Keyset | null) => Clause
  readonly pageSize: number
  readonly now: () => number
}

/** Pages of a window by keyset: one query per page, since SuiteQL can compare (changed at, id) (Guarantee 6). */
export async function* netsuitePages(
  { client, query, pageSize, now }: NetSuitePaging,
  after: Keyset | null,
  signal: AbortSignal,
): AsyncGenerator<RowsPage<Wire>> {
  const limit = Math.min(pageSize, SUITEQL_LIMIT)
  for (let last = after; ; ) {
    const requestedAt = now()
    const { sql, params } = query(last)
    const { items, hasMore } = await client.suiteql(sql, params, { limit, offset: 0 }, signal)
    const end = items.at(-1)
    if (end === undefined) return
    const reached = { changedAt: requireText(end, 'changedat'), id: requireText(end, 'id') }
    assertProgress(last, reached)
    last = reached
    yield { rows: items, reached, requestedAt }
    if (!hasMore) return
  }
}

/** The pages of all rows by id, without a window; `query` has the column `id` and is ordered by it. */
export async function* idPages(
  { client, query, pageSize, now }: Omit<NetSuitePaging, 'query'> & { readonly query: (last: string | null) => Clause },
  after: string | null,
  signal: AbortSignal,
): AsyncGenerator<{ readonly rows: readonly Wire[]; readonly id: string; readonly requestedAt: number }> {
  const limit = Math.min(pageSize, SUITEQL_LIMIT)
  for (let last = after; ; ) {
    const requestedAt = now()
    const { sql, params } = query(last === null ? null : internalId(last))
    const { items, hasMore } = await client.suiteql(sql, params, { limit, offset: 0 }, signal)
    const end = items.at(-1)
    if (end === undefined) return
    const id = requireText(end, 'id')
    assertProgress(last === null ? null : { changedAt: '', id: last }, { changedAt: '', id })
    last = id
    yield { rows: items, id, requestedAt }
    if (!hasMore) return
  }
}

/** Rows of one kind, within a window that is read kind by kind. */
export interface Phase<Name extends string> {
  /** Prefix of the ids in the keyset, so that a run resumes in this phase; the first phase's may be empty. */
  readonly name: Name
  readonly paging: NetSuitePaging
}

/** The pages of each phase, one phase after the other. */
export async function* phasePages<Name extends string>(
  phases: readonly Phase<Name>[],
  after: Keyset | null,
  signal: AbortSignal,
): AsyncGenerator<RowsPage<Wire> & { readonly phase: Name }> {
  const begun = after === null ? null : phases.findLast(({ name }) => after.id.startsWith(name))
  for (const { name, paging } of begun ? phases.slice(phases.indexOf(begun)) : phases) {
    const last = begun?.name === name && after !== null ? { ...after, id: after.id.slice(name.length) } : null
    for await (const { reached, ...page } of netsuitePages(paging, last, signal)) {
      yield { phase: name, ...page, reached: { ...reached, id: `${name}${reached.id}` } }
    }
  }
}
