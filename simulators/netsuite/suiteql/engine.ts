import { constants, type DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import type { Account } from '../account.ts'
import { accountDate, readDate } from './dates.ts'
import { registerFunctions } from './functions.ts'
import { recordViews } from './records.ts'
import { SuiteQlError, type Translation, translate } from './translate.ts'

/** One page of a query's rows: every value is text, names are lower-case, null values are omitted. */
interface SuiteQlPage {
  rows: Record<string, string>[]
  /** Rows of the whole query, up to SuiteQL's maximum. */
  total: number
}

/** Runs real SuiteQL over views of the account's data. */
export interface SuiteQlEngine {
  /** @throws SuiteQlError with NetSuite's text for the error in the query */
  run(query: string, params: readonly SQLInputValue[], page: { limit: number; offset: number }): SuiteQlPage
  /** Recreates the views after custom fields were added. */
  refreshViews(): void
}

export function createSuiteQlEngine(account: Account, maximumRows = 100_000): SuiteQlEngine {
  const { database, time, clock, rules } = account
  registerFunctions(database, time, clock)
  database.exec('PRAGMA case_sensitive_like = ON')
  const records = new Set<string>()
  const refreshViews = () => {
    const fields = database.prepare('SELECT scriptid FROM sim_custom_field ORDER BY scriptid').all()
    for (const [name, select] of Object.entries(recordViews(fields.map(({ scriptid }) => String(scriptid))))) {
      database.exec(`DROP VIEW IF EXISTS temp."${name}"; CREATE TEMP VIEW "${name}" AS ${select}`)
      records.add(name.toLowerCase())
    }
  }
  refreshViews()
  return {
    refreshViews,
    run(query, params, page) {
      const translation = translate(query)
      if (translation.parameters !== params.length) {
        const counts = `expects ${translation.parameters} parameter(s), ${params.length} given`
        throw new SuiteQlError(`Invalid or unsupported search: the query ${counts}.`)
      }
      refuseMissing(query, translation, rules.missing)
      try {
        const statement = prepare(database, translation, records)
        return read(statement, params, { ...page, maximumRows })
      } catch (error) {
        throw explain(error, translation)
      }
    },
  }
}

/**
 * Allows only reading, and only the views: no pragmas, no functions of the file system. (A read without a column does
 * not say through which view it comes; the translation has already refused the names of base tables.)
 */
function prepare(database: DatabaseSync, { sql }: Translation, records: ReadonlySet<string>): StatementSync {
  database.setAuthorizer((action, table, column, _database, view) => {
    if (action === constants.SQLITE_SELECT || action === constants.SQLITE_FUNCTION) return constants.SQLITE_OK
    const readable = column === '' || [table, view].some((name) => records.has(name?.toLowerCase() ?? ''))
    return action === constants.SQLITE_READ && readable ? constants.SQLITE_OK : constants.SQLITE_DENY
  })
  try {
    return database.prepare(sql)
  } finally {
    database.setAuthorizer(null)
  }
}

function read(
  statement: StatementSync,
  params: readonly SQLInputValue[],
  { limit, offset, maximumRows }: { limit: number; offset: number; maximumRows: number },
): SuiteQlPage {
  const names = columnNames(statement)
  statement.setReturnArrays(true)
  const rows: Record<string, string>[] = []
  let total = 0
  for (const row of statement.iterate(...params)) {
    if (total >= offset && rows.length < limit) rows.push(toRow(names, row as unknown as unknown[]))
    total += 1
    if (total === maximumRows) break
  }
  return { rows, total }
}

function columnNames(statement: StatementSync): string[] {
  let expressions = 0
  return statement.columns().map(({ name }) => {
    if (/^\w+$/.test(name)) return name.toLowerCase()
    expressions += 1
    return `expr${expressions}`
  })
}

function toRow(names: readonly string[], values: readonly unknown[]): Record<string, string> {
  const filled = names.flatMap((name, index) => {
    const text = toText(values[index])
    return text === undefined ? [] : [[name, text] as const]
  })
  return Object.fromEntries(filled)
}

/** Oracle treats empty text as null. Binary noise of a sum beyond 15 digits is cut off. */
function toText(value: unknown): string | undefined {
  if (value === null || value === undefined || value === '') return undefined
  const local = readDate(value)
  if (local !== undefined) return accountDate(local)
  return typeof value === 'number' ? String(Number(value.toPrecision(15))) : String(value)
}

/** Refuses columns and records that this account lacks. */
function refuseMissing(query: string, { records }: Translation, missing: ReadonlySet<string>): void {
  for (const name of missing) {
    const [record = '', column] = name.split('.')
    const aliases = [...records].filter(([, of]) => of.toLowerCase() === record.toLowerCase()).map(([alias]) => alias)
    if (aliases.length === 0) continue
    if (column === undefined) throw noRecord(record)
    const named = new RegExp(`\\b(?:${aliases.join('|')})\\.${column}\\b`, 'i')
    if (named.test(query)) throw noField(column, record)
  }
}

const noRecord = (record: string, cause?: unknown) => new SuiteQlError(`Record '${record}' was not found.`, { cause })

function noField(field: string, record: string, cause?: unknown): SuiteQlError {
  const reason = 'Reason: NOT_EXPOSED - Field is not exposed to the search.'
  return new SuiteQlError(`Field '${field}' for record '${record}' was not found. ${reason}`, { cause })
}

function explain(error: unknown, { records }: Translation): SuiteQlError {
  const message = error instanceof Error ? error.message : String(error)
  const [, table] = /no such table: (?:\w+\.)?(\w+)/.exec(message) ?? []
  if (table !== undefined) return noRecord(table, error)
  const column = /no such column: "?(?:(\w+)\.)?(\w+)/.exec(message)
  if (column === null) return new SuiteQlError(`Invalid or unsupported search: ${message}`, { cause: error })
  const [, alias, field = ''] = column
  const record = alias === undefined ? [...records.values()][0] : (records.get(alias.toLowerCase()) ?? alias)
  return noField(field, record ?? '', error)
}
