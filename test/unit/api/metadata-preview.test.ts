import { expect, it } from 'vitest'
import { applyConfiguration } from '../../../src/configuration/apply-configuration.ts'
import type { Configuration, Connection } from '../../../src/configuration/model.ts'
import { SYNC_CONTROL } from '../../../src/control/tables.ts'
import type { DeadLettered } from '../../../src/events/generated/events.ts'
import { recordKey } from '../../../src/events/topics.ts'
import { previewConfiguration } from '../../../src/operations/preview-mapping.ts'
import { everything } from '../../../src/operations/principal.ts'
import { partitionOfKey } from '../../../src/platform/kafka/partition-of-key.ts'
import { productFeed } from '../../../src/projections/product-feed.ts'
import { feedStage } from '../../../src/projections/run-projection.ts'
import { stagedStage } from '../../../src/projections/staged.ts'
import type { SourceEntity } from '../../../src/rules/map-entity.ts'
import { metadataWith, ruleWith } from '../../data/configuration.ts'
import { deadLettered } from '../../data/dead-letters.ts'
import { inventoryChanged, productsChanged } from '../../data/feed-events.ts'
import { connectionOf, productChanged } from '../../data/processor-events.ts'
import { entityResult, statusRecord } from '../../data/sync-status.ts'
import { apiFixture, SHARDS } from '../../worlds/api-fixture.ts'
import { readableTopics } from '../../worlds/problem-orders.ts'
import { readOf, uncheckedSystem } from '../../worlds/sources.ts'
import { batchContext, decoded, memoryReporter, silentLogger } from '../../worlds/stage-context.ts'

const read = readOf('netsuite', 'products', 100)
const configuration: Configuration = {
  revision: 0,
  systems: [uncheckedSystem({ id: 'netsuite', type: 'netsuite', address: 'https://system.example', reads: [read] })],
  connections: [connectionOf('a', '.', { reads: [read.id], vendor: 'netsuite' })],
  metadata: [metadataWith('a', ruleWith('name', { from: 'name', required: true }))],
}

const rules = { attributes: [{ attribute: 'name', from: 'name' }] }

async function fixture() {
  const asked: unknown[] = []
  const { source, key, deleted, data } = productChanged({ sku: 'A-1' })
  const api = apiFixture({
    recentEvents: async ({ reads }, entity, last): Promise<readonly SourceEntity[]> => {
      asked.push({ reads, entity, last })
      return [{ entity: 'products', source, key, deleted, data }]
    },
  })
  await applyConfiguration(api.tables, configuration)
  const preview = (id: string, body: Readonly<Record<string, unknown>>) =>
    api.post(`/v1/connections/${id}/metadata/preview`, body)
  return { ...api, asked, preview }
}

it('tells what changed metadata would change, and changes nothing', async () => {
  const { preview, asked } = await fixture()
  const attributes = [{ attribute: 'name', expression: '$uppercase(name)' }]
  const { status, json } = await preview('a', { attributes, last: 7 })
  expect([status, json]).toMatchObject([
    200,
    {
      counts: { events: 1, entities: 1, changed: 1, errors_appearing: 0 },
      fields: { name: 1 },
      entities: [{ key: 'A-1', changes: [{ field: 'name', before: 'Jacket', after: 'JACKET' }] }],
    },
  ])
  expect(asked).toEqual([{ reads: [read.id], entity: 'products', last: 7 }])
  const same = await preview('a', { attributes: [{ attribute: 'name', from: 'name', required: true }] })
  expect(same.json.counts).toMatchObject({ changed: 0, unchanged: 1 })
})

it('names every mistake of the metadata at once', async () => {
  const { preview, asked } = await fixture()
  const attributes = [
    { attribute: 'name', from: 'nmae' },
    { attribute: 'price', expression: '$now()', type: 'decimal' },
    { attribute: 'colour', constant: 'red' },
  ]
  const { status, json } = await preview('a', { attributes, destination: { attributes: ['name', 'price'] } })
  expect([status, json.code, json.field]).toEqual([400, 'request_invalid', 'attributes[0].from'])
  expect(json.detail.split('\n')).toEqual([
    expect.stringMatching(/^body: attributes\[0\].from reads nmae, which is not known; did you mean name\?/),
    expect.stringMatching(/^body: attributes\[1\].expression uses \$now/),
    expect.stringMatching(
      /^body: attributes\[2\].attribute is not known; known are: name, price; correct it, or add it to destination/,
    ),
  ])
  expect(asked).toEqual([])
})

