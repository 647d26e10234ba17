import { reconcile } from 'solid-js/store'

/** Fields that identify a row of a list that has no id. */
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

/** Property with a row's identity: not enumerable, so that nothing that shows or copies rows sees it. */
const IDENTITY = '~row'

type Fields = Readonly<Record<string, unknown>>

/**
 * Merges a response into the previous one, so that existing parts of the page stay: a row that is still there keeps its
 * identity and gets new values. An opened step then stays open, and the focus stays. For JSON responses.
 */
export function keptRows<T>(before: unknown, next: T): T {
  // A copy, because other pages use the same response.
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
