import { expect, it } from 'vitest'
import { openSealedText, sealedText } from '../../../src/api/sealed-text.ts'
import { changeRun } from '../../../src/control/runs.ts'
import { applyConfiguration } from '../../../src/operations/configuration.ts'
import { createKey } from '../../../src/operations/keys.ts'
import { everything } from '../../../src/operations/principal.ts'
import { taskStage } from '../../../src/projections/tasks.ts'
import { connectionOf } from '../../data/processor-events.ts'
import { entityResult, statusRecord } from '../../data/sync-status.ts'
import { readOf, uncheckedSystem } from '../../worlds/sources.ts'
import { batchContext } from '../../worlds/stage-context.ts'
import { configurationOf, twoSellers } from '../../worlds/two-sellers.ts'

/*
 * What is of another seller could be read where no row of it was shown: in cursors, which were signed and not sealed; in the
 * readiness of the process; in the task of a read that several connections share; in lists of what there is to name.
 */

const boss = everything({ kind: 'cli', name: 'boss' })
const scopes = ['feeds:read', 'observe', 'operate', 'configure'] as const

/** Two sellers; `birch` has an ERP of its own with a read for each of two sellers, and `alder` joined the first. */
async function world() {
  const api = await twoSellers(['alder', 'birch'], { heldBack: () => ['map-products of birch-erp'] })
  const { systems, connections, ...rest } = configurationOf(['alder', 'birch'])
  const reads = [readOf('birch-erp', 'products', 100), { ...readOf('birch-erp', 'inventory', 100), scope: 'own' }]
  const erp = uncheckedSystem({ id: 'birch-erp', type: 'netsuite', address: 'https://birch.example', reads })
  const birch = connectionOf('birch', '.', {
    shop: 'shop-birch',
    vendor: 'birch-erp',
    reads: ['shop-birch.orders.all'],
  })
  const alder = connections.filter(({ id }) => id === 'alder')
  const configuration = { ...rest, systems: [...systems, erp], connections: [...alder, birch] }
  await applyConfiguration(api.operations, boss, { configuration, reason: null })
  const reach = { connections: ['alder'], systems: ['shop-alder'] }
  const wanted = { name: 'alder', scopes: [...scopes], ...reach, expiresAt: null }
  const { key } = await createKey(api.operations, boss, wanted)
  const bearer = { authorization: `Bearer ${key}` }
  const ask = async (method: 'PUT' | 'POST', url: string, body: unknown) => await api.send(method, url, body, bearer)
  return { ...api, bearer, ask }
}

/** Everything that a text may stand for. */
const readable = (text: string) =>
  [text, ...text.split('.').map((part) => Buffer.from(part, 'base64url').toString('latin1'))].join('\n')

it('is in no cursor, although the last row that was looked at is of another', async () => {
  const { get, bearer, ...deps } = await world()
  await changeRun(deps.tables, { id: 't-birch', fence: 1 }, { set: { connections: ['alder', 'birch'] } })
  const results = ['alder', 'birch'].map((connection) =>
    entityResult({ source: 'shop-birch', connection, key: `${connection}-9`, status: 'failed' }),
  )
  await taskStage(deps).handle([statusRecord('deliver-erp', 2, results, 't-birch')], batchContext().context)
  const lists = [
    '/v1/tasks',
    '/v1/parked',
    '/v1/dead-letters',
    '/v1/configuration/changes',
    '/v1/tasks/t-birch/entities',
  ]
  for (const list of lists) {
    let cursor: string | null = ''
    for (let pages = 0; cursor !== null && pages < 20; pages += 1) {
      const { status, json } = await get(`${list}?limit=1${cursor === '' ? '' : `&cursor=${cursor}`}`, bearer)
      expect([list, status]).toEqual([list, 200])
      cursor = json.cursor
      expect([list, readable(cursor ?? '')]).not.toEqual([list, expect.stringMatching(/birch|deliver-/)])
    }
    expect([list, cursor]).toEqual([list, null])
  }
})

