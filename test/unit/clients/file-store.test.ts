import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { bySourceAndSku, type FeedRow, type FeedState } from '../../../clients/typescript/feed-store.ts'
import { FileStore } from '../../../clients/typescript/file-store.ts'

const state = (over: Partial<FeedState> = {}): FeedState => {
  return { cursor: 'c', etag: null, complete: true, round: 1, full: false, ...over }
}

const row = (sku: string, total = '1', source = 'erp'): FeedRow => {
  const times = { updated_at: '2026-01-31T08:00:00.000Z', position: '1' }
  return { connection: 'c', source, sku, ...times, deleted: false, data: { total } }
}

function pathOfFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'file-store-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return join(folder, 'feed')
}

const totals = (store: FileStore) => store.rows().map(({ sku, data }) => [sku, data['total']])

it('is read again as it was written', async () => {
  const path = pathOfFile()
  const store = new FileStore(path)
  expect(await store.load()).toBeNull()
  await store.commit({ rows: [row('a'), row('b'), row('a', '2')], state: state(), removeBefore: null })
  await store.commit({ rows: [row('b', '3')], state: state({ cursor: 'd' }), removeBefore: null })
  const again = new FileStore(path)
  expect(await again.load()).toEqual(state({ cursor: 'd' }))
  expect(totals(again)).toEqual([
    ['a', '2'],
    ['b', '3'],
  ])
  expect(again.get('b')).toEqual(row('b', '3'))
})

it.each([
  ['in its middle', '{"rows":[{"sku"'],
  ['before its end', JSON.stringify({ rows: [row('z')], state: state({ cursor: 'z' }), removeBefore: null })],
])('a commit that was cut off %s does not count, and the next one is whole', async (_, tail) => {
  const path = pathOfFile()
  await new FileStore(path).commit({ rows: [row('a')], state: state(), removeBefore: null })
  appendFileSync(path, tail)
  const store = new FileStore(path)
  expect(await store.load()).toEqual(state())
  await store.commit({ rows: [row('b')], state: state({ cursor: 'd' }), removeBefore: null })
  const again = new FileStore(path)
  expect(await again.load()).toEqual(state({ cursor: 'd' }))
  expect(totals(again)).toEqual([
    ['a', '1'],
    ['b', '1'],
  ])
})

it('rows of earlier rounds are removed where a commit says so', async () => {
  const path = pathOfFile()
  const store = new FileStore(path, bySourceAndSku)
  await store.commit({ rows: [row('a'), row('a', '1', 'other'), row('b')], state: state(), removeBefore: null })
  await store.commit({ rows: [row('a', '2')], state: state({ round: 2 }), removeBefore: 2 })
  expect(totals(store)).toEqual([['a', '2']])
  const again = new FileStore(path, bySourceAndSku)
  await again.load()
  expect(totals(again)).toEqual([['a', '2']])
})

it('a second process that writes is refused', async () => {
  const path = pathOfFile()
  const [one, two] = [new FileStore(path), new FileStore(path)]
  await Promise.all([one.load(), two.load()])
  await one.commit({ rows: [row('a')], state: state(), removeBefore: null })
  await expect(two.commit({ rows: [], state: state(), removeBefore: null })).rejects.toMatchObject({
    code: 'store_taken',
  })
})

it('a file that is something else is refused, and not changed', async () => {
  const path = pathOfFile()
  writeFileSync(path, 'something else\n')
  await expect(new FileStore(path).load()).rejects.toMatchObject({ code: 'store_invalid' })
  expect(readFileSync(path, 'utf8')).toBe('something else\n')
})

it('a file that mostly holds replaced rows is written anew, with their rounds', async () => {
  const path = pathOfFile()
  const store = new FileStore(path)
  const rows = Array.from({ length: 1_000 }, (_, n) => row(`sku-${n}`))
  await store.commit({ rows: [row('old'), ...rows], state: state(), removeBefore: null })
  const { size } = statSync(path)
  for (let round = 2; round < 14; round += 1) await store.commit({ rows, state: state({ round }), removeBefore: null })
  expect(statSync(path).size).toBeLessThan(6 * size)
  await store.commit({ rows: [row('sku-1', '9')], state: state({ round: 13 }), removeBefore: null })
  const again = new FileStore(path)
  expect(await again.load()).toEqual(state({ round: 13 }))
  expect(again.rows()).toHaveLength(1_001)
  expect(again.get('sku-1')?.data).toEqual({ total: '9' })
  await again.commit({ rows: [], state: state({ round: 13 }), removeBefore: 2 })
  expect(again.get('old')).toBeUndefined()
  expect(again.rows()).toHaveLength(1_000)
})
