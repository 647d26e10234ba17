import { expect, it } from 'vitest'
import { createPullNotes, NOTED_EVERY_MS } from '../../../../src/operations/pulls/note-pulls.ts'
import { type Pull, pullRows, pullTables } from '../../../../src/operations/pulls/pull-row.ts'
import { rowsOf } from '../../../../src/platform/dynamodb/rows.ts'
import type { Tables } from '../../../../src/platform/dynamodb/tables.ts'
import { manualClock } from '../../../memory/manual-clock.ts'
import { memoryTables } from '../../../memory/tables.ts'
import { silentLogger } from '../../../worlds/stage-context.ts'

const pullAt = (at: number, over: Partial<Pull> = {}): Pull => ({
  feed: 'inventory',
  reader: 'k1',
  name: 'shop',
  filter: { connection: 'c', sources: null, from: null, to: null },
  continued: true,
  at,
  rows: 1,
  complete: true,
  frontier: at - 1,
  generation: 1,
  places: {},
  ...over,
})
const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

function world(tables: Tables = memoryTables(pullTables)) {
  const clock = manualClock(0)
  const writes: string[] = []
  const counted: Tables = {
    ...tables,
    async put(table, item, condition) {
      writes.push(String(item['at']))
      return await tables.put(table, item, condition)
    },
  }
  const notes = createPullNotes({ tables: counted, clock, logger: silentLogger })
  const rows = () => rowsOf(tables, pullRows).query({ partition: 'c' })
  return { tables, clock, writes, notes, rows }
}

it('writes a reader once in a while, however often it pulls, and what it pulled last', async () => {
  const { notes, clock, writes, rows } = world()
  for (let n = 0; n < 1_000; n += 1) {
    clock.set(n * 100)
    notes.note(pullAt(n * 100, { rows: n }))
    await settled()
  }
  expect(writes).toHaveLength(100_000 / NOTED_EVERY_MS)
  clock.set(200_000)
  await settled()
  expect(await rows()).toMatchObject([{ at: new Date(99_900).toISOString(), rows: 999 }])
  // Who does not pull costs nothing.
  const before = writes.length
  clock.set(900_000)
  await settled()
  expect(writes).toHaveLength(before)
  notes.note(pullAt(900_000))
  await settled()
  expect(writes).toHaveLength(before + 1)
})

it('writes what is left when the process ends', async () => {
  const { notes, rows } = world()
  notes.note(pullAt(1_000))
  await settled()
  notes.note(pullAt(2_000, { feed: 'products' }))
  await notes.close()
  expect((await rows()).map(({ feed }) => feed)).toEqual(['inventory', 'products'])
})

it('of two processes that answer one reader, what was answered last counts', async () => {
  const one = world()
  const two = world(one.tables)
  two.notes.note(pullAt(5_000, { rows: 7 }))
  await settled()
  one.notes.note(pullAt(4_000, { rows: 3 }))
  await settled()
  expect(await one.rows()).toMatchObject([{ rows: 7 }])
})

it('a table that does not answer costs the reader nothing', async () => {
  const tables = memoryTables(pullTables)
  const { notes, clock, rows } = world({ ...tables, get: async () => Promise.reject(new Error('down')) })
  notes.note(pullAt(1_000))
  await settled()
  expect(await rows()).toEqual([])
  clock.set(NOTED_EVERY_MS)
  await notes.close()
})