it('is not in what stands still in the process', async () => {
  const { get, bearer, operations } = await world()
  const all = await createKey(operations, boss, {
    name: 'all',
    scopes: ['observe'],
    connections: 'all',
    systems: 'all',
    expiresAt: null,
  })
  const text = async (headers: Record<string, string>) => JSON.stringify((await get('/health/ready', headers)).json)
  expect(await text({ authorization: `Bearer ${all.key}` })).toContain('birch-erp')
  expect(await text(bearer)).not.toContain('birch')
  expect(await text(bearer)).toContain('alder is paused')
})

it('is not in the task of a read that is shared', async () => {
  const { get, bearer, tables } = await world()
  const error = { code: 'target_rejected', message: 'order birch-77 of zoe' }
  const of = { connections: ['alder', 'birch'], missing: ['birch-77'], queue_url: 'https://q/1/birch', error }
  await changeRun(tables, { id: 't-birch', fence: 1 }, { set: { ...of, state: 'failed' } })
  for (const { json } of [await get('/v1/tasks/t-birch', bearer), await get('/v1/tasks', bearer)]) {
    const [task] = 'items' in json ? json.items.filter(({ id }: { id: string }) => id === 't-birch') : [json]
    expect(task).toMatchObject({ missing: [], queue_url: null, error: { code: 'target_rejected' } })
    expect(JSON.stringify(task)).not.toMatch(/birch-77|q\/1|zoe/)
  }
})

it('is neither named nor found by topics, processors and stages, which are named after systems', async () => {
  const { ask, get, bearer } = await world()
  const replay = (over: object) => ({ topic: 'orders', processor: 'route-orders', connection: 'alder', ...over })
  for (const preview of [true, false]) {
    const asked = [
      replay({ preview, topic: 'vendor-orders.birch-erp', processor: 'deliver-birch-erp' }),
      replay({ preview, topic: 'vendor-orders.nobody-erp', processor: 'deliver-nobody-erp' }),
      replay({ preview, processor: 'no-processor' }),
    ]
    for (const body of asked) {
      const { status, json } = await ask('POST', '/v1/replays', body)
      expect([body.processor, status]).toEqual([body.processor, 400])
      expect(JSON.stringify(json).replaceAll(body.topic, '').replaceAll(body.processor, '')).not.toContain('birch')
    }
  }
  for (const stage of ['deliver-birch-erp', 'deliver-nobody-erp']) {
    expect((await ask('PUT', `/v1/pauses/${stage}/alder`, { reason: 'no' })).status).toBe(400)
    const { status, json } = await get(`/v1/parked?stage=${stage}`, bearer)
    expect([status, JSON.stringify(json).replaceAll(stage, '').includes('birch')]).toEqual([404, false])
  }
  expect((await ask('PUT', '/v1/pauses/deliver-erp/alder', { reason: 'no' })).status).toBe(200)
})

it('is not in the ids of requests, which callers choose, and takes none of those of hooks', async () => {
  const { ask, get, bearer, operations } = await world()
  const reach = { connections: ['birch'], systems: ['shop-birch'] }
  const birch = await createKey(operations, boss, { name: 'birch', scopes: [...scopes], ...reach, expiresAt: null })
  const hook = 'webhook shop-birch shop-birch.orders.all 1'
  for (const requestId of ['nightly', hook]) {
    expect((await ask('POST', '/v1/sync-requests', { read: 'shop-alder.orders.all', requestId })).status).toBe(202)
  }
  const theirs = { authorization: `Bearer ${birch.key}` }
  expect((await get('/v1/sync-requests/nightly', theirs)).status).toBe(404)
  // The same id for something else of the same system is refused; another's system is not the same.
  const other = { read: 'shop-alder.orders.all', requestId: 'nightly', reason: 'else' }
  expect((await ask('POST', '/v1/sync-requests', other)).status).toBe(409)
  const api = await operations.syncRequests.request({
    read: 'shop-birch.orders.all',
    from: null,
    reason: null,
    by: 'birch',
    trigger: 'api',
    requestId: 'nightly',
  })
  expect(api).toMatchObject({ isNew: true, read: 'shop-birch.orders.all' })
  const shown = async (headers: Record<string, string>) => (await get('/v1/sync-requests/nightly', headers)).json.read
  expect([await shown(bearer), await shown(theirs)]).toEqual(['shop-alder.orders.all', 'shop-birch.orders.all'])
  const received = await operations.syncRequests.request({
    read: 'shop-birch.orders.all',
    from: null,
    reason: null,
    by: 'webhook shop-birch',
    trigger: 'webhook',
    requestId: hook,
  })
  expect(received.isNew).toBe(true)
})

