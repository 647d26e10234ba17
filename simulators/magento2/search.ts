import { createHash } from 'node:crypto'
import type { Filter, SearchCriteria } from './search-criteria.ts'
import type { Switches } from './switches.ts'

/** Result of a list call. */
export interface SearchResult<T> {
  items: T[]
  search_criteria: SearchCriteria
  total_count: number
}

/** How to search the rows of one list. */
export interface SearchSettings<T> {
  /** The value of a field, `undefined` or `null` if none. @throws MagentoError for a field that can't be filtered */
  read: (row: T, field: string) => unknown
  /** Unique key of a row. */
  key: (row: T) => string | number
  switches: Pick<Switches, 'repeatsLastPage' | 'maximumPageSize'>
}

let searches = 0

/**
 * Searches like the database: comparisons with null are false, texts compare case-insensitively, and rows that the sort
 * order does not distinguish come in a different order each time.
 */
export function search<T>(rows: readonly T[], criteria: SearchCriteria, settings: SearchSettings<T>): SearchResult<T> {
  searches += 1
  const { filter_groups: groups, sort_orders: orders } = criteria
  for (const { field } of [...groups.flatMap(({ filters }) => filters), ...orders]) {
    if (rows[0] !== undefined) settings.read(rows[0], field)
  }
  const found = rows.filter((row) =>
    groups.every(({ filters }) => filters.some((filter) => matches(settings.read(row, filter.field), filter))),
  )
  const sorted = found
    .map((row) => ({
      row,
      tie: createHash('md5')
        .update(`${searches} ${settings.key(row)}`)
        .digest('hex'),
    }))
    .sort((a, b) => {
      for (const { field, direction } of orders) {
        const order = compare(settings.read(a.row, field), settings.read(b.row, field))
        if (order !== 0) return direction === 'ASC' ? order : -order
      }
      return a.tie < b.tie ? -1 : 1
    })
    .map(({ row }) => row)
  return {
    items: page(sorted, criteria, settings.switches.repeatsLastPage),
    search_criteria: criteria,
    total_count: found.length,
  }
}

function page<T>(rows: T[], { page_size: size = 0, current_page: current = 1 }: SearchCriteria, repeats: boolean): T[] {
  if (!(size > 0)) return rows
  const last = Math.max(1, Math.ceil(rows.length / size))
  const asked = Math.max(1, Math.trunc(current) || 1)
  const number = repeats ? Math.min(asked, last) : asked
  return rows.slice((number - 1) * size, number * size)
}

/** Whether a column's value matches one filter. @throws Error for an unknown condition type (a 500 of the vendor) */
export function matches(value: unknown, { value: wanted, condition_type: condition }: Filter): boolean {
  if (condition === 'null') return value === undefined || value === null
  if (value === undefined || value === null) return false
  const choices = () => wanted.split(',').map((choice) => choice.trim())
  const members = () => String(value).split(',')
  switch (condition) {
    case 'notnull':
      return true
    case 'eq':
      return compare(value, wanted) === 0
    case 'neq':
      return compare(value, wanted) !== 0
    case 'gt':
      return compare(value, wanted) > 0
    case 'gteq':
    case 'from':
    case 'moreq':
      return compare(value, wanted) >= 0
    case 'lt':
      return compare(value, wanted) < 0
    case 'lteq':
    case 'to':
      return compare(value, wanted) <= 0
    case 'in':
      return choices().some((choice) => compare(value, choice) === 0)
    case 'nin':
      return choices().every((choice) => compare(value, choice) !== 0)
    case 'like':
      return likePattern(wanted).test(String(value))
    case 'nlike':
      return !likePattern(wanted).test(String(value))
    case 'finset':
      return members().includes(wanted)
    case 'nfinset':
      return !members().includes(wanted)
    default:
      throw new Error(`unknown condition type ${condition}`)
  }
}

function compare(a: unknown, b: unknown): number {
  if (a === undefined || a === null || b === undefined || b === null) return Number(a != null) - Number(b != null)
  if (typeof a === 'number' || typeof a === 'boolean') return Number(a) - Number(b)
  const [left, right] = [String(a).toLowerCase(), String(b).toLowerCase()]
  return left < right ? -1 : left > right ? 1 : 0
}

function likePattern(like: string): RegExp {
  const source = like
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('%', '[^]*')
    .replaceAll('_', '[^]')
  return new RegExp(`^${source}$`, 'iu')
}