it.each([
  ['a connection that is not there', 'b', { attributes: [{ attribute: 'x', from: 'name' }] }, 404, 'id'],
  ['no rules', 'a', {}, 400, 'attributes'],
  ['an unknown field', 'a', { attributes: [{ attribute: 'x', frm: 'name' }] }, 400, 'frm'],
  ['too many events', 'a', { attributes: [{ attribute: 'x', from: 'name' }], last: 1001 }, 400, 'last'],
])('refuses %s', async (_what, id, body, expected, field) => {
  const { preview } = await fixture()
  const { status, json } = await preview(id, body)
  expect([status, json.field]).toEqual([expected, field])
})

it('maps the products in the open dead letters of a group, and says how many would pass', async () => {
  const api = await fixture()
  const failed = (sku: string, name: string | null, over: Partial<DeadLettered> = {}) =>
    deadLettered({
      deadLetterId: sku,
      stage: 'map-products',
      connection: 'a',
      key: sku,
      topic: 't.products',
      code: 'mapping_failed',
      field: 'name',
      originalValue: api.letters.codec.encode('products', productChanged({ sku, name })),
      ...over,
    })
  await api.letters.project(failed('A-1', null), failed('A-2', null), failed('A-3', 'Jacket', { field: 'price' }))
  const { groups } = (await api.get('/v1/dead-letters?group=true&state=open')).json
  const groupId = groups.find(({ field }: { field: string }) => field === 'name').group
  const previewed = async (rule: Readonly<Record<string, unknown>>) =>
    (await api.preview('a', { attributes: [{ attribute: 'name', ...rule }], groupId })).json
  expect(await previewed({ from: 'name', default: 'no name' })).toMatchObject({
    counts: { events: 2, entities: 2, errors_disappearing: 2, passing: 2 },
    entities: [
      { key: 'A-1', after: 'mapped', changes: [{ field: 'name', before: null, after: 'no name' }] },
      { key: 'A-2' },
    ],
  })
  expect((await previewed({ from: 'barcode', required: true })).counts).toMatchObject({ entities: 2, passing: 0 })
  expect(api.asked).toEqual([])
})

const boss = everything({ kind: 'cli', name: 'boss' })

/** An API whose topics have a product of NetSuite with its stock; the stock was read just now. */
async function stockWorld(more: Partial<Connection> = {}) {
  const topics = readableTopics()
  const event = productChanged({ sku: 'A-1', name: 'Jacket' })
  const { source } = event
  const place = topics.put('t.products', 3, topics.codec.encode('products', event))
  const api = apiFixture({ topicPrefix: 't.', staged: topics.staged })
  const reads = [read.id, 'netsuite.inventory.all']
  const connection = connectionOf('a', '.', {
    vendor: 'netsuite',
    reads,
    ownership: { manufacturer: ['Acme'] },
    ...more,
  })
  const stored = { ...configuration, connections: [connection] }
  await applyConfiguration(api.tables, stored)
  const result = entityResult({ entity: 'products', source, connection: 'a', key: 'A-1', status: 'ignored' })
  const record = statusRecord('map-products', 1, [result], 't', [{ source: place, mapped: null }])
  await stagedStage(api).handle([record], batchContext().context)
  await api.projectByKey(inventoryChanged({ connection: 'a', source, sku: 'A-1' }, '5'))
  const cut_date = new Date(api.clock.time).toISOString()
  await api.tables.update(SYNC_CONTROL, { read: 'netsuite.inventory.all' }, { set: { cut_date } })
  return {
    ...api,
    /** Stock with another document of the connection. */
    async stockWith(changed: Partial<Connection>) {
      const after = { ...stored, connections: [{ ...connection, ...changed }] }
      const wanted = { connection: 'a', entity: 'products', last: 100, after, keys: ['A-1'] } as const
      const [sample] = (await previewConfiguration(api.operations, boss, wanted)).samples ?? []
      return sample?.stock
    },
    async product(deleted: boolean, readAt: number) {
      const partition = partitionOfKey(recordKey('a', source, 'A-1'), SHARDS)
      const row = productsChanged({ connection: 'a', source, sku: 'A-1', deleted, readAt }, { name: 'Jacket' })
      const deps = { tables: api.tables, settleMs: api.settleMs, reporter: memoryReporter(), logger: silentLogger }
      const place = { offset: readAt, timestamp: api.clock.time, partition }
      const batch = [decoded<'universal-products'>(row, place)]
      await feedStage(productFeed, deps).handle(batch, batchContext(partition).context)
    },
    async feed() {
      const { json } = await api.get('/v1/feeds/inventory?connection=a')
      return json.items
    },
  }
}