it('a request of an earlier version is still known by its id, sent again too', async () => {
  const { ask, get, bearer, operations, tables } = await world()
  const wanted = { read: 'shop-alder.orders.all', requestId: 'old' }
  const { json } = await ask('POST', '/v1/sync-requests', wanted)
  const row = await tables.get('requests', { id: 'request shop-alder old' })
  await tables.delete('requests', { id: 'request shop-alder old' })
  await tables.put('requests', { ...row, id: 'sync old' })
  expect((await get('/v1/sync-requests/old', bearer)).json.task).toBe(json.task)
  expect((await ask('POST', '/v1/sync-requests', wanted)).json.task).toBe(json.task)
  expect((await operations.syncRequests.get('old', ['shop-birch']))?.task).toBeUndefined()
})

it('is not joined by another read of a system that the connection has, but the key does not reach', async () => {
  const { operations, ask } = await world()
  const { systems, connections, metadata } = configurationOf(['alder', 'birch'])
  const named = connections.map((one) =>
    one.id === 'alder' ? { ...one, reads: [...one.reads, 'erp.inventory.alder'] } : one,
  )
  const reads = ['alder', 'birch'].map((scope) => ({
    ...readOf('erp', 'inventory', 100),
    id: `erp.inventory.${scope}`,
    scope,
  }))
  const shared = systems.map((system) => (system.id === 'erp' ? { ...system, reads } : system))
  const configuration = { revision: 0, systems: shared, connections: named, metadata }
  await applyConfiguration(operations, boss, { configuration, reason: null })
  const put = async (over: object) => {
    const own = { shop: 'shop-alder', vendor: 'erp', ownership: { skuPattern: '^A' } }
    return await ask('PUT', '/v1/connections/alder', { ...own, ...over })
  }
  const own = ['shop-alder.orders.all', 'erp.inventory.alder']
  expect((await put({ reads: own })).status).toBe(200)
  const joined = await put({ reads: [...own, 'erp.inventory.birch'] })
  expect([joined.status, joined.json.field]).toEqual([400, 'reads[2]'])
  expect((await put({ reads: own, shop: 'erp', vendor: 'shop-alder' })).status).toBe(400)
})

it('a sealed text is what it was sealed from, for the same key and unchanged alone; one of an earlier version counts', () => {
  const text = sealedText('key', { a: 'ö'.repeat(50) })
  expect(openSealedText('key', text)).toEqual({ a: 'ö'.repeat(50) })
  expect(sealedText('key', { a: 'ö'.repeat(50) })).toBe(text)
  for (const other of [`${text}A`, `${text}!`, `${text}=`, text.slice(1), text.slice(0, -1), '', 'A', 'A'.repeat(99)]) {
    expect([other, openSealedText('key', other)]).toEqual([other, undefined])
  }
  for (let at = 0; at < text.length; at += 1) {
    const changed = text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1)
    expect([at, openSealedText('key', changed)]).toEqual([at, undefined])
  }
  expect(openSealedText('other', text)).toBeUndefined()
  const before = 'eyJhIjoxfQ.ckdYcLfDwNsq1k1nn7dt1Xudxs1w1KuwcXzhkeoDGAo'
  expect(openSealedText('key', before)).toEqual({ a: 1 })
  expect(openSealedText('other', before)).toBeUndefined()
})
