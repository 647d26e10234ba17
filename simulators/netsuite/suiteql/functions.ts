import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import type { SimulatorClock } from '../../harness/clock.ts'
import type { AccountTime } from '../account-time.ts'
import { itemTypeNames } from '../items.ts'
import { statusNames } from '../status-names.ts'
import { accountDate, formatDate, markDate, parseDate, readDate } from './dates.ts'

/** SuiteQL functions that SQLite lacks. Null arguments give null, as in Oracle. */
export function registerFunctions(database: DatabaseSync, time: AccountTime, clock: SimulatorClock): void {
  const pure = { deterministic: true, varargs: true }
  database.function('ACCOUNT_TIME', pure, (moment) =>
    typeof moment === 'number' ? markDate(time.toLocal(new Date(moment))) : null,
  )
  database.function('ACCOUNT_DATE', pure, (day) => (typeof day === 'string' ? markDate(`${day} 00:00:00`) : null))
  database.function('ACCOUNT_NOW', () => markDate(time.toLocal(clock.now())))
  database.function('TO_DATE', pure, (text, format) => {
    if (text === null || text === undefined) return null
    return readDate(text) === undefined ? markDate(parseDate(String(text), textOf(format))) : text
  })
  database.function('TO_CHAR', pure, (value, format) => {
    if (value === null || value === undefined) return null
    const local = readDate(value)
    if (local === undefined) return String(value)
    return format === undefined ? accountDate(local) : formatDate(local, String(format))
  })
  database.function('TO_NUMBER', pure, (value) => {
    if (value === null || value === undefined) return null
    const number = Number(value)
    if (String(value).trim() === '' || Number.isNaN(number)) throw new Error(`'${String(value)}' is not a number.`)
    return number
  })
  database.function('TRUNC', pure, (value) => {
    const local = readDate(value)
    if (local !== undefined) return markDate(`${local.slice(0, 10)} 00:00:00`)
    return typeof value === 'number' ? Math.trunc(value) : (value ?? null)
  })
  database.function('NVL', pure, (value, otherwise) => value ?? otherwise ?? null)
  database.function('BUILTIN_DF', { varargs: true }, displayText(database))
}

/** BUILTIN.DF: the user interface's text of a reference or list value. */
function displayText(database: DatabaseSync): (column: SQLInputValue, value: SQLInputValue) => SQLInputValue {
  const lookUp = (sql: string) => {
    const statement = database.prepare(sql)
    return (value: SQLInputValue) => textOf(statement.get(value)?.['name']) ?? null
  }
  const names: Record<string, (value: SQLInputValue) => SQLInputValue> = {
    location: lookUp('SELECT name FROM sim_location WHERE id = ?'),
    item: lookUp('SELECT itemid AS name FROM sim_item WHERE id = ?'),
    parent: lookUp('SELECT itemid AS name FROM sim_item WHERE id = ?'),
    entity: lookUp('SELECT entityid AS name FROM sim_customer WHERE id = ?'),
    transaction: lookUp(`SELECT 'Sales Order #' || tranid AS name FROM sim_sales_order WHERE id = ?`),
    pricelevel: lookUp('SELECT name FROM sim_price_level WHERE id = ?'),
    itemtype: (value) => itemTypeNames[String(value)] ?? value,
    type: (value) => ({ SalesOrd: 'Sales Order', ItemShip: 'Item Fulfillment' })[String(value)] ?? value,
    status: (value) => `Sales Order : ${statusNames[String(value)] ?? String(value)}`,
    weightunit: (value) => (value === '1' ? 'lb' : value),
    isinactive: (value) => (value === 'T' ? 'Yes' : 'No'),
  }
  return (column, value) => {
    if (value === null) return null
    const local = readDate(value)
    if (local !== undefined) return accountDate(local)
    return names[String(column).toLowerCase()]?.(value) ?? String(value)
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
