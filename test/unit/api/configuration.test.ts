import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { applyConfiguration } from '../../../src/configuration/apply-configuration.ts'
import { loadConfiguration } from '../../../src/configuration/load-configuration.ts'
import { readConfiguration } from '../../../src/configuration/read-configuration.ts'
import { CONFIGURATION_CHANGES } from '../../../src/configuration/tables.ts'
import type { Tables } from '../../../src/platform/dynamodb/tables.ts'
import { systemTypes } from '../../../src/systems/systems.ts'
import { memoryTables } from '../../memory/tables.ts'
import { apiFixture, apiTestTables } from '../../worlds/api-fixture.ts'

const shop = {
  type: 'magento2',
  address: 'https://shop.example.com',
  secrets: { bearer: 'env:SHOP_TOKEN' },
  reads: [{ entity: 'orders', startFrom: '2026-01-01T00:00:00Z' }],
}
const erp = {
  type: 'netsuite',
  address: 'https://erp.example',
  secrets: { consumerKey: 'env:A', consumerSecret: 'env:B', tokenId: 'env:C', tokenSecret: 'file:/run/secrets/d' },
  settings: { account: '1' },
  reads: [{ entity: 'products', schedule: '0 * * * *' }],
}
const connection = {
  shop: 'shop',
  vendor: 'erp',
  reads: ['shop.orders.all', 'erp.products.all'],
  ownership: { skuPattern: '^A-' },
}
const metadata = { attributes: [{ attribute: 'name', from: 'name', required: true }] }

async function configured(tables?: Tables) {
  const api = apiFixture({}, tables)
  const by = { 'x-actor': 'ann' }
  expect((await api.send('PUT', '/v1/systems/shop', shop, by)).status).toBe(201)
  expect((await api.send('PUT', '/v1/systems/erp', erp, by)).status).toBe(201)
  expect((await api.send('PUT', '/v1/connections/c/metadata', metadata, by)).status).toBe(201)
  expect((await api.send('PUT', '/v1/connections/c', connection, by)).status).toBe(201)
  return api
}

it('configures a connection, document by document', async () => {
  const api = await configured()
  const { systems, connections, metadata: stored, revision } = await readConfiguration(api.tables)
  expect(systems.map(({ id }) => id)).toEqual(['erp', 'shop'])
  expect(connections).toMatchObject([{ id: 'c', shop: 'shop', orderStates: ['processing'], revision: 1 }])
  expect(stored).toMatchObject([{ connection: 'c' }])
  expect(revision).toBe(4)
  const { json, headers } = await api.get('/v1/systems/erp')
  expect(headers['etag']).toBe('"1"')
  expect(json.document).toMatchObject({ kind: 'system', id: 'erp', secrets: { tokenSecret: 'file:/run/secrets/d' } })
  expect((await api.get('/v1/systems')).json.items.map(({ id }: { id: string }) => id)).toEqual(['erp', 'shop'])
  expect((await api.get('/v1/connections/x')).json).toMatchObject({ status: 404, code: 'not_found' })
})

it('takes what it gave, and changes nothing by it', async () => {
  const api = await configured()
  for (const path of ['/v1/systems/shop', '/v1/systems/erp', '/v1/connections/c', '/v1/connections/c/metadata']) {
    const { json } = await api.get(path)
    const again = await api.send('PUT', path, json.document)
    expect(again).toMatchObject({ status: 200, json: { changed: false, revision: json.revision } })
  }
  expect((await readConfiguration(api.tables)).connections[0]?.revision).toBe(1)
})

it('takes what a folder was applied from', async () => {
  const api = apiFixture()
  const folder = fileURLToPath(new URL('../../../config/demo', import.meta.url))
  const addresses = ['MAGENTO', 'NETSUITE', 'IMAGES'].map((name) => [`DEMO_${name}_URL`, 'https://x.example'])
  const environment = { DEMO_VENDOR_PATTERN: '^WLD-', ...Object.fromEntries(addresses) }
  await applyConfiguration(api.tables, await loadConfiguration(folder, environment, systemTypes))
  for (const path of ['/v1/systems/magento', '/v1/systems/images', '/v1/connections/magento-netsuite']) {
    const { json } = await api.get(path)
    expect(await api.send('PUT', path, json.document)).toMatchObject({ status: 200, json: { changed: false } })
  }
})

