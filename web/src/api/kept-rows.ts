import { reconcile } from 'solid-js/store'

/** What tells one row of a list from another, where it has no id of its own. */
const NAMES = [
  'source',
  'connection',
  'system',
  'part',
  'stage',
  'group',
  'topic',
  'partition',
  'feed',
  'table',
  'read',
  'key',
  'sku',
  'number',
  'line',
  'name',
  'code',
  'field',
  'currency',
  'at',
] as const

/** Where a row keeps by what it is known: not listed, so that nothing that shows or copies rows has it. */
const IDENTITY = '~row'

type Fields = Readonly<Record<string, unknown>>

/**
 * An answer in the place of the one before, so that what is on the page stays what it was: a row that is there again is the
 * same row with other values. An opened step stays open then, and the focus where it is. For answers of JSON.
 */
export function keptRows<T>(before: unknown, next: T): T {
  // Never the answers themselves: they are asked for by other pages too.
  const copy = identified(next) as T
  return before === undefined ? copy : reconcile<T, unknown>(copy, { key: IDENTITY })(before)
}

function identified(value: unknown): unknown {
  if (Array.isArray(value)) {
    const times = new Map<string, number>()
    return value.map((one) => {
      const row = identified(one)
      const identity = identityOf(one)
      if (identity === null) return row
      const count = times.get(identity) ?? 0
      times.set(identity, count + 1)
      return Object.defineProperty(row as object, IDENTITY, { value: `${identity}#${count}` })
    })
  }
  if (!isFields(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, identified(field)]))
}

function identityOf(row: unknown): string | null {
  if (!isFields(row)) return null
  if (isScalar(row['id'])) return String(row['id'])
  const known = NAMES.flatMap((name) => (isScalar(row[name]) ? [`${name}=${row[name]}`] : []))
  return known.length === 0 ? null : known.join(' ')
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

function isScalar(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number'
}
