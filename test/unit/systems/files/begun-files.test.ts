// A process ends in the middle of a file, and an older file arrives before the next one goes on: what the older one says
// has been overtaken by what was published. The simulation of files found it.

import { expect, it } from 'vitest'
import type { Item } from '../../../../src/platform/dynamodb/tables.ts'
import { readFiles } from '../../../../src/systems/files/read-files.ts'
import { settings as declared } from '../../../../src/systems/files/settings.ts'
import { stockReading } from '../../../../src/systems/files/system.ts'
import type { ReaderNotes } from '../../../../src/systems/kit/reader-notes.ts'
import { MemoryFiles, memoryVisit } from '../../../memory/file-place.ts'
import { placeClient } from '../../../worlds/place-client.ts'
import { valuesOf } from '../../../worlds/settings.ts'
import { readOf, WHOLE } from '../../../worlds/sources.ts'

const NOW = Date.UTC(2026, 0, 5)
const signal = new AbortController().signal

function world(settings: Readonly<Record<string, unknown>> = {}) {
  let now = NOW
  const files = new MemoryFiles(() => now)
  const visit = memoryVisit(files, async (_, effect) => effect(), true)
  const client = placeClient(async (work) => await work(visit))
  const kept = new Map<string, Item>()
  const notes: ReaderNotes = {
    find: async (ids) => new Map(ids.flatMap((id) => (kept.has(id) ? [[id, kept.get(id) ?? {}]] : []))),
    keep: async (all) => {
      for (const note of all) kept.set(note.id, note)
    },
  }
  const values = valuesOf(declared, {
    'inventory.files': 'stock-{yyyy}{MM}{dd}.csv',
    'inventory.complete': 'rename',
    ...settings,
  })
  const clock = { now: () => NOW, sleep: async () => undefined }
  const read = readOf('vendor', 'inventory', 1)
  const pages = () => {
    const reader = readFiles(stockReading(values), { client, read, clock, notes })
    return reader.read({ ...WHOLE, from: NOW }, null, signal)[Symbol.asyncIterator]()
  }
  return {
    pages,
    put(name: string, text: string): void {
      now += 1_000
      files.replace(`inventory/${name}`, Buffer.from(text))
    },
    all: async () => await Array.fromAsync({ [Symbol.asyncIterator]: pages }),
    list: () => files.pathsIn('inventory'),
  }
}

it('a file that is older than one of which some was published is not taken', async () => {
  const { pages, put } = world()
  put('stock-20260103.csv', 'sku,quantity\nA,3\nB,3\n')
  const killed = pages()
  expect((await killed.next()).value).toMatchObject({ entities: [{ key: 'A' }] })
  await killed.return?.()
  put('stock-20260102.csv', 'sku,quantity\nA,2\nB,2\n')
  const all = await Array.fromAsync({ [Symbol.asyncIterator]: pages })
  expect(all.map(({ entities, unreadable }) => [...entities, ...unreadable].map(({ key }) => key))).toEqual([
    ['stock-20260102.csv'],
    ['A'],
    ['B'],
  ])
  expect(all[0]?.unreadable[0]?.error).toMatchObject({
    message: expect.stringContaining('older than stock-20260103.csv'),
  })
})

const ONE_NAME = { 'inventory.files': 'stock.csv' }
const rowsOf = (pages: readonly { entities: readonly { key: string; data: object }[] }[]) =>
  pages.flatMap(({ entities }) => entities.map(({ key }) => key))

it('a file with the content of the last one is read if some of another one was published meanwhile', async () => {
  const { pages, put, all } = world(ONE_NAME)
  put('stock.csv', 'sku,quantity\nA,1\nB,1\n')
  expect(rowsOf(await all())).toEqual(['A', 'B'])
  put('stock.csv', 'sku,quantity\nA,2\nB,2\n')
  const killed = pages()
  await killed.next()
  await killed.return?.()
  put('stock.csv', 'sku,quantity\nA,1\nB,1\n')
  expect(rowsOf(await all())).toEqual(['A', 'B'])
  expect(rowsOf(await all())).toEqual([])
})

it.each(['move', 'delete'])('a file that replaced the one that was read stays with after: %s', async (after) => {
  const { pages, put, all, list } = world({ ...ONE_NAME, 'inventory.after': after })
  put('stock.csv', 'sku,quantity\nA,1\nB,1\n')
  const reading = pages()
  await reading.next()
  put('stock.csv', 'sku,quantity\nA,2\nB,1\n')
  await reading.next()
  await reading.next()
  expect(list()).toEqual(['inventory/stock.csv'])
  expect(rowsOf(await all())).toEqual(['A', 'B'])
  expect(list()).toEqual([])
})
