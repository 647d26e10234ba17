import { expect, it } from 'vitest'
import { inventoryFeed } from '../../../src/projections/inventory-feed.ts'
import { beginGeneration } from '../../../src/projections/rebuild/generations.ts'
import { REBUILDS } from '../../../src/projections/rebuild/rebuild.ts'
import { inventoryChanged } from '../../data/feed-events.ts'
import { apiFixture } from '../../worlds/api-fixture.ts'

const TABLE = 'universal_products-inventory'

it('takes one rebuild of a table at a time, and drops it', async () => {
  const { get, post, app } = apiFixture()
  const asked = await post('/v1/rebuilds', { table: 'inventory', by: 'ann', reason: 'check' })
  expect(asked).toMatchObject({ status: 202, json: { state: 'due', table: TABLE, by: 'ann', generation: null } })
  const other = await post('/v1/rebuilds', { table: TABLE })
  expect(other).toMatchObject({ status: 409, json: { code: 'state_conflict', field: 'table' } })
  expect((await get('/v1/rebuilds')).json.items).toEqual([asked.json])
  const one = `/v1/rebuilds/${asked.json.id}`
  expect((await get(one)).json).toEqual(asked.json)
  expect(await post(`${one}/switch`)).toMatchObject({ status: 409, json: { code: 'state_conflict' } })
  const drop = async (query: string) => (await app.inject({ method: 'DELETE', url: `${one}${query}` })).json()
  expect(await drop('')).toMatchObject({ status: 409, code: 'confirmation_needed' })
  expect((await get(one)).json.state).toBe('due')
  expect(await drop('?confirm=true')).toMatchObject({ state: 'dropping' })
  // What was dropped already has nothing left to ask for.
  expect(await drop('')).toMatchObject({ state: 'dropping' })
  expect((await post('/v1/rebuilds', { table: TABLE })).status).toBe(202)
})

it('switches in one step; cursors of the generation before are expired', async () => {
  const { get, post, configure, project, tables, idle } = apiFixture()
  await configure('shop-vendor')
  await project(0, inventoryChanged({ sku: 'A' }, '1'))
  await idle()
  const feed = '/v1/feeds/inventory?connection=shop-vendor'
  const { cursor, items } = (await get(feed)).json
  const { id } = (await post('/v1/rebuilds', { table: 'inventory' })).json
  const generation = await beginGeneration(tables, inventoryFeed, { table: TABLE, id }, async () => undefined)
  await tables.update(REBUILDS, { shelf: 'all', id }, { set: { state: 'ready', generation, live_generation: 1 } })
  const [row] = (await Array.fromAsync(tables.scan(TABLE))).flat().filter(({ pk }) => pk !== 'meta')
  await tables.put(TABLE, { ...row, pk: String(row?.['pk']).replace('1#', '2#') })
  await tables.update(TABLE, { pk: 'meta', sku: 'meta' }, { set: { g2_s0_position: row?.['position'] } })
  expect(await post(`/v1/rebuilds/${id}/switch`)).toMatchObject({ status: 409, json: { code: 'confirmation_needed' } })
  const confirmed = await post(`/v1/rebuilds/${id}/switch`, { confirm: true })
  expect(confirmed.json).toMatchObject({ state: 'switched', generation: 2 })
  expect(await get(`${feed}&cursor=${cursor}`)).toMatchObject({ status: 410, json: { code: 'cursor_expired' } })
  expect((await get(feed)).json.items).toEqual(items)
})

it('undoes a switch in one step: readers have the rows from before again, and old cursors go on', async () => {
  const { get, post, configure, project, tables, idle, clock } = apiFixture()
  await configure('shop-vendor')
  await project(0, inventoryChanged({ sku: 'A' }, '1'))
  await idle()
  const feed = '/v1/feeds/inventory?connection=shop-vendor'
  const { cursor, items } = (await get(feed)).json
  const { id } = (await post('/v1/rebuilds', { table: 'inventory' })).json
  const undo = `/v1/rebuilds/${id}/undo`
  expect(await post(undo, { confirm: true })).toMatchObject({ status: 409, json: { code: 'state_conflict' } })
  const generation = await beginGeneration(tables, inventoryFeed, { table: TABLE, id }, async () => undefined)
  const difference = {
    rows_live: 1,
    rows_rebuilt: 0,
    only_live: 1,
    only_rebuilt: 0,
    differing: 0,
    fields: {},
    samples: [],
  }
  await tables.update(
    REBUILDS,
    { shelf: 'all', id },
    { set: { state: 'ready', generation, live_generation: 1, difference } },
  )
  const { json } = await post(`/v1/rebuilds/${id}/switch`, { confirm: true })
  expect(json.undo_until).toBe(new Date(clock.time + 24 * 3_600_000).toISOString())
  expect(await get(`${feed}&cursor=${cursor}`)).toMatchObject({ status: 410 })
  const empty = (await get(feed)).json
  expect(empty.items).toEqual([])
  // What comes meanwhile is in both.
  await project(0, inventoryChanged({ sku: 'B' }, '2'))
  const asked = await post(undo)
  expect(asked).toMatchObject({ status: 409, json: { code: 'confirmation_needed' } })
  expect(asked.json.detail).toContain('rows that come: 1')
  expect((await post(undo, { confirm: true })).json).toMatchObject({ state: 'ready', undo_until: null })
  expect((await get(`${feed}&cursor=${cursor}`)).json.items.map(({ sku }: { sku: string }) => sku)).toEqual(['B'])
  expect((await get(feed)).json.items.slice(0, 1)).toEqual(items)
  if (empty.cursor !== null) expect((await get(`${feed}&cursor=${empty.cursor}`)).status).toBe(410)
  const { items: trail } = (await get('/v1/audit')).json
  expect(trail.map(({ what }: { what: string }) => what)).toEqual(
    expect.arrayContaining(['rebuild.undo', 'rebuild.switch']),
  )
})

it('shows what would change, with the values of both', async () => {
  const { get, post, tables } = apiFixture()
  const { id } = (await post('/v1/rebuilds', { table: 'products' })).json
  const fields = { 'data.color': { live: 'red', rebuilt: null }, deleted: { live: false, rebuilt: true } }
  const difference = {
    rows_live: 2,
    rows_rebuilt: 1,
    only_live: 1,
    only_rebuilt: 0,
    differing: 1,
    fields: { 'data.color': 1, deleted: 1 },
    samples: [{ connection: 'c', source: 's', sku: 'A', kind: 'differs', fields }],
  }
  await tables.update(REBUILDS, { shelf: 'all', id }, { set: { state: 'ready', difference } })
  expect((await get(`/v1/rebuilds/${id}`)).json.difference).toEqual(difference)
})

it('names what is wrong', async () => {
  const { post, get } = apiFixture()
  const wrong = await post('/v1/rebuilds', { table: 'orders' })
  expect(wrong).toMatchObject({ status: 400, json: { code: 'request_invalid', field: 'table' } })
  expect((await get('/v1/rebuilds/none')).status).toBe(404)
  const preview = (await post('/v1/rebuilds', { table: 'images', preview: true })).json
  expect(preview).toMatchObject({ topic: 'universal-images', events: 0, live_generation: 1, next_generation: 2 })
})
