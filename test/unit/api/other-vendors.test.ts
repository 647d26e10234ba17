import { expect, it } from 'vitest'
import type { Configuration } from '../../../src/configuration/model.ts'
import { changeRun, createRun } from '../../../src/control/runs.ts'
import { decimal4 } from '../../../src/events/decimal.ts'
import type { EntityResult, Order, OrderChanged, ResultPlaces } from '../../../src/events/generated/events.ts'
import { madeFromHeader } from '../../../src/events/headers.ts'
import { applyConfiguration } from '../../../src/operations/configuration.ts'
import { createKey, type keyScopes } from '../../../src/operations/keys.ts'
import { createPreview } from '../../../src/operations/preview-retry.ts'
import { everything } from '../../../src/operations/principal.ts'
import { tableDefinitions } from '../../../src/operations/table-definitions.ts'
import { routeOrders } from '../../../src/processors/route-orders.ts'
import { stagedStage } from '../../../src/projections/staged.ts'
import { taskStage } from '../../../src/projections/tasks.ts'
import { unexplained } from '../../../src/rules/unexplained.ts'
import { deadLettered } from '../../data/dead-letters.ts'
import { connectionOf, contextOf, lineOf, orderChanged, orderOf } from '../../data/processor-events.ts'
import { entityResult, statusRecord } from '../../data/sync-status.ts'
import { memoryTables } from '../../memory/tables.ts'
import { apiFixture } from '../../worlds/api-fixture.ts'
import { readableTopics } from '../../worlds/problem-orders.ts'
import { readOf, uncheckedSystem } from '../../worlds/sources.ts'
import { batchContext, silentLogger } from '../../worlds/stage-context.ts'

/*
 * An order of two vendors in one shop: its key gives a vendor its own part alone, by whatever route it asks. The shop's whole
 * order was shown as read; sums over it were in messages and in what dead letters are worth.
 */

const boss = everything({ kind: 'cli', name: 'boss' })
const TOKEN = 'the-administrators-token'
/** SKU, name, prices and sums of the other vendor; the vendor itself; and sums over all of the order. */
const FOREIGN = /BIRCH|Birch|birch|77\.31|154\.62|164\.62|87\.31/
const OTHER = { name: 'Birch chair', rowTotal: decimal4('77.31', 'total') }

const configuration: Configuration = {
  revision: 0,
  systems: [
    uncheckedSystem({
      id: 'shop',
      type: 'magento2',
      address: 'https://s.example',
      reads: [readOf('shop', 'orders', 1)],
    }),
    ...['alder', 'birch'].map((id) =>
      uncheckedSystem({ id: `erp-${id}`, type: 'netsuite', address: `https://${id}.example` }),
    ),
  ],
  connections: ['alder', 'birch'].map((id) =>
    connectionOf(id, `^(${id.toUpperCase()}|BOTH)`, {
      shop: 'shop',
      vendor: `erp-${id}`,
      reads: ['shop.orders.all'],
      bundles: 'refuse',
    }),
  ),
  metadata: [],
}

const own = lineOf('1', 'ALDER-1', { name: 'Alder table' })
const others = lineOf('2', 'BIRCH-1', {
  ...OTHER,
  attributes: { product_option: JSON.stringify('Birch oil') },
})
const parts = [
  lineOf('3', 'BIRCH-SET', { productType: 'bundle', ...OTHER }),
  ...['ALDER-2', 'BIRCH-2'].map((sku, index) =>
    lineOf(`${4 + index}`, sku, { parentLineId: '3', rowTotal: decimal4('0', 'total') }),
  ),
]
const total = (text: string) => ({ grandTotal: decimal4(text, 'total') })

