import type { Names } from './expressions.ts'
import type { RangeQuery } from './tables.ts'

/** A range as one key condition: at most one lower and one upper bound, both inclusive when there are two. */
export interface KeyRange {
  /** Undefined: no key can be in the range. */
  readonly condition: string | undefined
  /** Filter for sort keys that match the condition but not the range; undefined when the condition is exact. */
  readonly keeps: ((sortKey: string) => boolean) | undefined
}

type Bounds = Omit<RangeQuery, 'limit' | 'index' | 'descending'>

/** Keys sort by their UTF-8 bytes. */
export function compareKeys(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

export function compileRange(
  bounds: Bounds,
  keys: { partition: string; sort: string | undefined },
  names: Names,
): KeyRange {
  const partition = `${names.path(keys.partition)} = ${names.value(bounds.partition)}`
  const lower = strictest(bounds.after, bounds.from, 1)
  const upper = strictest(bounds.before, bounds.to, -1)
  if (lower === undefined && upper === undefined && !bounds.beginsWith) {
    return { condition: partition, keeps: undefined }
  }
  if (keys.sort === undefined) throw new TypeError(`${keys.partition} has no sort key to take a range of`)
  const sort = names.path(keys.sort)
  if (bounds.beginsWith) {
    const condition = `${partition} AND begins_with(${sort}, ${names.value(bounds.beginsWith)})`
    return { condition, keeps: lower === undefined && upper === undefined ? undefined : within(lower, upper) }
  }
  if (lower !== undefined && upper !== undefined) {
    if (compareKeys(lower.key, upper.key) > 0) return { condition: undefined, keeps: undefined }
    const condition = `${partition} AND ${sort} BETWEEN ${names.value(lower.key)} AND ${names.value(upper.key)}`
    return { condition, keeps: lower.open || upper.open ? within(lower, upper) : undefined }
  }
  const only = lower ?? upper
  if (only === undefined) throw new TypeError('a range has a bound')
  const sign = `${lower === undefined ? '<' : '>'}${only.open ? '' : '='}`
  return { condition: `${partition} AND ${sort} ${sign} ${names.value(only.key)}`, keeps: undefined }
}

interface Bound {
  readonly key: string
  /** True: the key itself is outside. */
  readonly open: boolean
}

/** The stricter of an open and a closed bound; `sign` is 1 for lower bounds, -1 for upper ones. */
function strictest(open: string | undefined, closed: string | undefined, sign: 1 | -1): Bound | undefined {
  if (open === undefined) return closed === undefined ? undefined : { key: closed, open: false }
  if (closed === undefined || compareKeys(open, closed) * sign >= 0) return { key: open, open: true }
  return { key: closed, open: false }
}

function within(lower: Bound | undefined, upper: Bound | undefined): (key: string) => boolean {
  return (key) => {
    const above = lower === undefined ? 1 : compareKeys(key, lower.key)
    const below = upper === undefined ? 1 : compareKeys(upper.key, key)
    return (above > 0 || (above === 0 && lower?.open !== true)) && (below > 0 || (below === 0 && upper?.open !== true))
  }
}
