import { StreamError } from '../../errors.ts'
import type { RowsPage } from '../kit/keyset-pages.ts'
import type { Keyset } from '../kit/source.ts'
import { toBigCommerceTime } from './time.ts'
import { SURE_ROWS } from './whole-list.ts'

export const SECOND = 1000

/**
 * A search in a list; times are whole seconds in milliseconds UTC. Lists differ in whether the bounds are inclusive.
 */
export interface SecondsSearch {
  readonly min: number | null
  readonly max: number
  /** Rows with this id or a higher one, sorted by id; if absent, all rows, sorted by change time. */
  readonly idFrom?: bigint
}

/** A list that can be sorted by change time or by id, but not by both. */
export interface SecondsSource<Row> {
  /** The first rows of the first page, never more than `limit`. */
  find(search: SecondsSearch): Promise<readonly Row[]>
  /** At least 2. */
  readonly limit: number
  changedAt(row: Row): number
  id(row: Row): bigint
}

/**
 * The rows of one second above an id, without the known ones. Returns whether the lower bound proved to be inclusive.
 */
export async function* restOfSecond<Row>(
  source: SecondsSource<Row>,
  wanted: { readonly second: number; readonly above: bigint; readonly known: ReadonlySet<bigint> },
  { now, slice }: { readonly now: () => number; readonly slice: number },
): AsyncGenerator<RowsPage<Row>, boolean> {
  const { second, above, known } = wanted
  for (const min of [second, second - SECOND]) {
    let seen = false
    // Starts at the row itself: if no other row is in its second, it alone proves the bound.
    for await (const { ofSecond, requestedAt } of bySecond(source, { min, second, above }, now)) {
      seen ||= ofSecond.length > 0
      const rows = ofSecond.filter((row) => source.id(row) > above && !known.has(source.id(row)))
      yield* slices(rows, slice, requestedAt, (row) => secondKey(second, source.id(row)))
    }
    // The row may have left its second while others remain.
    if (seen || (min === second && above > 0n && (await hasRows(source, second, now)))) return min === second
  }
  return false
}

/** Whether a search from the start of a second returns rows of that second. */
async function hasRows<Row>(source: SecondsSource<Row>, second: number, now: () => number): Promise<boolean> {
  for await (const { ofSecond } of bySecond(source, { min: second, second, above: 0n }, now)) {
    if (ofSecond.length > 0) return true
  }
  return false
}

/** The rows of one second from an id on, sorted by id, page by page. */
async function* bySecond<Row>(
  source: SecondsSource<Row>,
  from: { readonly min: number; readonly second: number; readonly above: bigint },
  now: () => number,
): AsyncGenerator<{ readonly ofSecond: readonly Row[]; readonly requestedAt: number }> {
  const { min, second } = from
  for (let above = from.above; ; ) {
    const requestedAt = now()
    const found = await source.find({ min, max: second + SECOND, idFrom: above })
    const sorted = found.toSorted((a, b) => compareIds(source.id(a), source.id(b)))
    // The last row of the previous page is repeated.
    const isNew = (row: Row) => source.id(row) > above || above === from.above
    yield { ofSecond: sorted.filter((row) => source.changedAt(row) === second && isNew(row)), requestedAt }
    if (found.length < Math.min(source.limit, SURE_ROWS)) return
    const last = sorted.at(-1)
    const highest = last === undefined ? above : source.id(last)
    if (highest <= above) throw stuckPagesError(second)
    above = highest
  }
}

/** Splits rows into parts of a size, each with its keyset. */
export function* slices<Row>(
  rows: readonly Row[],
  size: number,
  requestedAt: number,
  reachedBy: (row: Row) => Keyset,
): Generator<RowsPage<Row>> {
  for (let at = 0; at < rows.length; at += size) {
    const part = rows.slice(at, at + size)
    const end = part.at(-1)
    if (end !== undefined) yield { rows: part, reached: reachedBy(end), requestedAt }
  }
}

export const secondKey = (second: number, id: bigint): Keyset => ({
  changedAt: toBigCommerceTime(second),
  id: String(id),
})
export const compareIds = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0)

/** An error, because ending silently would lose rows. */
export function stuckPagesError(second: number | null): StreamError {
  const where = second === null ? 'the beginning of the window' : toBigCommerceTime(second)
  return new StreamError('source_data_invalid', `BigCommerce returns full pages, but none gets beyond ${where}`)
}