/** By number: what is wrong with each of them is told by its routing. */
const orders: Readonly<Record<string, Order>> = {
  // In order.
  '7': orderOf([own, others], total('87.31')),
  // Its amounts do not add up.
  '8': orderOf([own, others], { ...total('164.62'), charges: [unexplained(decimal4('77.31', 'charge'), null)] }),
  // Both vendors claim a line.
  '9': orderOf([own, others, lineOf('6', 'BOTH-1')], total('97.31')),
  // A bundle of both.
  '10': orderOf([own, ...parts], total('87.31')),
  // Nothing of it is the vendor's.
  '11': orderOf([others], total('77.31')),
}

async function world() {
  const topics = readableTopics()
  const tables = memoryTables(tableDefinitions)
  const clock = { now: () => 5, sleep: async () => undefined }
  const parts = { codec: topics.codec, tables, clock, logger: silentLogger, topicPrefix: 't.' }
  const previewRetry = createPreview({ ...parts, log: neverRead }, async () => configuration)
  const api = apiFixture({ staged: topics.staged, topicPrefix: 't.', previewRetry, token: TOKEN }, tables)
  await applyConfiguration(api.operations, boss, { configuration, reason: null })
  const run = { id: 't-1', read: 'shop.orders.all', trigger: 'schedule', reason: null, backfill_from: null }
  await createRun(tables, { ...run, requested_at: '2026-01-31T07:00:00.000Z' })
  const connections = ['alder', 'birch']
  await changeRun(tables, { id: run.id, fence: 1 }, { set: { state: 'ended', published: 5, connections } })
  let at = 0
  for (const [number, order] of Object.entries(orders)) at = await route(number, order, at)

  /** Reads, routes and delivers an order; what fails is a dead letter of its connection, and so is each delivery. */
  async function route(number: string, order: Order, from: number): Promise<number> {
    const event: OrderChanged = {
      ...orderChanged({ ...order, orderNumber: number, attributes: { total_due: '154.62', note: '"with Birch"' } }),
      source: 'shop',
      taskId: run.id,
      raw: JSON.stringify({ items: ['BIRCH-1'] }),
    }
    const source = topics.put('t.orders', from + 1, topics.codec.encode('orders', event))
    const { outputs, decisions } = await routeOrders.process(event, contextOf(...configuration.connections), undefined)
    const places: ResultPlaces[] = []
    const results: EntityResult[] = []
    const about = { source: 'shop', key: number, eventId: event.eventId, readAt: event.readAt }
    for (const decision of decisions) {
      const { connection, status } = decision
      const output = outputs.find((one) => 'connection' in one.event && one.event.connection === connection)
      const value = output?.kind === 'vendor-orders' ? topics.codec.encode('vendor-orders', output.event) : undefined
      const mapped = value === undefined ? null : topics.put(`t.vendor-orders.erp-${connection}`, from + 2, value)
      const { code, message, field } = 'error' in decision ? decision.error : { ...decision, field: undefined }
      results.push(entityResult({ ...about, connection, status, code, message }))
      places.push({ source, mapped })
      const of = { connection, key: number, taskId: run.id, field: field ?? null }
      const failed = { ...of, code: code ?? 'target_rejected', message: message ?? 'it is refused' }
      const id = `d-${number}-${connection}`
      if (value !== undefined) {
        const headers = Object.entries(madeFromHeader(source)).map(([key, text]) => ({ key, value: Buffer.from(text) }))
        const delivery = { topic: `t.vendor-orders.erp-${connection}`, originalValue: value, headers }
        await api.letters.project(deadLettered({ ...failed, ...delivery, deadLetterId: id }))
      }
      if (status === 'failed') {
        const routing = { topic: 't.orders', originalValue: topics.codec.encode('orders', event), headers: [] }
        await api.letters.project(deadLettered({ ...failed, ...routing, deadLetterId: id, stage: 'route-orders' }))
      }
    }
    const record = statusRecord('route-orders', from + 1, results, run.id, places)
    await taskStage(api).handle([record], batchContext().context)
    await stagedStage(api).handle([record], batchContext().context)
    return from + 2
  }

  const keyOf = async (scopes: readonly (typeof keyScopes)[number][], reach: object) => {
    const wanted = { name: JSON.stringify(reach), scopes, expiresAt: null, connections: 'all', systems: 'all' } as const
    const { key } = await createKey(api.operations, boss, { ...wanted, ...reach })
    return { authorization: `Bearer ${key}` }
  }
  const vendor = await keyOf(['feeds:read', 'observe', 'operate', 'configure', 'persons:read'], {
    connections: ['alder'],
    systems: ['erp-alder'],
  })
  return { ...api, vendor, keyOf, admin: { authorization: `Bearer ${TOKEN}` } }
}

