import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { applyConfiguration } from '../../../src/configuration/apply-configuration.ts'
import type { Configuration } from '../../../src/configuration/model.ts'
import { ruleWith } from '../../data/configuration.ts'
import { until } from '../../worlds/processes-until.ts'
import { resyncInstallation } from '../../worlds/resync-installation.ts'

const CONNECTION = 'magento-netsuite'
const PRODUCTS = 'netsuite.products.all'

let world: Awaited<ReturnType<typeof resyncInstallation>>
let reader: ReturnType<typeof world.reader>
let items = 0
beforeAll(async () => {
  world = await resyncInstallation('resync', inject('services'))
  await world.sync(PRODUCTS)
  reader = world.reader('products', CONNECTION)
  items = JSON.parse(await (await fetch(`${world.netsuite.url}/_sim/state`)).text()).items.length
  await until('every item is in the feed', async () => {
    await reader.follow()
    return reader.rows.size === items
  })
})
afterAll(() => world.close())

/** The demo's mapping with one attribute more. */
function withOrigin({ metadata, ...rest }: Configuration, origin: string): Configuration {
  const rule = ruleWith('origin', { constant: origin, required: true })
  return { ...rest, metadata: metadata.map((one) => ({ ...one, attributes: [...one.attributes, rule] })) }
}

const changeName = async (sku: string, displayname: string) => {
  const url = `${world.netsuite.url}/_sim/items/${encodeURIComponent(sku)}`
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(url, { method: 'PATCH', headers, body: JSON.stringify({ displayname }) })
  if (!answer.ok) throw new Error(await answer.text())
}

it('(a) a changed mapping reaches every row by a replay, while a reader follows the feed', async () => {
  await applyConfiguration(world.platform.tables, withOrigin(world.configuration, 'Europe'))
  const asked = { topic: 'products', processor: 'map-products', connection: CONNECTION, by: 'test', rate: 2000 }
  expect((await world.request('POST', '/v1/replays', { ...asked, preview: true })).json).toMatchObject({
    events: items,
    keys: items,
    to_send: items,
    connections: { [CONNECTION]: items },
  })
  const { json: replay } = await world.request('POST', '/v1/replays', asked)
  await until('every row has the new mapping', async () => {
    await reader.follow()
    return [...reader.rows.values()].every(({ data }) => data['origin'] === 'Europe')
  })
  expect(reader.rows.size).toBe(items)
  expect(new Set(reader.statuses)).toEqual(new Set([200]))
  const shown = await until('what became of it', async () => {
    const { json } = await world.request('GET', `/v1/replays/${replay.id}`)
    return json.connections[CONNECTION]?.succeeded === items ? json : undefined
  })
  expect(shown).toMatchObject({ selected: items, sent: items, connections: { [CONNECTION]: { succeeded: items } } })
})

it('(b) a rebuilt table is the same at the same positions, and goes on without a gap after the switch', async () => {
  const [first = '', second = ''] = [...reader.rows.values()].map(({ sku }) => sku)
  const { json: asked } = await world.request('POST', '/v1/rebuilds', { table: 'products', by: 'test' })
  const ready = await until('the rebuild is ready', async () => {
    const { json } = await world.request('GET', `/v1/rebuilds/${asked.id}`)
    await reader.follow()
    return json.state === 'ready' ? json : undefined
  })
  const same = { rows_live: items, rows_rebuilt: items, only_live: 0, only_rebuilt: 0, differing: 0 }
  expect(ready.difference).toMatchObject({ ...same, samples: [] })
  const before = new Map(reader.rows)
  await changeName(first, 'changed beside')
  await until('the live table has it', async () => {
    await world.sync(PRODUCTS)
    await reader.follow()
    return reader.rows.get(`netsuite ${first}`)?.data['name'] === 'changed beside'
  })
  const switched = await world.request('POST', `/v1/rebuilds/${asked.id}/switch`, { confirm: true })
  expect(switched).toMatchObject({ status: 200, json: { state: 'switched', generation: 2, live_generation: 1 } })
  await changeName(second, 'changed after')
  await until('the rebuilt table has both', async () => {
    await world.sync(PRODUCTS)
    await reader.follow()
    return reader.rows.get(`netsuite ${second}`)?.data['name'] === 'changed after'
  })
  expect(reader.statuses).toContain(410)
  expect(reader.rows.size).toBe(items)
  for (const [id, row] of reader.rows) {
    // Reads went on meanwhile, and a row says when its source was read.
    if (row.sku !== first && row.sku !== second) expect(row).toEqual({ ...before.get(id), as_of: expect.any(String) })
  }
  expect(reader.rows.get(`netsuite ${first}`)?.data['name']).toBe('changed beside')
})

