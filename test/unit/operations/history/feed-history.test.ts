import { expect, it } from 'vitest'
import { encodeConnection } from '../../../../src/configuration/stored-form.ts'
import { CONNECTIONS } from '../../../../src/configuration/tables.ts'
import { decimal8 } from '../../../../src/events/decimal.ts'
import { type FeedHistory, feedHistory, type RowChange } from '../../../../src/operations/history/feed-history.ts'
import { MOST_LOOKED_AT } from '../../../../src/operations/history/key-records.ts'
import { everything } from '../../../../src/operations/principal.ts'
import { partitionOfKey } from '../../../../src/platform/kafka/partition-of-key.ts'
import { addPairs } from '../../../../src/projections/feed-table.ts'
import { feeds } from '../../../../src/projections/feeds.ts'
import { inventoryFeed } from '../../../../src/projections/inventory-feed.ts'
import { connectionWith } from '../../../data/configuration.ts'
import { imagesChanged, inventoryChanged, productsChanged } from '../../../data/feed-events.ts'
import { memoryCodec } from '../../../memory/codec.ts'
import { memoryTables } from '../../../memory/tables.ts'
import { apiTestTables } from '../../../worlds/api-fixture.ts'
import { topicsInMemory } from '../../../worlds/universal-topics.ts'

const by = everything({ kind: 'cli', name: null })
const head = { connection: 'c', source: 'erp', sku: 'A-1' }

async function world(partitions = 4, sources = ['erp']) {
  const tables = memoryTables(apiTestTables)
  for (const feed of feeds) {
    const pairs = sources.map((source) => `c|${source}`)
    if (pairs.length > 0) await addPairs(tables, feed, pairs)
  }
  const topics = topicsInMemory(memoryCodec(), partitions)
  const deps = { tables, feeds, clock: { now: () => 0 }, ...topics.deps }
  const ask = (more: Partial<Parameters<typeof feedHistory>[2]> = {}) =>
    feedHistory(deps, by, { connection: 'c', key: 'A-1', feed: null, since: null, limit: 50, after: null, ...more })
  return { ...topics, tables, ask }
}

const brief = ({ feed, changes }: RowChange) => [
  feed,
  changes?.map(({ field, before, after }) => [field, before, after]) ?? null,
]

async function allPages(ask: (more: { after: string | null }) => Promise<FeedHistory>) {
  const pages: FeedHistory[] = []
  for (let after: string | null = null, more = true; more; more = after !== null) {
    const page: FeedHistory = await ask({ after })
    pages.push(page)
    after = page.next
  }
  return pages
}

it('is what changed in each feed, field by field, the newest first', async () => {
  const { append, ask } = await world()
  append(1_000, productsChanged(head, { name: 'Jacket' }))
  append(2_000, inventoryChanged({ ...head, readAt: 1 }, '3'))
  append(3_000, inventoryChanged({ ...head, sku: 'B-1' }, '9'))
  append(4_000, imagesChanged(head, 'https://img.example/a.jpg'))
  append(5_000, inventoryChanged({ ...head, readAt: 2, taskId: 'run-2' }, '0'))
  append(6_000, productsChanged({ ...head, readAt: 3_000, mappingRevision: 2 }, { name: 'Jacket', color: 'Red' }))
  const { items, looked_back_to, next } = await ask()
  expect(items.map(brief)).toEqual([
    ['products', [['color', null, 'Red']]],
    [
      'inventory',
      [
        ['total', '3', '0'],
        ['in_stock', true, false],
        ['locations[main].on_hand', '3', '0'],
        ['locations[main].available', '3', '0'],
      ],
    ],
    [
      'images',
      [
        ['image', null, 'https://img.example/a.jpg'],
        ['gallery[https://img.example/a.jpg].position', null, 1],
        ['gallery[https://img.example/a.jpg].media_type', null, 'image'],
      ],
    ],
    [
      'inventory',
      [
        ['total', null, '3'],
        ['in_stock', null, true],
        ['locations[main].on_hand', null, '3'],
        ['locations[main].available', null, '3'],
      ],
    ],
    ['products', [['name', null, 'Jacket']]],
  ])
  expect(items[1]).toMatchObject({ at: '1970-01-01T00:00:05.000Z', task: 'run-2', source: 'erp', data: { total: '0' } })
  expect(items.map(({ first }) => first)).toEqual([false, false, true, true, true])
  expect([looked_back_to, next]).toEqual([null, null])
  expect((await ask({ feed: 'images' })).items.map(({ feed }) => feed)).toEqual(['images'])
})

