import { StreamError } from '../../errors.ts'
import type { RowsPage } from '../kit/keyset-pages.ts'
import type { Keyset, ReadWindow } from '../kit/source.ts'
import { SURE_ROWS } from './whole-list.ts'
import {
  compareIds,
  restOfSecond,
  SECOND,
  type SecondsSource,
  secondKey,
  slices,
  stuckPagesError,
} from './window-ties.ts'

/**
 * Pages through a closed window by (second of the change, id), always requesting the first page: a row that changes
 * during paging leaves the window and does not shift others. A page may end within a second, with its rows in any
 * order: then that second is read again, by id, before the time advances (Guarantee 6). The documentation does not say
 * whether bounds are inclusive: a second whose search returns its own rows proves that they are; otherwise the bounds
 * are widened by a second. `slice`: most rows per page.
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
    // With exclusive bounds, the next second would be left out too.
    min = inclusive ? second + SECOND : second
  }
  if (after !== null) yield* finish(Date.parse(after.changedAt), BigInt(after.id), new Set())
  for (;;) {
    const requestedAt = now()
    const found = await source.find({ min, max: end })
    assertAscending(source, found)
    const rows = found
      .filter((row) => source.changedAt(row) < end && (last === null || source.changedAt(row) > last))
      .toSorted((a, b) => source.changedAt(a) - source.changedAt(b) || compareIds(source.id(a), source.id(b)))
    const beyond = found.some((row) => source.changedAt(row) >= end)
    const complete = beyond || found.length < Math.min(source.limit, SURE_ROWS)
    const newest = rows.at(-1)
    if (newest === undefined) {
      if (complete) return
      throw stuckPagesError(last)
    }
    const second = source.changedAt(newest)
    const reachedBy = (row: Row): Keyset => {
      const open = !complete && source.changedAt(row) === second
      return secondKey(source.changedAt(row), open ? 0n : source.id(row))
    }
    yield* slices(rows, slice, requestedAt, reachedBy)
    if (complete) return
    const known = new Set(rows.filter((row) => source.changedAt(row) === second).map((row) => source.id(row)))
    yield* finish(second, 0n, known)
  }
}

const floorSecond = (time: number) => Math.floor(time / SECOND) * SECOND

function assertAscending<Row>(source: SecondsSource<Row>, rows: readonly Row[]): void {
  const unsorted = rows.some((row, index) => {
    const before = rows[index - 1]
    return before !== undefined && source.changedAt(before) > source.changedAt(row)
  })
  if (unsorted) throw new StreamError('source_data_invalid', 'BigCommerce does not sort by change time')
}
