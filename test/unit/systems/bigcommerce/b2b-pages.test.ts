// Orders were asked for by `sortBy=bcOrderId`, which B2B Edition does not have; by time, rows of one time come in any order.
import { expect, it } from 'vitest'
import type { B2bClient } from '../../../../src/systems/bigcommerce/b2b-client.ts'
import { b2bOrderPages } from '../../../../src/systems/bigcommerce/read-b2b-orders.ts'
import type { Keyset } from '../../../../src/systems/kit/source.ts'
import type { Wire } from '../../../../src/systems/kit/wire.ts'
import { SeededRandom } from '../../../simulation/seeded-random.ts'

const WINDOW = { from: null, to: 2_000_000_000_000 }
const OPTIONS = { now: () => 0, signal: new AbortController().signal }

/** Orders, up to ten of one time, whose sequence is another one in every answer; `most`: rows of an answer. */
function listOf(count: number, seed: number, most: number): Pick<B2bClient, 'changedOrders'> {
  const generator = new SeededRandom(seed)
  const random = () => generator.next()
  const rows: Wire[] = []
  for (let time = 1_700_000_000; rows.length < count; time += 1) {
    const tied = 1 + Math.floor(random() * 10)
    for (let index = 0; index < tied; index += 1)
      rows.push({ bcOrderId: rows.length, createdAt: time, updatedAt: time })
  }
  return {
    async changedOrders(_window, { offset, limit }) {
      const sorted = rows
        .map((row) => ({ row, tie: random() }))
        .toSorted((a, b) => Number(a.row['createdAt']) - Number(b.row['createdAt']) || a.tie - b.tie)
        .map(({ row }) => row)
      return { rows: sorted.slice(offset, offset + Math.min(limit, most)), total: rows.length }
    },
  }
}

it('every order is seen when a read goes on after each page', async () => {
  const seen = new Set<unknown>()
  const list = listOf(900, 5, 200)
  for (let after: Keyset | null = null; ; ) {
    const { value } = await b2bOrderPages(list, WINDOW, after, OPTIONS).next()
    if (value === undefined) break
    for (const row of value.rows) seen.add(row['bcOrderId'])
    after = value.reached
  }
  expect([...Array(900).keys()].filter((id) => !seen.has(id))).toEqual([])
})

it.each([
  [1, 200],
  [2, 200],
  [3, 200],
  [4, 90],
])(
  'every order is seen whatever the sequence of those of one time (seed %i, %i rows an answer)',
  async (seed, most) => {
    const seen = new Set<unknown>()
    const list = listOf(900, seed, most)
    for await (const page of b2bOrderPages(list, WINDOW, null, OPTIONS)) {
      for (const row of page.rows) seen.add(row['bcOrderId'])
    }
    expect([...Array(900).keys()].filter((id) => !seen.has(id))).toEqual([])
  },
)
