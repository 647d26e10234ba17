import { describe, expect, it } from 'vitest'
import { SYNC_CONTROL } from '../../../src/control/tables.ts'
import { staleData } from '../../../src/operations/stale-stock.ts'
import { agingFeed, FEED, MINUTE_MS, READ, rows } from '../../worlds/aging-feed.ts'

describe('the time as of which a row is', () => {
  it('is when its source was last read in full, though the row did not change', async () => {
    const { api, readNow, poll } = await agingFeed()
    const first = await poll()
    expect(first.items[0]).toMatchObject({ sku: 'A', as_of: '2026-01-31T08:00:00.000Z' })
    api.clock.time += 10 * MINUTE_MS
    await readNow()
    const { json } = await api.get(FEED)
    expect(json.items.map(({ sku, as_of }: { sku: string; as_of: string }) => [sku, as_of])).toEqual([
      ['A', '2026-01-31T08:10:00.000Z'],
      ['F', '2026-01-31T08:00:00.000Z'],
    ])
    expect(json.items[0].updated_at).toBe('2026-01-31T08:00:00.000Z')
  })

  it('is said of the whole feed with each answer: the oldest of its sources, also where nothing is new', async () => {
    const { api, readNow, poll } = await agingFeed()
    await poll()
    api.clock.time += 2 * MINUTE_MS
    await readNow()
    await api.idle()
    const idle = await poll()
    expect([idle.items, idle.asOf]).toEqual([[], '2026-01-31T08:00:00.000Z'])
    expect((await poll('')).asOf).toBe('2026-01-31T08:00:00.000Z')
    expect((await api.get(`${FEED}&source=vendor`)).headers['as-of']).toBe('2026-01-31T08:02:00.000Z')
    const again = await api.get(`${FEED}&source=files`, { 'if-none-match': '*' })
    expect([again.status, again.headers['as-of']]).toEqual([304, '2026-01-31T08:00:00.000Z'])
  })

  it('is not known of a source that was never read in full, that no read is of, or of one of whose reads is not', async () => {
    const { api } = await agingFeed(undefined, [READ, 'vendor.inventory.outlet'])
    const { json, headers } = await api.get(FEED)
    expect(json.items.map(({ as_of }: { as_of: null }) => as_of)).toEqual([null, null])
    expect(headers['as-of']).toBeUndefined()
  })

  it('is no later than what was read, where a cut date was set by hand', async () => {
    const { api, readNow } = await agingFeed()
    const change = { at: '', by: 'ann', reason: 'skip', revision: 7, before: '2026-01-30T00:00:00.000Z', after: null }
    await readNow(READ, { revision: 7, cut_date_change: change })
    expect((await api.get(FEED)).json.items[0].as_of).toBe('2026-01-30T00:00:00.000Z')
    const back = { at: '', by: 'ann', reason: 'again', revision: 7, before: '2026-01-30T00:00:00.000Z', after: null }
    await api.tables.update(
      SYNC_CONTROL,
      { read: READ },
      { set: { cut_date: '2026-01-01T00:00:00.000Z', cut_date_change: back } },
    )
    expect((await api.get(FEED)).json.items[0].as_of).toBe('2026-01-30T00:00:00.000Z')
    await readNow(READ, { revision: 8 })
    expect((await api.get(FEED)).json.items[0].as_of).toBe('2026-01-31T08:00:00.000Z')
  })
})