it('tries a document: what would be stored, and all that would refuse it, without writing', async () => {
  const api = await configured()
  const changed = { ...connection, orderStates: ['new'] }
  const before = (await api.get('/v1/configuration/changes')).json.items.length
  const tried = await api.send('PUT', '/v1/connections/c?dryRun=true', changed, { 'if-match': '"1"' })
  expect(tried).toMatchObject({ status: 200, json: { revision: 1, changed: true, dry_run: true } })
  expect(tried.json.document).toMatchObject({ orderStates: ['new'], vendor: 'erp' })
  const same = await api.send('PUT', '/v1/connections/c?dryRun=true', connection)
  expect(same.json).toMatchObject({ revision: 1, changed: false })
  const other = await api.send('PUT', '/v1/connections/c?dryRun=true', changed, { 'if-match': '"7"' })
  expect(other.json).toMatchObject({ status: 412, code: 'revision_differs' })
  const wrong = await api.send('PUT', '/v1/systems/erp?dryRun=true', { ...erp, zone: 7, colour: 'red' })
  expect(wrong.json.errors.map(({ field }: { field: string }) => field).toSorted()).toEqual(['colour', 'zone'])
  const second = { ...connection, reads: ['shop.orders.all'], ownership: { skuPattern: '^B-' } }
  const none = await api.send('PUT', '/v1/connections/new?dryRun=true', second)
  expect(none.json).toMatchObject({ revision: 0, changed: true })
  expect((await api.get('/v1/connections/new')).status).toBe(404)
  expect((await api.get('/v1/connections/c')).json).toMatchObject({ revision: 1 })
  expect((await api.get('/v1/configuration/changes')).json.items.length).toBe(before)
})

it('reverts: what a change had before it is a document that can be put again', async () => {
  const api = await configured()
  const was = (await api.get('/v1/systems/erp')).json.document
  await api.send('PUT', '/v1/systems/erp', { ...erp, zone: 'Europe/Berlin', settings: { account: '2' } })
  const { items } = (await api.get('/v1/configuration/changes?kind=system&id=erp')).json
  expect(items[0].before).toEqual(was)
  const back = await api.send('PUT', '/v1/systems/erp?reason=back', items[0].before, { 'if-match': '"2"' })
  expect(back).toMatchObject({ status: 200, json: { revision: 3, changed: true, document: was } })
})

it('has the schema that forms are made from: of every document, with the settings of each type of system', async () => {
  const { status, json } = await apiFixture().get('/v1/configuration/schema')
  expect(status).toBe(200)
  expect(json.definitions.connection.properties.shop.description).toBe('id of the shop system')
  expect(json.definitions.system.properties.type.enum).toContain('netsuite')
})

it('tells every mistake at once, without the values', async () => {
  const api = await configured()
  const { status, json } = await api.send('PUT', '/v1/systems/erp', {
    ...erp,
    secrets: { consumerKey: 'hunter2', consumerSecret: 'env:B', tokenId: 'env:C', tokenSecret: 'env:D' },
    zone: 7,
    colour: 'red',
  })
  expect([status, json.code]).toEqual([400, 'request_invalid'])
  expect(json.errors.map(({ field }: { field: string }) => field).toSorted()).toEqual([
    'colour',
    'secrets.consumerKey',
    'zone',
  ])
  expect(JSON.stringify(json)).not.toContain('hunter2')
  const gone = await api.send('PUT', '/v1/systems/erp', {
    ...erp,
    reads: [{ entity: 'inventory', zone: 'Mars/North' }],
  })
  expect(gone.json.errors).toEqual([
    { field: 'connection c: reads[1]', message: expect.stringContaining('is not a configured read') },
    { field: 'reads[0].zone', message: expect.stringContaining('IANA') },
  ])
  expect((await api.send('PUT', '/v1/systems/erp', { ...erp, id: 'other' })).json.field).toBe('id')
  expect((await api.send('PUT', '/v1/systems/erp', [])).status).toBe(400)
})

it('keeps why a document was changed', async () => {
  const api = await configured()
  api.clock.time += 1000
  const changed = { ...connection, orderStates: ['new'] }
  const put = (query: string) => api.send('PUT', `/v1/connections/c${query}`, changed, { 'if-match': '"1"' })
  expect((await put('?why=x')).json).toMatchObject({ status: 400, field: 'why' })
  expect((await put(`?reason=${encodeURIComponent('für Ann')}`)).status).toBe(200)
  const { json } = await api.get('/v1/configuration/changes?limit=1')
  expect(json.items).toMatchObject([{ id: 'c', revision: 2, reason: 'für Ann' }])
})