const neverRead = {
  read: async () => null,
  scan: async () => undefined,
  producer: async () => Promise.reject(new Error('is not used')),
  consume: async () => Promise.reject(new Error('is not used')),
  admin: async () => Promise.reject(new Error('is not used')),
}

/** Everything that a text may stand for: bytes are answered as base64. */
function readable(text: string): string {
  const encoded = text.match(/[A-Za-z0-9+/=_-]{12,}/g) ?? []
  return [text, ...encoded.map((one) => Buffer.from(one, 'base64').toString('latin1'))].join('\n')
}

type World = Awaited<ReturnType<typeof world>>

/** Every address of the OpenAPI document that is read, with all there is to fill in. */
async function addressesOf({ get, admin }: World): Promise<readonly string[]> {
  const { paths } = (await get('/openapi.json', admin)).json
  const letters = (await get('/v1/dead-letters?limit=100', admin)).json.items
  const numbers = Object.keys(orders)
  const steps = new Map<string, readonly string[]>()
  for (const number of numbers) {
    const { json } = await get(`/v1/orders/shop/${number}`, admin)
    steps.set(
      number,
      json.steps.map(({ step }: { step: string }) => encodeURIComponent(step)),
    )
  }
  const values: Readonly<Record<string, readonly string[]>> = {
    source: ['shop'],
    number: numbers,
    step: [...steps.values()].flat(),
    id: ['t-1', 'shop.orders.all', 'shop', 'alder', ...letters.map(({ id }: { id: string }) => id)],
    connection: ['alder', '*'],
    entity: ['orders', 'fulfilments', 'products', 'inventory', 'images'],
    key: numbers,
    sku: ['ALDER-1', 'BIRCH-1'],
  }
  const queries: Readonly<Record<string, readonly string[]>> = {
    '/v1/backend/{connection}/{entity}': ['', '?payloads=raw', '?status=ignored'],
    '/v1/dead-letters': ['', '?group=true', ...letters.map(({ id }: { id: string }) => `?ids=${id}`)],
    '/v1/events': ['?seconds=0'],
    '/v1/figures': ['?connection=alder', ''],
    '/v1/tasks/{id}/entities': ['', '?status=failed', '?connection=*'],
  }
  const filled = (path: string): readonly string[] => {
    const name = /\{(\w+)\}/.exec(path)?.[1]
    if (name === undefined) return [path]
    return (values[name] ?? []).flatMap((value) => filled(path.replace(`{${name}}`, value)))
  }
  return Object.entries<object>(paths)
    .filter(([, methods]) => 'get' in methods)
    .flatMap(([path]) => filled(path).flatMap((one) => (queries[path] ?? ['']).map((query) => one + query)))
}

it("no route shows a vendor another vendor's SKU, name or price, or a sum over its lines", async () => {
  const all = await world()
  const addresses = await addressesOf(all)
  const seen = { vendor: 0, leaks: [] as string[], administrator: 0 }
  for (const address of addresses) {
    const { status, json } = await all.get(address, all.vendor)
    if (status >= 500) seen.leaks.push(`${address}: ${status}`)
    if (status !== 200) continue
    seen.vendor += 1
    const found = FOREIGN.exec(readable(JSON.stringify(json) ?? ''))
    if (found !== null) seen.leaks.push(`${address}: …${JSON.stringify(json).slice(0, 4000)}`)
    const whole = JSON.stringify((await all.get(address, all.admin)).json) ?? ''
    seen.administrator += Number(FOREIGN.test(whole))
  }
  expect(seen.leaks).toEqual([])
  expect(addresses.length).toBeGreaterThan(100)
  expect(seen.vendor).toBeGreaterThan(50)
  // What is looked for is there to be found.
  expect(seen.administrator).toBeGreaterThan(15)
})