it('shows stock that is stale as the feed does, with the policy as it is and as it would be', async () => {
  const api = await stockWorld({ staleStock: { afterMinutes: 30, policy: 'hold' } })
  const zero = { staleStock: { afterMinutes: 90, policy: 'zero' } } as const
  expect(await api.stockWith(zero)).toMatchObject([
    { before: { total: '5', in_stock: true, stale: null }, after: { total: '5', in_stock: true, stale: null } },
  ])
  api.clock.time += 60 * 60_000
  const [row] = await api.feed()
  const reason = expect.stringMatching(/^netsuite was last read in full at .*, more than 30 minutes ago$/)
  expect(row.stale).toEqual({ policy: 'hold', reason })
  expect(await api.stockWith(zero)).toMatchObject([
    { before: { ...row.data, stale: row.stale, left_out: null }, after: { total: '5', in_stock: true, stale: null } },
  ])
  api.clock.time += 60 * 60_000
  expect(await api.stockWith(zero)).toMatchObject([
    {
      before: { total: '5', in_stock: false, stale: { policy: 'hold' } },
      after: {
        total: '0',
        in_stock: false,
        stale: { policy: 'zero', reason: expect.stringMatching(/90 minutes ago$/) },
      },
    },
  ])
  const [shown] = (await api.post('/v1/connections/a/metadata/preview', { ...rules, keys: ['A-1'], explain: true }))
    .json.samples
  const [now] = await api.feed()
  expect(shown.stock).toMatchObject([{ after: { ...now.data, stale: now.stale, left_out: null } }])
})

it('says that the feed leaves stock out, why, and which setting does it', async () => {
  const api = await stockWorld()
  const vendor = { feeds: { inventory: { skus: 'vendor' } } } as const
  const leftOut = (reason: string) => ({ total: '5', left_out: { setting: 'feeds.inventory.skus: vendor', reason } })
  const never = leftOut('the products feed has no product A-1 of the vendor')
  expect(await api.stockWith(vendor)).toMatchObject([{ source: 'netsuite', before: { left_out: null }, after: never }])
  await api.product(false, 1)
  expect(await api.stockWith(vendor)).toMatchObject([{ after: { total: '5', left_out: null } }])
  await api.product(true, 2)
  const gone = leftOut('the products feed has no product A-1 of the vendor any more: shops get a deleted row')
  expect(await api.stockWith(vendor)).toMatchObject([{ before: { left_out: null }, after: gone }])
})

it("says that the shop's own stock is left out where the vendor has the SKU, as the feed does", async () => {
  const api = await stockWorld({ shop: 'magento', sellableStock: { buffer: { fixed: 1 } } })
  await api.projectByKey(inventoryChanged({ connection: 'a', source: 'magento', sku: 'A-1' }, '9'))
  await api.idle()
  expect((await api.feed()).map(({ source }: { source: string }) => source)).toEqual(['netsuite'])
  const own = {
    total: '9',
    left_out: { setting: null, reason: 'netsuite has the SKU: its row replaces that of the shop' },
  }
  expect(await api.stockWith({})).toMatchObject([
    { source: 'magento', before: own, after: own },
    { source: 'netsuite', before: { total: '4', left_out: null } },
  ])
})

