import { StreamError, toStreamError } from '../errors.ts'
import type { Item, Key, TableDefinition, Tables } from '../platform/dynamodb/tables.ts'
import { noteChange } from './audit.ts'
import { assertConfirmed } from './confirmation.ts'
import type { TableDeps } from './dependencies.ts'
import { notFound, type Principal } from './principal.ts'
import { type CheckRow, rowChecks } from './row-checks.ts'
import { tableDefinitions } from './table-definitions.ts'

/** A row that cannot be decoded; lists leave it out. */
export interface UnreadableRow {
  readonly table: string
  /** Its key attributes. */
  readonly key: Key
  readonly why: string
  /** The command that removes it. */
  readonly command: string
}

export interface LookedAt {
  readonly rows: readonly UnreadableRow[]
  /** Tables with more rows than were checked. */
  readonly inPart: readonly string[]
}

/** `table` null: all tables; `most`: maximum number of rows to check in each. */
export interface WantedRows {
  readonly table: string | null
  readonly most: number
}

interface Checked {
  readonly definition: TableDefinition
  readonly check: CheckRow
}

/** Checks all rows and returns those that cannot be read. Throws `not_found` for an unknown table. */
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
 * Removes a row that cannot be read. Throws `not_found`, `confirmation_needed`, and `state_conflict` for a row that can
 * be read: use the commands for such rows to remove it.
 */
export async function removeUnreadableRow(
  { tables, audit }: Pick<TableDeps, 'audit'> & { readonly tables: Pick<Tables, 'get' | 'delete'> },
  by: Principal,
  { table, keys, confirm }: { readonly table: string; readonly keys: readonly string[]; readonly confirm: boolean },
): Promise<UnreadableRow> {
  const [checked] = checkedTables(by, table)
  if (checked === undefined) throw new Error('an unknown table must be refused')
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
    throw notFound(by, { field: 'key', api: what, cli: `${what}; "waldstream rows list" lists unreadable rows` })
  }
  const [row] = unreadable(definition, check, item)
  if (row === undefined) {
    throw new StreamError('state_conflict', `the row ${keys.join(' ')} of ${table} can be read, so it is not removed`)
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
  const what = `there is no checked table "${table}"; there are: ${all.map(({ definition }) => definition.name).join(', ')}`
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

/** Quotes a word for a shell, if needed. */
function shellWord(text: string): string {
  return /^[\w.,:@/+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
