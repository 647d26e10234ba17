import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Answer, type KeysetSource, keysetPages } from '../../../src/systems/kit/keyset-pages.ts'

interface Row {
  readonly id: number
  changedAt: number
}

/** Changes that happen to rows (by index) while the source is read, one list before each request. */
type Changes = readonly (readonly number[])[]

interface Case {
  readonly times: readonly number[]
  readonly pageSize: number
  readonly changes: Changes
}

/** The window is [0, END); a row that changes while it is read gets a later time. */
const END = 100
const text = (time: number) => String(time).padStart(4, '0')
const byKey = (a: Row, b: Row) => a.changedAt - b.changedAt || a.id - b.id

/** A source whose rows change before each request as the case says. */
function changingSource({ times, changes }: Case) {
  const rows: Row[] = times.map((changedAt, index) => ({ id: index + 1, changedAt }))
  let requests = 0
  return {
    rows,
    select(wanted: (row: Row) => boolean): Row[] {
      for (const index of changes[requests] ?? []) {
        const row = rows[index % Math.max(rows.length, 1)]
        if (row !== undefined) row.changedAt = END + requests
      }
      requests += 1
      return rows.filter((row) => row.changedAt < END && wanted(row)).toSorted(byKey)
    },
  }
}

/** What was read by keyset, each row with its time then, and the rows as they are at the end. */
async function readByKeyset(given: Case) {
  const source = changingSource(given)
  const first = (found: Row[]): Answer<Row> => {
    return { rows: found.slice(0, given.pageSize).map((row) => ({ ...row })), more: found.length > given.pageSize }
  }
  const keyset: KeysetSource<Row> = {
    keyOf: (row) => ({ changedAt: text(row.changedAt), id: String(row.id) }),
    ties: async (last) =>
      first(source.select((row) => text(row.changedAt) === last.changedAt && row.id > Number(last.id))),
    later: async (last) => first(source.select((row) => last === null || text(row.changedAt) > last.changedAt)),
  }
  const pages = await Array.fromAsync(keysetPages(keyset, null, () => 0))
  return { read: pages.flatMap((page) => page.rows), rows: source.rows }
}

/** The same by page numbers: what keyset is there to replace. */
function readByPageNumber(given: Case) {
  const source = changingSource(given)
  const read: Row[] = []
  for (let page = 0; ; page += 1) {
    const found = source.select(() => true).slice(page * given.pageSize, (page + 1) * given.pageSize)
    read.push(...found.map((row) => ({ ...row })))
    if (found.length < given.pageSize) return { read, rows: source.rows }
  }
}

/** Ids of rows that are in the window and were not read as they are now. */
function lost({ read, rows }: { read: readonly Row[]; rows: readonly Row[] }): number[] {
  const known = new Set(read.map((row) => `${row.id} ${row.changedAt}`))
  return rows.filter((row) => row.changedAt < END && !known.has(`${row.id} ${row.changedAt}`)).map(({ id }) => id)
}

const cases: fc.Arbitrary<Case> = fc.record({
  times: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 12 }),
  pageSize: fc.integer({ min: 1, max: 4 }),
  changes: fc.array(fc.array(fc.nat({ max: 11 }), { maxLength: 2 }), { maxLength: 12 }),
})

/** Three rows of one second, pages of two; the first row changes after the first page. */
const smallest: Case = { times: [0, 0, 0], pageSize: 2, changes: [[], [0]] }

describe('a window that changes while it is read', () => {
  it('loses nothing by keyset', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (given) => {
        expect(lost(await readByKeyset(given))).toEqual([])
      }),
      { numRuns: 2000 },
    )
  })

  it('is read once by keyset, in order, when nothing changes', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (given) => {
        const { read, rows } = await readByKeyset({ ...given, changes: [] })
        expect(read).toEqual(rows.toSorted(byKey))
      }),
    )
  })

  it('goes on anywhere', async () => {
    const { read } = await readByKeyset({ times: [0, 0, 1, 1, 1, 2], pageSize: 2, changes: [] })
    expect(read.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6])
  })

  it('loses rows by page numbers, in a case that keyset reads whole', async () => {
    expect(lost(readByPageNumber(smallest))).toEqual([3])
    expect(lost(await readByKeyset(smallest))).toEqual([])
    const { failed } = fc.check(fc.property(cases, (given) => lost(readByPageNumber(given)).length === 0))
    expect(failed).toBe(true)
  })
})
