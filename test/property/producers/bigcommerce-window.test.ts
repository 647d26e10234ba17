import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { secondsPages } from '../../../src/systems/bigcommerce/window.ts'
import type { SecondsSearch, SecondsSource } from '../../../src/systems/bigcommerce/window-ties.ts'
import type { Keyset } from '../../../src/systems/kit/source.ts'

interface Row {
  readonly id: number
  second: number
}

interface Case {
  readonly seconds: readonly number[]
  readonly limit: number
  readonly slice: number
  /** Rows (by index) that change before each request. */
  readonly changes: readonly (readonly number[])[]
  readonly minInclusive: boolean
  readonly maxInclusive: boolean
  readonly idInclusive: boolean
  /** Order of the rows of one second. */
  readonly ties: 'up' | 'down' | 'other each time'
}

const END = 20
const window = { from: 2000, to: END * 1000 + 700 }

/** A list of which rows change before each request as the case says; a changed row is later than the window. */
function changingSource(given: Case) {
  const rows: Row[] = given.seconds.map((second, index) => ({ id: index + 1, second }))
  let requests = 0
  const matches =
    ({ min, max, idFrom }: SecondsSearch) =>
    (row: Row) => {
      const low = min === null || (given.minInclusive ? row.second >= min / 1000 : row.second > min / 1000)
      const high = given.maxInclusive ? row.second <= max / 1000 : row.second < max / 1000
      const id = idFrom === undefined || (given.idInclusive ? row.id >= idFrom : row.id > idFrom)
      return low && high && id
    }
  const tie = (a: Row, b: Row) => {
    const up = given.ties === 'up' || (given.ties === 'other each time' && requests % 2 === 0)
    return up ? a.id - b.id : b.id - a.id
  }
  const source: SecondsSource<Row> = {
    limit: given.limit,
    changedAt: (row) => row.second * 1000,
    id: (row) => BigInt(row.id),
    async find(search) {
      for (const index of given.changes[requests] ?? []) {
        const row = rows[index % Math.max(rows.length, 1)]
        if (row !== undefined) row.second = END + 1 + requests
      }
      requests += 1
      const found = rows.filter(matches(search))
      const sorted = search.idFrom === undefined ? found.toSorted((a, b) => a.second - b.second || tie(a, b)) : found
      return sorted.slice(0, given.limit).map((row) => ({ ...row }))
    },
  }
  return { rows, source }
}

const inWindow = (row: Row) => row.second >= 2 && row.second < END

/** Ids of rows that are in the window and were not read as they are now. */
function lost(rows: readonly Row[], read: readonly Row[]): number[] {
  const known = new Set(read.map((row) => `${row.id} ${row.second}`))
  return rows.filter((row) => inWindow(row) && !known.has(`${row.id} ${row.second}`)).map(({ id }) => id)
}

async function readAll(given: Case, after: Keyset | null = null, source = changingSource(given)) {
  const pages = await Array.fromAsync(secondsPages(source.source, window, after, { now: () => 0, slice: given.slice }))
  return { pages, read: pages.flatMap((page) => page.rows), rows: source.rows }
}

const cases: fc.Arbitrary<Case> = fc.record({
  seconds: fc.array(fc.integer({ min: 0, max: 7 }), { maxLength: 14 }),
  limit: fc.integer({ min: 2, max: 5 }),
  slice: fc.integer({ min: 1, max: 4 }),
  changes: fc.array(fc.array(fc.nat({ max: 13 }), { maxLength: 2 }), { maxLength: 12 }),
  minInclusive: fc.boolean(),
  maxInclusive: fc.boolean(),
  idInclusive: fc.boolean(),
  ties: fc.constantFrom('up', 'down', 'other each time'),
})

describe('a window of seconds that changes while it is read', () => {
  it('loses nothing, whatever the bounds mean and however ties are sorted', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (given) => {
        const { rows, read } = await readAll(given)
        expect(lost(rows, read)).toEqual([])
      }),
      { numRuns: 3000 },
    )
  })

  it('gives each row once when nothing changes', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (given) => {
        const { rows, read } = await readAll({ ...given, changes: [] })
        const ids = read.map(({ id }) => id)
        expect(new Set(ids).size).toBe(ids.length)
        expect(rows.filter(inWindow).every(({ id }) => ids.includes(id))).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })

  it('goes on after any page without a loss, also when rows changed in between', async () => {
    await fc.assert(
      fc.asyncProperty(cases, fc.nat({ max: 6 }), async (given, stop) => {
        const whole = changingSource(given)
        const pages = []
        for await (const page of secondsPages(whole.source, window, null, { now: () => 0, slice: given.slice })) {
          pages.push(page)
          if (pages.length > stop) break
        }
        const { read } = await readAll(given, pages.at(-1)?.reached ?? null, whole)
        expect(lost(whole.rows, [...pages.flatMap((page) => page.rows), ...read])).toEqual([])
      }),
      { numRuns: 3000 },
    )
  })

  it('goes on after a row that left a second in which others still are', async () => {
    const given: Case = {
      seconds: [3, 3, 1, 3],
      limit: 3,
      slice: 3,
      changes: [],
      ties: 'up',
      minInclusive: true,
      maxInclusive: false,
      idInclusive: false,
    }
    expect((await readAll(given, { changedAt: '1970-01-01T00:00:03Z', id: '4' })).read).toEqual([])
  })

  it('does not end in silence where pages lead nowhere', async () => {
    const rows = Array.from({ length: 3 }, (_, index) => ({ id: index + 1, second: 3 }))
    const deaf: SecondsSource<Row> = {
      limit: 2,
      changedAt: (row) => row.second * 1000,
      id: (row) => BigInt(row.id),
      find: async () => rows.slice(0, 2),
    }
    const read = Array.fromAsync(secondsPages(deaf, window, null, { now: () => 0, slice: 9 }))
    await expect(read).rejects.toMatchObject({ code: 'source_data_invalid' })
  })
})