it('leaves out what changed nothing, what was redelivered and what is older than the row', async () => {
  const { append, ask } = await world(1)
  append(1_000, inventoryChanged({ ...head, readAt: 10 }, '3'))
  append(2_000, inventoryChanged({ ...head, readAt: 20 }, '5'))
  append(3_000, inventoryChanged({ ...head, readAt: 20 }, '5'))
  append(4_000, inventoryChanged({ ...head, readAt: 10 }, '3'))
  append(5_000, inventoryChanged({ ...head, readAt: 30 }, '5'))
  append(6_000, inventoryChanged({ ...head, readAt: 40, deleted: true }, '5'))
  const { items } = await ask()
  expect(items.map(({ at, deleted }) => [at.slice(17, 19), deleted])).toEqual([
    ['06', true],
    ['02', false],
    ['01', false],
  ])
  expect(items[0]?.changes).toEqual([{ field: 'deleted', before: false, after: true }])
})

it('pages of any size hold each change once, in order, the one that a page ends with too', async () => {
  const { append, ask } = await world(2)
  for (let n = 1; n <= 7; n += 1) {
    append(n * 1_000, inventoryChanged({ ...head, readAt: n }, `${n}`))
    append(n * 1_000 + 1, productsChanged({ ...head, readAt: n }, { name: `N${n}` }))
  }
  const whole = (await ask()).items
  for (const limit of [1, 2, 3, 5]) {
    const pages = await allPages((more) => ask({ ...more, limit }))
    expect(pages.flatMap(({ items }) => items)).toEqual(whole)
    for (const { items, next, looked_back_to } of pages) {
      expect(looked_back_to).toBe(next === null ? null : (items.at(-1)?.at ?? null))
    }
  }
})

it('looks at a bounded number of records, says how far back, and completes what it could not compare', async () => {
  const { append, ask, read } = await world(1)
  append(1_000, inventoryChanged({ ...head, readAt: 1 }, '1'))
  append(2_000, productsChanged({ ...head, readAt: 1 }, { name: 'First' }))
  const other = inventoryChanged({ ...head, sku: 'other' }, '7')
  for (let n = 0; n < MOST_LOOKED_AT + 50; n += 1) append(10_000 + n, other)
  append(90_000, inventoryChanged({ ...head, readAt: 2 }, '2'))
  const first = await ask()
  expect(read.records).toBeLessThanOrEqual(MOST_LOOKED_AT + 10)
  expect(first.items.map(brief)).toEqual([['inventory', null]])
  // Its name may be older than that: it is given with what else is so old.
  expect(first.looked_back_to).toBe(new Date(10_051).toISOString())
  const second = await ask({ after: first.next })
  expect(second.items.map(({ feed, offset, changes }) => [feed, offset, changes?.[0]])).toEqual([
    ['inventory', first.items[0]?.offset, { field: 'total', before: '1', after: '2' }],
    ['products', '0', { field: 'name', before: null, after: 'First' }],
    ['inventory', '0', { field: 'total', before: null, after: '1' }],
  ])
  expect([second.next, second.looked_back_to]).toEqual([null, null])
})

it('says of a change that it was none, once it is known what was before it', async () => {
  const { append, ask } = await world(1)
  append(1_000, inventoryChanged({ ...head, readAt: 1 }, '1'))
  for (let n = 0; n < MOST_LOOKED_AT; n += 1) append(2_000, inventoryChanged({ ...head, sku: 'other' }, '7'))
  append(3_000, inventoryChanged({ ...head, readAt: 2, mappingRevision: 2 }, '1'))
  const first = await ask({ feed: 'inventory' })
  expect(first.items.map(brief)).toEqual([['inventory', null]])
  const second = await ask({ feed: 'inventory', after: first.next })
  expect(second.items.map(({ at, changes }) => [Date.parse(at), changes?.length])).toEqual([
    [3_000, 0],
    [1_000, 4],
  ])
})