it('(c) a new connection is fed by a replay alone: the source is not read', async () => {
  const since = new Date().toISOString()
  const [connection] = world.configuration.connections
  const [metadata] = world.configuration.metadata
  if (connection === undefined || metadata === undefined) throw new Error('the demo has a connection')
  const grown = withOrigin(world.configuration, 'Europe')
  const ordersFrom = '2026-06-01T00:00:00Z'
  await applyConfiguration(world.platform.tables, {
    ...grown,
    connections: [connection, { ...connection, id: 'second', ordersFrom }],
    metadata: [...grown.metadata, { ...metadata, connection: 'second' }],
  })
  const other = world.reader('products', 'second')
  await until('the new connection has every item', async () => {
    await other.follow()
    return other.rows.size === items
  })
  for (const [id, { data }] of other.rows) {
    const { origin, ...rest } = reader.rows.get(id)?.data ?? {}
    expect([data, origin]).toEqual([rest, 'Europe'])
  }
  const { json } = await world.request('GET', '/v1/replays')
  const made = (json.items as readonly { trigger: string }[]).filter(({ trigger }) => trigger === 'new-connection')
  expect(made).toMatchObject([{ topic: 'products', connection: 'second', source: 'netsuite' }])
  expect(await (await fetch(`${world.netsuite.url}/_sim/requests?since=${since}`)).json()).toEqual([])
})

it('(d) a backfill reads the source again from a date; what did not change is not published, and the cut date stays', async () => {
  const cutDate = async () => (await world.platform.tables.get('sync_control', { read: PRODUCTS }))?.['cut_date']
  await world.sync(PRODUCTS)
  const before = await cutDate()
  const from = Date.UTC(2000, 0, 1)
  const run = await world.sync(PRODUCTS, { from })
  expect(run).toMatchObject({
    state: 'ended',
    backfill_from: new Date(from).toISOString(),
    read_count: items,
    published: 0,
    unchanged: items,
    unreadable: 0,
    missing: [],
  })
  expect(await cutDate()).toBe(before)
})

it('(e) what is gone at the source is deleted in the feed, unless it is too much at once', async () => {
  const all = [...reader.rows.values()].map(({ sku }) => sku)
  const remove = async (sku: string) => {
    const url = `${world.netsuite.url}/_sim/items/${encodeURIComponent(sku)}`
    expect((await fetch(`${url}?confirm=true`, { method: 'DELETE' })).status).toBe(200)
  }
  const [gone = '', ...rest] = all
  await remove(gone)
  const asked = await world.request('POST', '/v1/sync-requests', { read: PRODUCTS, sweep: 'preview' })
  const preview = await until('what is gone is told', async () => {
    const { json } = await world.request('GET', `/v1/tasks/${asked.json.task}`)
    return json.ended_at === null ? undefined : json
  })
  expect(preview).toMatchObject({ trigger: 'sweep-preview', gone: 1, missing: [gone], published: 0, error: null })
  expect(await world.sync(PRODUCTS, { trigger: 'sweep' })).toMatchObject({
    state: 'ended',
    published: 1,
    missing: [gone],
  })
  const last = reader.rows.get(`netsuite ${gone}`)?.data
  const row = await until('its row is deleted', async () => {
    await reader.follow()
    const found = reader.rows.get(`netsuite ${gone}`)
    return found?.deleted === true ? found : undefined
  })
  expect(row.data).toEqual(last)
  const many = rest.slice(0, Math.ceil(items / 2))
  for (const sku of many) await remove(sku)
  const stopped = await world.sync(PRODUCTS, { trigger: 'sweep' })
  expect(stopped).toMatchObject({ state: 'failed', published: 0, error: { code: 'too_many_gone' } })
  const accepted = await world.sync(PRODUCTS, { trigger: 'sweep-accepted' })
  expect(accepted).toMatchObject({ state: 'ended', published: many.length })
  const made = await fetch(`${world.netsuite.url}/_sim/items`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ itemid: gone, displayname: 'is back' }),
  })
  expect(made.status).toBe(201)
  await until('what comes back is in the feed again', async () => {
    await world.sync(PRODUCTS)
    await reader.follow()
    const back = reader.rows.get(`netsuite ${gone}`)
    return back?.deleted === false && back.data['name'] === 'is back'
  })
  expect([...reader.rows.values()].filter(({ deleted }) => deleted)).toHaveLength(many.length)
})