it('explains what each rule makes of the products that are named, as it is and as it would be', async () => {
  const topics = readableTopics()
  const { source, ...changed } = productChanged({ sku: 'A-1', name: 'Jacket', attributes: { custitem_color: '"Red"' } })
  const place = topics.put('t.products', 3, topics.codec.encode('products', { ...changed, source }))
  const asked: unknown[] = []
  const api = apiFixture({
    topicPrefix: 't.',
    staged: topics.staged,
    recentEvents: async (_connection, _entity, last) => {
      asked.push(last)
      return []
    },
  })
  await applyConfiguration(api.tables, configuration)
  const result = entityResult({ entity: 'products', source, connection: 'a', key: 'A-1', status: 'failed' })
  const record = statusRecord('map-products', 1, [result], 't', [{ source: place, mapped: null }])
  await stagedStage(api).handle([record], batchContext().context)
  const attributes = [
    { attribute: 'title', expression: '$uppercase(name) & " " & attributes.custitem_color' },
    { attribute: 'weight', from: 'weight', type: 'decimal', required: true },
    { attribute: 'fixed', constant: 'x' },
  ]
  const preview = (body: object) => api.post('/v1/connections/a/metadata/preview', { attributes, ...body })
  const { status, json } = await preview({ keys: ['A-1', 'unknown'], explain: true })
  expect([status, json.samples?.length]).toEqual([200, 1])
  expect(json.samples[0]).toMatchObject({
    key: 'A-1',
    before: 'mapped',
    after: expect.stringMatching(/^failed: mapping_failed: attribute weight/),
    read: { name: 'Jacket', attributes: { custitem_color: '"Red"' } },
  })
  expect(json.samples[0].rules).toEqual([
    {
      attribute: 'title',
      reads: [
        { field: 'name', value: 'Jacket' },
        { field: 'attributes.custitem_color', value: 'Red' },
      ],
      before: null,
      after: { value: 'JACKET Red', failure: null },
    },
    {
      attribute: 'weight',
      reads: [{ field: 'weight', value: null }],
      before: null,
      after: { value: null, failure: expect.stringMatching(/^attribute weight \(from weight\) is required/) },
    },
    { attribute: 'fixed', reads: [], before: null, after: { value: 'x', failure: null } },
    {
      attribute: 'name',
      reads: [{ field: 'name', value: 'Jacket' }],
      before: { value: 'Jacket', failure: null },
      after: null,
    },
  ])
  // A folder of documents is tried on one product in the same way.
  const rules = metadataWith('a', ruleWith('name', { expression: '$uppercase(name)' }))
  const after = { ...configuration, metadata: [rules] }
  const wanted = { connection: 'a', entity: 'products', last: 100, after } as const
  expect(await previewConfiguration(api.operations, boss, { ...wanted, keys: ['A-1', 'unknown'] })).toMatchObject({
    counts: { events: 1, changed: 1 },
    entities: [{ key: 'A-1', changes: [{ field: 'name', before: 'Jacket', after: 'JACKET' }] }],
    samples: [
      {
        key: 'A-1',
        rules: [{ attribute: 'name', before: { value: 'Jacket' }, after: { value: 'JACKET' } }],
        stock: null,
      },
    ],
  })
  // What may be sold of it as the folder says.
  await api.projectByKey(inventoryChanged({ connection: 'a', source, sku: 'A-1' }, '5'))
  const connections = [connectionOf('a', '.', { vendor: 'netsuite', sellableStock: { buffer: { fixed: 2 } } })]
  const limited = { ...wanted, after: { ...configuration, connections } }
  const [sample] = (await previewConfiguration(api.operations, boss, { ...limited, keys: ['A-1'] })).samples ?? []
  expect(sample?.stock).toEqual([
    {
      source,
      before: {
        total: '5',
        in_stock: true,
        locations: [{ location: 'main', on_hand: '5', available: '5' }],
        stale: null,
        left_out: null,
      },
      after: {
        total: '3',
        in_stock: true,
        locations: [{ location: 'main', on_hand: '5', available: '3' }],
        parts: expect.objectContaining({ available: '5', reserved: '0', buffer: '2', sellable: '3' }),
        stale: null,
        left_out: null,
      },
    },
  ])
  // The API previews with the configuration that is stored.
  await applyConfiguration(api.tables, { ...configuration, connections: limited.after.connections })
  const [shown] = (await preview({ keys: ['A-1'], explain: true })).json.samples
  expect(shown.stock).toMatchObject([{ source, before: { total: '3' }, after: { parts: { buffer: '2' } } }])
  expect(asked).toEqual([])
  expect((await preview({ keys: ['A-1'] })).json.samples).toBeNull()
  expect((await preview({ explain: true, last: 500 })).json.samples).toEqual([])
  expect(asked).toEqual([10])
  expect(await preview({ keys: ['A-1'], groupId: 'g' })).toMatchObject({ status: 400, json: { field: 'keys' } })
})
