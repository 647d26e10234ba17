import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { FeedRow } from '../../../clients/typescript/feed-store.ts'
import { type FeedOptions, followFeed } from '../../../clients/typescript/follow-feed.ts'
import { MemoryStore } from '../../../clients/typescript/memory-store.ts'

const row = (sku: string): FeedRow => {
  const times = { updated_at: '2026-01-31T08:00:00.000Z', position: '1' }
  return { connection: 'c', source: 'erp', sku, ...times, deleted: false, data: { total: '1' } }
}

const page =
  (skus: readonly string[], cursor: string, complete: boolean, headers: Record<string, string> = {}) =>
  () =>
    new Response(JSON.stringify({ items: skus.map(row), cursor, complete }), { headers })

const refused =
  (status: number, code: string, headers: Record<string, string> = {}) =>
  () =>
    new Response(JSON.stringify({ code, detail: code }), { status, headers })

type Answer = () => Response | Promise<Response>

interface Asked {
  readonly cursor: string | null
  readonly source: string | null
  readonly etag: string | null
  readonly at: number
}

/** A feed whose API gives these answers, and what it was asked. */
function feedOf(answers: readonly Answer[], over: Partial<Omit<FeedOptions, 'store'>> = {}, store = new MemoryStore()) {
  const asked: Asked[] = []
  const left = [...answers]
  const fetch = async (url: URL | string | Request, init?: RequestInit) => {
    const headers = new Headers(init?.headers)
    const { searchParams } = new URL(url instanceof Request ? url.url : url)
    asked.push({
      cursor: searchParams.get('cursor'),
      source: searchParams.get('source'),
      etag: headers.get('if-none-match'),
      at: Date.now(),
    })
    const answer = left.shift()
    if (answer === undefined) throw new Error('no more answers')
    return await answer()
  }
  const feed = followFeed({ api: 'http://api/', feed: 'inventory', connection: 'c', store, fetch, ...over })
  return { feed, store, asked, cursors: () => asked.map(({ cursor }) => cursor) }
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** Lets every wait end. */
async function settled<T>(promise: Promise<T>): Promise<T> {
  const guarded = promise.then(
    (value) => () => value,
    (error: unknown) => () => {
      throw error
    },
  )
  await vi.runAllTimersAsync()
  return (await guarded)()
}

it('reads page by page, and polls with the tag of the last answer', async () => {
  const { feed, store, asked, cursors } = feedOf([
    page(['a', 'b'], '1', false),
    page(['c'], '2', true, { etag: '"t"' }),
    () => new Response(null, { status: 304 }),
    page(['d'], '3', true),
  ])
  expect(await feed.run()).toEqual({ pages: 2, rows: 3, complete: true })
  expect(await feed.run()).toEqual({ pages: 1, rows: 0, complete: true })
  expect(await feed.run()).toEqual({ pages: 1, rows: 1, complete: true })
  expect(cursors()).toEqual([null, '1', '2', '2'])
  expect(asked.map(({ etag }) => etag)).toEqual([null, null, '"t"', '"t"'])
  expect(store.rows().map(({ sku }) => sku)).toEqual(['a', 'b', 'c', 'd'])
})

it('waits as Retry-After says before it asks for the same page', async () => {
  const inTwoMinutes = new Date(Date.now() + 120_000).toUTCString()
  const { feed, asked, cursors } = feedOf([
    page(['a'], '1', false),
    refused(429, 'too_many_requests', { 'retry-after': '7' }),
    refused(503, 'table_unavailable', { 'retry-after': inTwoMinutes }),
    page([], '1', false, { 'retry-after': '3' }),
    page(['b'], '2', true),
  ])
  expect(await settled(feed.run())).toMatchObject({ rows: 2, complete: true })
  expect(cursors()).toEqual([null, '1', '1', '1', '1'])
  const times = asked.map(({ at }) => at)
  expect((times[2] ?? 0) - (times[1] ?? 0)).toBe(7_000)
  expect((times[3] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(119_000)
  expect((times[4] ?? 0) - (times[3] ?? 0)).toBe(3_000)
})

it.each<[string, Answer]>([
  ['no answer', () => Promise.reject(new TypeError('fetch failed'))],
  ['a body that is cut off', () => new Response('{"items":[],"curs')],
  ['a body shorter than its length', () => new Response('{"items":[]', { headers: { 'content-length': '500' } })],
  ['another page', () => new Response('<html>')],
  ['items that are no rows', () => new Response('{"items":[1],"cursor":"x","complete":true}')],
  ['500', refused(500, 'unexpected')],
])('repeats the request after %s', async (_, broken) => {
  const { feed, store } = feedOf([broken, page(['a'], '1', true)])
  expect(await settled(feed.run())).toMatchObject({ rows: 1, complete: true })
  expect(store.rows()).toHaveLength(1)
})

it('refuses a 304 that it did not ask for', async () => {
  const { feed } = feedOf([() => new Response(null, { status: 304 })])
  await expect(feed.run()).rejects.toMatchObject({ code: 'status_304', transient: false })
})

it('gives up after its attempts, and says when the API wants to be asked again', async () => {
  const { feed, asked } = feedOf([refused(500, 'x'), refused(500, 'x'), refused(500, 'x')], { retry: { attempts: 3 } })
  await expect(settled(feed.run())).rejects.toMatchObject({ code: 'x', status: 500, transient: true })
  expect(asked).toHaveLength(3)
  const busy = feedOf([refused(429, 'too_many_requests', { 'retry-after': '3600' })])
  await expect(busy.feed.run()).rejects.toMatchObject({ code: 'too_many_requests', retryAfterMs: 3_600_000 })
})

it('does not repeat what the API refuses', async () => {
  const { feed, asked } = feedOf([refused(401, 'unauthorized')])
  await expect(feed.run()).rejects.toMatchObject({ code: 'unauthorized', status: 401, transient: false })
  expect(asked).toHaveLength(1)
})

it('reads in full after an expired cursor, and removes what is gone at the end of that', async () => {
  const { feed, store, cursors } = feedOf([
    page(['a', 'gone'], '1', true),
    refused(410, 'cursor_expired'),
    page(['a'], '2', false),
    page(['b'], '3', true),
  ])
  await feed.run()
  const held: number[] = []
  for await (const { full } of feed.pages()) {
    expect(full).toBe(true)
    held.push(store.rows().length)
  }
  expect(held).toEqual([2, 2])
  expect(store.rows().map(({ sku }) => sku)).toEqual(['a', 'b'])
  expect(cursors()).toEqual([null, '1', null, '2'])
})

it('throws an expired cursor where it is to, and reads in full when it is asked to', async () => {
  const { feed, store, cursors } = feedOf(
    [page(['a', 'gone'], '1', true), refused(410, 'cursor_expired'), page(['a'], '2', true)],
    { onExpired: 'throw' },
  )
  await feed.run()
  await expect(feed.run()).rejects.toMatchObject({ code: 'cursor_expired' })
  expect(store.rows()).toHaveLength(2)
  await feed.readAgain()
  await feed.run()
  expect(store.rows().map(({ sku }) => sku)).toEqual(['a'])
  expect(cursors()).toEqual([null, '1', null])
})

describe('a copy whose options have changed', () => {
  /** A copy of the source `erp`, with a row that no other source has. */
  async function copyOfErp() {
    const { feed, store } = feedOf([page(['a', 'erp only'], '1', true, { etag: '"t"' })], { source: 'erp' })
    await feed.run()
    return store
  }

  it.each<[string, Partial<FeedOptions>]>([
    ['no source', {}],
    ['another source', { source: 'cdn' }],
    ['another connection', { source: 'erp', connection: 'd' }],
    ['another feed', { source: 'erp', feed: 'prices' }],
    ['another API', { source: 'erp', api: 'http://production/' }],
  ])('is read in full with %s, and what is only in the old copy is removed then', async (_, over) => {
    const store = await copyOfErp()
    const { feed, asked } = feedOf([page(['a'], '2', false), page(['b'], '3', true)], over, store)
    expect(await feed.run()).toEqual({ pages: 2, rows: 2, complete: true })
    expect(asked.map(({ cursor, source, etag }) => [cursor, source, etag])).toEqual([
      [null, over.source ?? null, null],
      ['2', over.source ?? null, null],
    ])
    expect(store.rows().map(({ sku }) => sku)).toEqual(['a', 'b'])
  })

  it('is read in full once: the next run continues', async () => {
    const store = await copyOfErp()
    const { feed, cursors } = feedOf([page(['a'], '2', false), page([], '3', true)], {}, store)
    await feed.run({ maxPages: 1 })
    await feed.run()
    expect(cursors()).toEqual([null, '2'])
  })

  it('continues where the API is only spelled otherwise, or the pages have another size', async () => {
    const store = await copyOfErp()
    const { feed, cursors } = feedOf([page([], '1', true)], { source: 'erp', api: 'http://API', limit: 7 }, store)
    await feed.run()
    expect(cursors()).toEqual(['1'])
  })

  it('is an error where a full read needs consent', async () => {
    const store = await copyOfErp()
    const { feed, cursors } = feedOf([page(['a'], '2', true)], { onExpired: 'throw' }, store)
    await expect(feed.run()).rejects.toMatchObject({ code: 'cursor_expired', status: null })
    expect(store.rows()).toHaveLength(2)
    await feed.readAgain()
    await feed.run()
    expect(cursors()).toEqual([null])
    expect(store.rows().map(({ sku }) => sku)).toEqual(['a'])
  })
})

it('continues with the state of an earlier version, which does not say what it is of', async () => {
  const { feed, store, cursors } = feedOf([page(['b'], '2', true), page([], '2', true)])
  const state = { cursor: '1', etag: null, complete: true, round: 1, full: false }
  await store.commit({ rows: [row('a')], state, removeBefore: null })
  await feed.run()
  await feed.run()
  expect(cursors()).toEqual(['1', '2'])
  const other = feedOf([page([], '3', true)], { source: 'erp' }, store)
  await other.feed.run()
  expect(other.cursors()).toEqual([null])
})

it('ends at its bounds, and continues with the next run', async () => {
  const { feed, cursors } = feedOf([page(['a'], '1', false), page(['b'], '2', false), page(['c'], '3', true)])
  expect(await feed.run({ maxPages: 2 })).toEqual({ pages: 2, rows: 2, complete: false })
  expect(await feed.run({ maxPages: 2 })).toEqual({ pages: 1, rows: 1, complete: true })
  expect(cursors()).toEqual([null, '1', '2'])
  const idle = feedOf([page([], '1', false, { 'retry-after': '60' })])
  expect(await idle.feed.run({ maxMs: 30_000 })).toEqual({ pages: 1, rows: 0, complete: false })
})

it('says of a page without rows how long it waits, so that its user may end the run', async () => {
  const { feed, cursors } = feedOf([
    page(['a'], '1', false),
    page([], '2', false, { 'retry-after': '0' }),
    page([], '3', false, { 'retry-after': '7' }),
    page([], '4', false),
    page([], '5', true),
  ])
  const waits: number[] = []
  const run = async () => {
    for await (const { waitMs } of feed.pages()) waits.push(waitMs)
  }
  await settled(run())
  expect(waits).toEqual([0, 0, 7_000, 1_000, 0])
  expect(cursors()).toEqual([null, '1', '2', '3', '4'])
})

it('ends at once when it is aborted, also while it waits', async () => {
  const controller = new AbortController()
  const { feed, store } = feedOf([page(['a'], '1', false), refused(503, 'x', { 'retry-after': '100' })])
  const run = feed.run({ signal: controller.signal })
  const rejected = expect(run).rejects.toThrow('stop it')
  await vi.advanceTimersByTimeAsync(1_000)
  controller.abort(new Error('stop it'))
  await rejected
  expect(await store.load()).toMatchObject({ cursor: '1' })
})