it('since a time: the changes from then on and what was before them, of each source', async () => {
  const { append, ask } = await world(3, ['erp', 'shop'])
  for (const source of ['erp', 'shop']) {
    for (let n = 1; n <= 5; n += 1) append(n * 1_000, inventoryChanged({ ...head, source, readAt: n }, `${n}`))
  }
  const { items, next } = await ask({ since: 4_000, feed: 'inventory' })
  expect(items.map(({ source, data }) => [source, data['total']])).toEqual([
    ['erp', '5'],
    ['shop', '5'],
    ['erp', '4'],
    ['shop', '4'],
    ['erp', '3'],
    ['shop', '3'],
  ])
  expect(next).toBeNull()
  expect((await ask({ since: 9_000, feed: 'inventory' })).items.map(({ data }) => data['total'])).toEqual(['5', '5'])
})

it('of a connection that is not configured any more, and has rows in one feed alone', async () => {
  const { append, ask, tables } = await world(1, [])
  await addPairs(tables, inventoryFeed, ['c|erp'])
  append(1_000, inventoryChanged(head, '1'))
  expect((await ask()).items).toHaveLength(1)
})

it('finds a key in the partition that its rows come from, and throws for a connection that is not there', async () => {
  const { append, ask, read } = await world(12)
  append(1_000, inventoryChanged(head, '1'))
  expect((await ask()).items).toHaveLength(1)
  expect([...read.partitions]).toEqual([partitionOfKey('c|erp|A-1', 12)])
  await expect(ask({ connection: 'other' })).rejects.toMatchObject({ code: 'not_found' })
})

it('shows stock as shops read it: the parts of the sum in place of what orders claim', async () => {
  const { append, ask, tables } = await world()
  const sellableStock = { buffer: { fixed: 1 }, reserve: true }
  const document = encodeConnection(connectionWith('c', { vendor: 'erp', sellableStock }))
  await tables.put(CONNECTIONS, { kind: 'connection', id: 'c', document })
  const stock = inventoryChanged({ ...head, readAt: 1 }, '3')
  const claims = (revision: number, open: string, heldUntil: number | null = null) => ({
    ...stock,
    claims: { revision, open: decimal8(open, 'open'), told: [], heldUntil },
  })
  append(1_000, stock)
  append(2_000, claims(1, '1'))
  append(3_000, claims(2, '1', 9_000))
  append(4_000, claims(3, '2'))
  const { items } = await ask()
  expect(items.map(({ changes }) => changes?.map(({ field, before, after }) => [field, before, after]))).toEqual([
    [
      ['total', '1', '0'],
      ['in_stock', true, false],
      ['locations[main].available', '1', '0'],
      ['parts.reserved', '1', '2'],
      ['parts.sellable', '1', '0'],
      ['parts.reason', null, 'buffer'],
    ],
    [
      ['total', '2', '1'],
      ['locations[main].available', '2', '1'],
      ['parts.reserved', '0', '1'],
      ['parts.sellable', '2', '1'],
    ],
    expect.arrayContaining([
      ['parts.on_hand', null, '3'],
      ['parts.buffer', null, '1'],
      ['parts.sellable', null, '2'],
    ]),
  ])
  expect(items.map(({ data }) => 'claims' in data)).toEqual([false, false, false])
})

it('hides what orders claim where the connection does not count it', async () => {
  const { append, ask } = await world()
  const stock = inventoryChanged({ ...head, readAt: 1 }, '3')
  append(1_000, stock)
  append(2_000, { ...stock, claims: { revision: 1, open: decimal8('1', 'open'), told: [], heldUntil: null } })
  const { items } = await ask()
  expect(items.map(({ data }) => data)).toEqual([
    { total: '3', in_stock: true, locations: [{ location: 'main', on_hand: '3', available: '3' }] },
  ])
})