describe('stock whose source was not read for longer than the connection allows', () => {
  it.each([
    ['keep', undefined, 'A 5 true'],
    ['hold', undefined, 'A 5 false'],
    ['buffer', 2, 'A 2 true'],
    ['zero', undefined, 'A 0 false'],
  ] as const)('is served by the policy %s, with the reason', async (name, buffer, expected) => {
    const { api, pass } = await agingFeed({ policy: name, ...(buffer === undefined ? {} : { buffer }) })
    await pass(31)
    const { json } = await api.get(FEED)
    expect(rows(json.items)).toEqual([expected, 'F 5 true'])
    expect(json.items[0].stale).toEqual({
      policy: name,
      reason: 'vendor was last read in full at 2026-01-31T08:00:00.000Z, more than 30 minutes ago',
    })
    expect(json.items[1]).not.toHaveProperty('stale')
    expect((await api.get('/v1/feeds/inventory/items/A?connection=shop-vendor')).json.items).toEqual([json.items[0]])
    const few = (await api.get(`${FEED}&fields=total`)).json.items[0]
    expect(Object.keys(few)).toEqual(['source', 'sku', 'deleted', 'data', 'stale'])
  })

  it('stays as the policy says where its age is not known: a cut date is set to nothing, or a second read is new', async () => {
    const { api, pass, configure, connection } = await agingFeed({ policy: 'zero' })
    await pass(31)
    const change = { at: '', by: 'ann', reason: 'anew', revision: 7, before: '2026-01-31T08:00:00.000Z', after: null }
    await api.tables.update(
      SYNC_CONTROL,
      { read: READ },
      { set: { revision: 7, cut_date_change: change }, remove: ['cut_date'] },
    )
    expect(rows((await api.get(FEED)).json.items)).toEqual(['A 0 false', 'F 5 true'])
    await configure({ ...connection, reads: [...connection.reads, 'vendor.inventory.outlet'] })
    expect(rows((await api.get(FEED)).json.items)).toEqual(['A 0 false', 'F 5 true'])
  })

  it('comes again to a reader who has it, and once more when the source is read again', async () => {
    const { poll, pass, readNow } = await agingFeed({ policy: 'zero' })
    expect(rows((await poll()).items)).toEqual(['A 5 true', 'F 5 true'])
    await pass(30)
    expect((await poll()).items).toEqual([])
    await pass(1)
    expect(rows((await poll()).items)).toEqual(['A 0 false'])
    expect((await poll()).items).toEqual([])
    await pass(60)
    expect((await poll()).items).toEqual([])
    await readNow()
    expect(rows((await poll()).items)).toEqual(['A 5 true'])
    expect((await poll()).items).toEqual([])
  })

  it('comes again page by page, and from the beginning when the source is read meanwhile', async () => {
    const { api, poll, pass, readNow, stock } = await agingFeed({ policy: 'zero' })
    await api.project(0, stock('B'), stock('C'))
    await api.idle()
    expect((await poll()).items).toHaveLength(4)
    await pass(31)
    expect(rows((await poll('&limit=2')).items)).toEqual(['A 0 false', 'B 0 false'])
    await readNow()
    expect(rows((await poll('&limit=2')).items)).toEqual(['A 5 true', 'B 5 true'])
    expect(rows((await poll('&limit=2')).items)).toEqual(['C 5 true'])
    expect((await poll()).items).toEqual([])
  })

  it('comes again when the policy is another', async () => {
    const { poll, pass, configure, connection } = await agingFeed({ policy: 'buffer', buffer: 3 })
    await poll()
    await pass(31)
    expect(rows((await poll()).items)).toEqual(['A 3 true'])
    await configure({ ...connection, staleStock: { afterMinutes: 30, policy: 'buffer', buffer: 1 } })
    expect(rows((await poll()).items)).toEqual(['A 1 true'])
  })

  it('does not come again where it stays as it is, nor into a timeslot that it did not change in', async () => {
    const kept = await agingFeed({ policy: 'keep' })
    await kept.poll()
    await kept.pass(31)
    expect((await kept.poll()).items).toEqual([])
    const { api, pass } = await agingFeed({ policy: 'zero' })
    const slot = `${FEED}&updated_from=2026-01-31T09:00:00Z&updated_to=2026-01-31T10:00:00Z`
    const { cursor } = (await api.get(slot)).json
    await pass(31)
    expect((await api.get(`${slot}&cursor=${cursor}`)).json.items).toEqual([])
  })

  it('is lowered from the locations in their order, and to no more than there was', () => {
    const locations = [
      { location: 'a', on_hand: '3', available: '2.5' },
      { location: 'b', on_hand: '0', available: '-1' },
      { location: 'c', on_hand: '9', available: '9' },
    ]
    const data = { total: '10.5', in_stock: true, locations }
    expect(staleData(data, { afterMinutes: 1, policy: 'buffer', buffer: 4 })).toEqual({
      total: '4',
      in_stock: true,
      locations: [
        { location: 'a', on_hand: '3', available: '2.5' },
        { location: 'b', on_hand: '0', available: '-1' },
        { location: 'c', on_hand: '9', available: '1.5' },
      ],
    })
    const low = { ...data, total: '1', in_stock: false }
    expect(staleData(low, { afterMinutes: 1, policy: 'buffer', buffer: 4 })).toMatchObject({
      total: '1',
      in_stock: false,
    })
  })
})

describe('a reader by time', () => {
  const SLOT_MS = 15 * MINUTE_MS
  const iso = (ms: number) => new Date(ms).toISOString()

  /** A job that reads a slot every quarter of an hour, and keeps the end of the last one. */
  async function slots(policy: 'zero' | 'keep') {
    const feed = await agingFeed({ policy })
    let from = feed.api.clock.time - SLOT_MS
    const next = async () => {
      const to = feed.api.clock.time
      const { json } = await feed.api.get(`${FEED}&source=vendor&updated_from=${iso(from)}&updated_to=${iso(to)}`)
      from = to
      return rows(json.items)
    }
    await feed.pass(15)
    expect(await next()).toEqual(['A 5 true'])
    return { ...feed, next }
  }

  it('gets rows that became stale, though they are older than its slot, and again when they are fresh', async () => {
    const { pass, next, readNow } = await slots('zero')
    await pass(20)
    expect(await next()).toEqual([])
    await pass(15)
    expect(await next()).toEqual(['A 0 false'])
    await pass(15)
    expect(await next()).toEqual([])
    await readNow()
    await pass(15)
    expect(await next()).toEqual([])
    await pass(15)
    expect(await next()).toEqual(['A 5 true'])
  })

  it('gets them once by an open updated_from, with and without a cursor', async () => {
    const { api, pass } = await agingFeed({ policy: 'zero' })
    await pass(10)
    const since = `${FEED}&source=vendor&updated_from=${iso(api.clock.time)}`
    const first = (await api.get(since)).json
    expect(first.items).toEqual([])
    await pass(31)
    const followed = (await api.get(`${since}&cursor=${first.cursor}`)).json
    expect(rows(followed.items)).toEqual(['A 0 false'])
    expect((await api.get(`${since}&cursor=${followed.cursor}`)).json.items).toEqual([])
    expect(rows((await api.get(since)).json.items)).toEqual(['A 0 false'])
    await pass(1)
    const later = `${FEED}&source=vendor&updated_from=${iso(api.clock.time)}`
    expect((await api.get(later)).json.items).toEqual([])
  })

  it('gets nothing more where rows stay as they are', async () => {
    const { pass, next } = await slots('keep')
    await pass(40)
    expect(await next()).toEqual([])
    await pass(15)
    expect(await next()).toEqual([])
  })
})
