import type { RowsPage } from '../kit/keyset-pages.ts'
import type { Keyset, ReadWindow } from '../kit/source.ts'
import { textOf, type Wire } from '../kit/wire.ts'
import { B2B_LIMIT, type B2bClient } from './b2b-client.ts'

/** Used in place of the change time in a keyset among B2B Edition's orders; the id is then the offset to read next. */
const B2B = 'b2b'

/** Whether a keyset is among B2B Edition's orders, which are read after the shop's own. */
export function isB2bPlace(place: Keyset | null): boolean {
  return place?.changedAt === B2B
}

interface PageOptions {
  readonly now: () => number
  readonly signal: AbortSignal
  /** Ids of channels; null: those that B2B Edition returns by default. */
  readonly channels?: readonly string[] | null
}

/** Overlap of consecutive pages: covers as many rows of one time as may come in varying order. */
const SHARED = 20

/**
 * Reads B2B Edition's orders changed in a closed window. It has offsets and no keyset, and rows can only leave a closed
 * window, so pages are read from the end to the beginning: a row that leaves never moves unread rows past the current
 * position (Guarantee 6). It sorts by time only, with rows of one time in any order, so pages overlap.
 */
export async function* b2bOrderPages(
  b2b: Pick<B2bClient, 'changedOrders'>,
  window: ReadWindow,
  after: Keyset | null,
  { now, signal, channels = null }: PageOptions,
): AsyncGenerator<RowsPage<Wire>> {
  const to = Math.floor(window.to / 1000)
  const from = window.from === null ? null : Math.floor(window.from / 1000)
  const inWindow = (row: Wire) => changedAt(row) < to && (from === null || changedAt(row) >= from)
  const list = async (page: { readonly offset: number; readonly limit: number }) =>
    await b2b.changedOrders({ from, to, channels }, page, signal)
  const resumed = isB2bPlace(after)
  const first = resumed ? Number(after?.id) : (await list(FIRST)).total
  let most = B2B_LIMIT
  let before = new Set<string>()
  for (let end = first; end > 0; ) {
    const shared = most > 2 * SHARED && (end < first || resumed) ? SHARED : 0
    const offset = Math.max(0, end + shared - most)
    const limit = end + shared - offset
    const requestedAt = now()
    const { rows, total } = await list({ offset, limit })
    if (rows.length < limit && offset + rows.length < total && rows.length > 0) {
      // The server limits pages to fewer rows than requested.
      most = rows.length
      continue
    }
    end = offset
    const others = rows.filter((row) => inWindow(row) && !before.has(versionOf(row)))
    before = new Set(rows.map(versionOf))
    yield { rows: others, reached: { changedAt: B2B, id: String(offset) }, requestedAt }
  }
}

const FIRST = { offset: 0, limit: 1 }

/** Unix seconds. */
export function changedAt(row: Wire): number {
  return Number(textOf(row['updatedAt']) ?? 0)
}

const versionOf = (row: Wire) => `${textOf(row['bcOrderId'])} ${changedAt(row)}`