it('changes a document only on the revision that was read', async () => {
  const api = await configured()
  const changed = { ...connection, orderStates: ['new'] }
  const put = (match: Record<string, string>) => api.send('PUT', '/v1/connections/c', changed, match)
  expect((await put({ 'if-match': '"7"' })).json).toMatchObject({ status: 412, code: 'revision_differs' })
  expect((await put({ 'if-none-match': '*' })).status).toBe(412)
  expect((await put({ 'if-match': 'seven' })).json).toMatchObject({ status: 400, field: 'if-match' })
  const done = await put({ 'if-match': '"1"' })
  expect([done.status, done.headers.etag]).toEqual([200, '"2"'])
  const both = await Promise.all(
    ['processing', 'complete'].map((state) =>
      api.send('PUT', '/v1/connections/c', { ...connection, orderStates: [state] }, { 'if-match': '"2"' }),
    ),
  )
  expect(both.map(({ status }) => status).toSorted()).toEqual([200, 412])
})

it('keeps who changed what, also of a writer that ended before it could say so', async () => {
  const inner = memoryTables(apiTestTables)
  let lost = 0
  const tables: Tables = {
    ...inner,
    put: async (name, item, condition) => {
      if (name === CONFIGURATION_CHANGES && item['revision'] === 2 && lost > 0) {
        lost -= 1
        throw new Error('cut off')
      }
      return await inner.put(name, item, condition)
    },
  }
  const api = await configured(tables)
  api.clock.time += 1000
  lost = 1
  const wanted = { ...connection, orderStates: ['new'] }
  expect((await api.send('PUT', '/v1/connections/c', wanted, { 'x-actor': 'ben' })).status).toBe(500)
  const { json } = await api.get('/v1/configuration/changes?limit=2')
  expect(json.items).toMatchObject([
    {
      by: 'ben',
      kind: 'connection',
      id: 'c',
      revision: 2,
      before: { orderStates: ['processing'] },
      after: { orderStates: ['new'] },
    },
    { by: 'ann' },
  ])
  const rest = (await api.get(`/v1/configuration/changes?limit=2&cursor=${json.cursor}`)).json
  expect(rest.items).toHaveLength(2)
  expect((await api.get('/v1/configuration/changes?kind=system&id=erp')).json.items).toHaveLength(1)
  expect((await api.get(`/v1/configuration/changes?kind=system&cursor=${json.cursor}`)).json.code).toBe(
    'cursor_invalid',
  )
  // The same again completes what was cut off.
  const before = (await readConfiguration(api.tables)).revision
  expect((await api.send('PUT', '/v1/connections/c', wanted)).json.changed).toBe(false)
  expect((await readConfiguration(api.tables)).revision).toBe(before + 1)
})

it('removes what nobody needs, and goes on with its revisions', async () => {
  const api = await configured()
  const refused = await api.send('DELETE', '/v1/systems/erp')
  expect(refused.json).toMatchObject({ status: 409, code: 'state_conflict', errors: [{}, {}] })
  expect((await api.send('DELETE', '/v1/connections/c', undefined, { 'if-match': '"9"' })).status).toBe(412)
  const asked = await api.send('DELETE', '/v1/connections/c')
  expect([asked.status, asked.json.code, asked.json.field]).toEqual([409, 'confirmation_needed', 'confirm'])
  expect((await api.send('DELETE', '/v1/connections/c?confirm=true')).status).toBe(204)
  expect((await api.send('DELETE', '/v1/connections/c')).status).toBe(404)
  expect((await api.get('/v1/connections/c/metadata')).status).toBe(404)
  expect(await readConfiguration(api.tables)).toMatchObject({ connections: [], metadata: [] })
  api.clock.time += 1000
  await api.send('PUT', '/v1/connections/c/metadata', metadata)
  expect((await api.send('PUT', '/v1/connections/c', connection)).json.revision).toBe(3)
  const { json } = await api.get('/v1/configuration/changes?kind=connection')
  expect(json.items.map((one: { after: unknown }) => one.after === null)).toEqual([false, true, false])
})
