import { StreamError } from '../errors.ts'
import { toBigCommerceTime } from '../systems/bigcommerce/time.ts'
import { SURE_ROWS } from '../systems/bigcommerce/whole-list.ts'
import type { RowsPage } from './keyset-pages.ts'
import type { Keyset, ReadWindow } from './source.ts'

/** What is asked of a list: whole seconds, milliseconds UTC. Whether the bounds themselves are in, differs from list to list. */
export interface SecondsSearch {
  readonly min: number | null
  readonly max: number
  /** Rows with this id or a higher one, by id; else all rows, by the time of their change. */
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

const SECOND = 1000

/**
 * Pages of a closed window, by (second of the change, id), always from the first page: a row that changes while we page
 * leaves the window and shifts no other. A page may end within a second, its rows in any order: then that second is read
 * again, by id, before the time moves on (Guarantee 6). The documentation does not say whether bounds are inclusive: a
 * second that answers rows of itself proves that they are, and else a second more on each side is asked for. `slice`: rows
 * of a page at most.
 */
export async function* secondsPages<Row>(
  source: SecondsSource<Row>,
  window: ReadWindow,
  after: Keyset | null,
  { now, slice }: { readonly now: () => number; readonly slice: number },
): AsyncGenerator<RowsPage<Row>> {
  const end = floorSecond(window.to)
  let min = window.from === null ? null : floorSecond(window.from) - SECOND
  let last: number | null = null
  const finish = async function* (second: number, above: bigint, known: ReadonlySet<bigint>) {
    const inclusive = yield* restOfSecond(source, { second, above, known }, { now, slice })
    last = second
    // Where the bounds are exclusive, the second after would be left out too.
    min = inclusive ? second + SECOND : second
  }
  if (after !== null) yield* finish(Date.parse(after.changedAt), BigInt(after.id), new Set())
  for (;;) {
    const requestedAt = now()
    const found = await source.find({ min, max: end })
    assertAscending(source, found)
    const rows = found
      .filter((row) => source.changedAt(row) < end && (last === null || source.changedAt(row) > last))
      .toSorted((a, b) => source.changedAt(a) - source.changedAt(b) || compare(source.id(a), source.id(b)))
    const beyond = found.some((row) => source.changedAt(row) >= end)
    const complete = beyond || found.length < Math.min(source.limit, SURE_ROWS)
    const newest = rows.at(-1)
    if (newest === undefined) {
      if (complete) return
      throw stuck(last)
    }
    const second = source.changedAt(newest)
    const reachedBy = (row: Row): Keyset => {
      const open = !complete && source.changedAt(row) === second
      return keyset(source.changedAt(row), open ? 0n : source.id(row))
    }
    yield* slices(rows, slice, requestedAt, reachedBy)
    if (complete) return
    const known = new Set(rows.filter((row) => source.changedAt(row) === second).map((row) => source.id(row)))
    yield* finish(second, 0n, known)
  }
}

/** Rows of one second above an id, without those that are known. Whether the lower bound proved to be inclusive. */
async function* restOfSecond<Row>(
  source: SecondsSource<Row>,
  wanted: { readonly second: number; readonly above: bigint; readonly known: ReadonlySet<bigint> },
  { now, slice }: { readonly now: () => number; readonly slice: number },
): AsyncGenerator<RowsPage<Row>, boolean> {
  const { second, known } = wanted
  for (const min of [second, second - SECOND]) {
    let { above } = wanted
    let seen = false
    for (;;) {
      const requestedAt = now()
      // From the row itself on: where nothing else is in its second, it alone proves the bound.
      const found = await source.find({ min, max: second + SECOND, idFrom: above })
      const ofSecond = found.filter((row) => source.changedAt(row) === second)
      seen ||= ofSecond.length > 0
      const rows = ofSecond
        .filter((row) => source.id(row) > above && !known.has(source.id(row)))
        .toSorted((a, b) => compare(source.id(a), source.id(b)))
      yield* slices(rows, slice, requestedAt, (row) => keyset(second, source.id(row)))
      if (found.length < Math.min(source.limit, SURE_ROWS)) break
      const highest =
        found
          .map((row) => source.id(row))
          .toSorted(compare)
          .at(-1) ?? above
      if (highest <= above) throw stuck(second)
      above = highest
    }
    if (seen) return min === second
  }
  return false
}

function* slices<Row>(
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

const keyset = (second: number, id: bigint): Keyset => ({ changedAt: toBigCommerceTime(second), id: String(id) })
const floorSecond = (time: number) => Math.floor(time / SECOND) * SECOND
const compare = (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0)

function assertAscending<Row>(source: SecondsSource<Row>, rows: readonly Row[]): void {
  const unsorted = rows.some((row, index) => {
    const before = rows[index - 1]
    return before !== undefined && source.changedAt(before) > source.changedAt(row)
  })
  if (unsorted) throw new StreamError('source_data_invalid', 'BigCommerce does not sort by the time of the change')
}

/** Better no end than a silent one: rows would be missing. */
function stuck(second: number | null): StreamError {
  const where = second === null ? 'the beginning of the window' : toBigCommerceTime(second)
  return new StreamError('source_data_invalid', `BigCommerce gives full pages, and none gets beyond ${where}`)
}