it('no preview or dry run shows it either', async () => {
  const { send, vendor, get, admin } = await world()
  const tries = [
    ['/v1/dead-letters/retry', { all: true, dryRun: true }],
    ['/v1/dead-letters/discard', { all: true, dryRun: true, reason: 'no' }],
    ['/v1/tasks/t-1/retry', { dryRun: true }],
    ['/v1/replays', { topic: 'orders', processor: 'route-orders', connection: 'alder', preview: true }],
    ['/v1/connections/alder/metadata/preview', { attributes: [{ attribute: 'name', from: 'name' }] }],
  ] as const
  for (const [path, body] of tries) {
    const { status, json } = await send('POST', path, body, vendor)
    expect([path, status]).toEqual([path, 200])
    expect(readable(JSON.stringify(json))).not.toMatch(FOREIGN)
  }
  const preview = await get('/v1/dead-letters/d-8-alder/preview', vendor)
  expect(preview.json).toMatchObject({ kind: 'processor', event: null, outputs: [] })
  expect(preview.json.errors).toMatchObject([{ connection: 'alder', code: 'totals_differ' }])
  expect(preview.json.decisions.every(({ connection }: { connection: string }) => connection === 'alder')).toBe(true)
  expect((await get('/v1/dead-letters/d-8-alder/preview', admin)).json.errors).toHaveLength(2)
})

it('shows a vendor its own part with its lines, and the order as read to who sees the shop', async () => {
  const { get, vendor, admin, keyOf } = await world()
  const { json } = await get('/v1/orders/shop/7', vendor)
  const lines = [{ line: '1', sku: 'ALDER-1', name: 'Alder table', wanted: '1', amount: '10' }]
  expect(json.order).toBeNull()
  expect(json.parts).toMatchObject([{ connection: 'alder', total: '10', currency: 'USD', lines }])
  const [row] = (await get('/v1/backend/alder/orders?key=7', vendor)).json.items
  expect(row).toMatchObject({ as_read: null, as_mapped: { event: { data: { lines: [{ sku: 'ALDER-1' }] } } } })
  expect(row.as_mapped.event.data.attributes).toEqual({})
  for (const reach of [{ connections: ['alder'], systems: ['shop'] }, {}]) {
    const [whole] = (await get('/v1/backend/alder/orders?key=7', await keyOf(['observe'], reach))).json.items
    expect(whole.as_read.event.data.lines.map(({ sku }: { sku: string }) => sku)).toEqual(['ALDER-1', 'BIRCH-1'])
  }
  const failed = (await get('/v1/dead-letters/d-8-alder', vendor)).json
  expect(failed).toMatchObject({ masked: true, event: null, original: { value: null }, code: 'totals_differ' })
  expect(failed.message).toBe('the order cannot be divided among its vendors; callers who see the shop see the reason')
  expect((await get('/v1/dead-letters/d-8-alder', admin)).json.message).toContain('164.62')
})

it('an order that has nothing of the vendor is none of its orders', async () => {
  const { get, vendor, admin } = await world()
  expect((await get('/v1/orders/shop/11', vendor)).status).toBe(404)
  expect((await get('/v1/tasks/t-1/entities/alder/11', vendor)).status).toBe(404)
  const keys = async (headers: Record<string, string>) =>
    (await get('/v1/backend/alder/orders', headers)).json.items.map(({ key }: { key: string }) => key)
  expect(await keys(vendor)).not.toContain('11')
  expect(await keys(admin)).toContain('11')
})
