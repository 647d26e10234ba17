import { StreamError, toStreamError } from '../errors.ts'
import type { Item, Key, TableDefinition, Tables } from '../platform/dynamodb/tables.ts'
import { noteChange } from './audit.ts'
import { assertConfirmed } from './confirmation.ts'
import type { TableDeps } from './dependencies.ts'
import { notFound, type Principal } from './principal.ts'
import { type CheckRow, rowChecks } from './row-checks.ts'
import { tableDefinitions } from './table-definitions.ts'

/** A row that every list leaves out. */
export interface UnreadableRow {
  readonly table: string
  /** Its key attributes. */
  readonly key: Key
  /** What is wrong with it. */
  readonly why: string
  /** What removes it. */
  readonly command: string
}

export interface LookedAt {
  readonly rows: readonly UnreadableRow[]
  /** Tables that had more rows than were looked at. */
  readonly inPart: readonly string[]
}

/** `table` null: all of them; `most`: rows that are looked at in each. */
export interface WantedRows {
  readonly table: string | null
  readonly most: number
}

interface Checked {
  readonly definition: TableDefinition
  readonly check: CheckRow
}

/** Looks at every row and names those that can't be read. Throws `not_found` for a table that there is not. */
export async function findUnreadableRows(
  { tables }: { readonly tables: Pick<Tables, 'scan'> },
  by: Principal,
  { table, most }: WantedRows,
): Promise<LookedAt> {
  const found: UnreadableRow[] = []
  const inPart: string[] = []
  for (const { definition, check } of checkedTables(by, table)) {
    let looked = 0
    for await (const items of tables.scan(definition.name)) {
      for (const item of items) found.push(...unreadable(definition, check, item))
      looked += items.length
      if (looked < most) continue
      inPart.push(definition.name)
      break
    }
  }
  return { rows: found, inPart }
}

/**
 * Removes a row that can't be read. Throws `not_found`, `confirmation_needed`, and `state_conflict` for one that can: that is removed by what it
 * is listed by.
 */
export async function removeUnreadableRow(
  { tables, audit }: Pick<TableDeps, 'audit'> & { readonly tables: Pick<Tables, 'get' | 'delete'> },
  by: Principal,
  { table, keys, confirm }: { readonly table: string; readonly keys: readonly string[]; readonly confirm: boolean },
): Promise<UnreadableRow> {
  const [checked] = checkedTables(by, table)
  if (checked === undefined) throw new Error('a table that there is not is refused')
  const { definition, check } = checked
  const names = keyNames(definition)
  if (keys.length !== names.length) {
    throw new StreamError(
      'request_invalid',
      `the key of a row of ${table} has ${names.length} parts: ${names.join(', ')}`,
    )
  }
  const key = Object.fromEntries(names.map((name, index) => [name, keys[index] ?? '']))
  const item = await tables.get(table, key)
  if (item === undefined) {
    const what = `${table} has no row ${keys.join(' ')}`
    throw notFound(by, { field: 'key', api: what, cli: `${what}; "waldstream rows list" shows what can't be read` })
  }
  const [row] = unreadable(definition, check, item)
  if (row === undefined) {
    throw new StreamError('state_conflict', `the row ${keys.join(' ')} of ${table} can be read; it is not removed`)
  }
  assertConfirmed(by, `the removal of the row ${keys.join(' ')} of ${table}`, { rows: 1 }, confirm)
  await tables.delete(table, key)
  await noteChange({ audit }, by, { what: 'row.remove', target: `${table} ${keys.join(' ')}` })
  return row
}

function checkedTables(by: Principal, table: string | null): readonly Checked[] {
  const all = tableDefinitions.flatMap((definition): Checked[] => {
    const check = rowChecks.get(definition.name)
    return check === undefined ? [] : [{ definition, check }]
  })
  if (table === null) return all
  const wanted = all.filter(({ definition }) => definition.name === table)
  if (wanted.length > 0) return wanted
  const what = `no table "${table}" is checked; there are: ${all.map(({ definition }) => definition.name).join(', ')}`
  throw notFound(by, { field: 'table', api: what, cli: what })
}

function keyNames({ partitionKey, sortKey }: TableDefinition): readonly string[] {
  return sortKey === undefined ? [partitionKey] : [partitionKey, sortKey]
}

function unreadable(definition: TableDefinition, check: CheckRow, item: Item): UnreadableRow[] {
  try {
    check(item)
    return []
  } catch (thrown) {
    const { code, message } = toStreamError(thrown)
    if (code !== 'row_unreadable') throw thrown
    const { name: table } = definition
    const keys = keyNames(definition).map((name) => [name, String(item[name])] as const)
    const words = ['waldstream rows remove', table, ...keys.map(([, value]) => shellWord(value))]
    return [{ table, key: Object.fromEntries(keys), why: message, command: words.join(' ') }]
  }
}

/** A word that a shell takes as it is. */
function shellWord(text: string): string {
  return /^[\w.,:@/+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
