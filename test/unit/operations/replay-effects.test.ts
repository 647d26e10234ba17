import { expect, it } from 'vitest'
import { decimal4 } from '../../../src/events/decimal.ts'
import { recordKey } from '../../../src/events/topics.ts'
import { versionRank } from '../../../src/events/version.ts'
import { applyConfiguration } from '../../../src/operations/configuration.ts'
import { everything, type Principal } from '../../../src/operations/principal.ts'
import { previewReplay, type WantedReplay } from '../../../src/operations/replays.ts'
import { partitionOfKey } from '../../../src/platform/kafka/partition-of-key.ts'
import { positionText } from '../../../src/projections/feed-row.ts'
import { addPairs, writeRow } from '../../../src/projections/feed-table.ts'
import { productFeed } from '../../../src/projections/product-feed.ts'
import { metadataWith, ruleWith } from '../../data/configuration.ts'
import { lineOf, orderChanged, orderOf, productChanged, vendorOrder } from '../../data/processor-events.ts'
import { memoryResync } from '../../memory/resync.ts'
import { memoryTables } from '../../memory/tables.ts'
import { apiTestTables } from '../../worlds/api-fixture.ts'
import { readOf } from '../../worlds/sources.ts'
import { configurationOf, twoSellers } from '../../worlds/two-sellers.ts'

const SHARDS = 3
const boss = everything({ kind: 'api', name: 'boss' }, true)
const any = {
  source: null,
  key: null,
  from: null,
  to: null,
  offsets: null,
  allVersions: false,
  reason: null,
  rate: 100,
}

/** Seller alder, with an order map and a product mapping of today. */
async function world() {
  const tables = memoryTables(apiTestTables)
  const resync = await memoryResync(tables)
  const { replays, staged } = resync
  const { operations } = await twoSellers(['alder'], { replays, staged, topicPrefix: 'p.', shards: SHARDS }, tables)
  const { systems, connections, ...others } = configurationOf(['alder'])
  const configuration = {
    ...others,
    systems: systems.map((one) => (one.id === 'erp' ? { ...one, reads: [readOf('erp', 'products', 100)] } : one)),
    connections: connections.map((one) => ({
      ...one,
      reads: [...one.reads, 'erp.products.all'],
      orderMap: { ...one.orderMap, fields: [ruleWith('memo', { from: 'shippingMethod', lookup: { ground: 'G-1' } })] },
    })),
    metadata: [metadataWith('alder', ruleWith('name', { from: 'name' }), ruleWith('weight', { from: 'weight' }))],
  }
  await applyConfiguration(operations, boss, { configuration, reason: null })
  const preview = async (topic: string, processor: string, by: Principal = boss) => {
    const wanted: WantedReplay = { ...any, topic, processor, connection: 'alder' }
    const { samples } = await previewReplay(operations, by, wanted)
    return Object.fromEntries(samples.map(({ key, effects }) => [key, effects]))
  }
  return { ...resync, tables, preview }
}

const placed = (number: string, occurredAt: number, shippingMethod = 'ground') =>
  orderChanged(
    orderOf([lineOf('1', 'A-1')], { orderNumber: number, shippingMethod, grandTotal: decimal4('10', 'total') }),
    { source: 'shop-alder', occurredAt, readAt: occurredAt },
  )

it('holds what orders would be mapped to against what the vendor was sent last, and says what would come of it', async () => {
  const { append, outgoing, preview, records, send, tables } = await world()
  const [sent, unsent, wrong] = [placed('1', 1), placed('2', 2), placed('3', 3, 'by ship')]
  await append('orders', sent, unsent, wrong)
  const before = {
    ...vendorOrder('alder', '1', sent.data),
    source: 'shop-alder',
    occurredAt: 1,
    readAt: 1,
    fields: { memo: '"old"' },
  }
  await send({ ...outgoing('vendor-orders', 'alder|1', before), topic: 'p.vendor-orders.erp' })
  const [{ partition, offset } = { partition: 0, offset: 0n }] = records('vendor-orders.erp')
  const origin = { topic: 'p.vendor-orders.erp', partition, offset: String(offset) }
  const row = {
    connection: 'alder',
    key: 'vendor-orders|1',
    rank: versionRank(before),
    digest: before.contentDigest,
    origin,
  }
  await tables.put('deliveries', { ...row, state: 'delivered', fence: 1, targetId: 'SO-1' })
  const memo = { field: 'fields.memo', before: '"old"', after: '"G-1"' }
  expect(await preview('orders', 'route-orders')).toEqual({
    1: [{ connection: 'alder', outcome: 'it would be sent', changes: [memo] }],
    2: [{ connection: 'alder', outcome: 'it would be sent: it is new at the target', changes: [] }],
    3: [
      {
        connection: 'alder',
        outcome: expect.stringMatching(/^it would be failed: mapping_failed: .*memo/),
        changes: [],
      },
    ],
  })
  const masked = everything({ kind: 'api', name: 'clerk' })
  const [effect] = (await preview('orders', 'route-orders', masked))['1'] ?? []
  expect(effect?.changes).toEqual([{ field: 'fields.memo', before: '[personal]', after: '[personal]' }])
  // What is delivered again is what was mapped then.
  expect(await preview('vendor-orders.erp', 'deliver-erp')).toMatchObject({ 1: [{ connection: 'alder', changes: [] }] })
})

it('holds what products would be mapped to against the rows of the feed', async () => {
  const { append, preview, tables } = await world()
  const read = { source: 'erp', occurredAt: 5, readAt: 5 }
  await append(
    'products',
    productChanged({ sku: 'A-1', name: 'Coat' }, { ...read, key: 'A-1' }),
    productChanged({ sku: 'NEW' }, { ...read, key: 'NEW' }),
  )
  const { data, deleted } = { data: { sku: 'A-1', name: 'Jacket' }, deleted: false }
  const row = {
    connection: 'alder',
    source: 'erp',
    key: 'A-1',
    updated_at: '2026-01-31T00:00:00.000Z',
    position: positionText({ time: 5, offset: 1n }),
    digest: 'd',
    event_id: 'e',
  }
  const shard = partitionOfKey(recordKey('alder', 'erp', 'A-1'), SHARDS)
  const place = { generation: 1, connection: 'alder', source: 'erp', shard }
  await writeRow(tables, productFeed, place, { ...row, data, deleted, rank: versionRank({ occurredAt: 5, readAt: 5 }) })
  await addPairs(tables, productFeed, ['alder|erp'])
  const effects = await preview('products', 'map-products')
  expect(effects).toMatchObject({
    'A-1': [{ connection: 'alder', outcome: 'the row of the feed would change' }],
    NEW: [{ connection: 'alder', outcome: 'it would be a new row of the feed', changes: [] }],
  })
  expect(effects['A-1']?.[0]?.changes).toContainEqual({ field: 'name', before: 'Jacket', after: 'Coat' })
  await writeRow(tables, productFeed, place, { ...row, data, deleted, rank: versionRank({ occurredAt: 6, readAt: 6 }) })
  expect(await preview('products', 'map-products')).toMatchObject({
    'A-1': [{ outcome: 'it would be superseded: the row has a newer version', changes: [] }],
  })
})
