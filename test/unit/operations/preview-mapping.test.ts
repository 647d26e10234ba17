import { expect, it } from 'vitest'
import type { AttributeRule, Configuration } from '../../../src/configuration/model.ts'
import { recordKey } from '../../../src/events/topics.ts'
import { previewMapping } from '../../../src/operations/preview-mapping.ts'
import { createRecentEvents } from '../../../src/operations/recent-events.ts'
import type { EventLog } from '../../../src/platform/kafka/event-log.ts'
import type { SourceEntity } from '../../../src/rules/map-entity.ts'
import { metadataWith, ruleWith } from '../../data/configuration.ts'
import { connectionOf, productChanged } from '../../data/processor-events.ts'
import { memoryCodec } from '../../memory/codec.ts'
import { readOf, uncheckedSystem } from '../../worlds/sources.ts'

const read = readOf('netsuite', 'products', 100)
const configurationOf = (...attributes: readonly AttributeRule[]): Configuration => ({
  revision: 1,
  systems: [uncheckedSystem({ id: 'netsuite', type: 'netsuite', address: 'https://system.example', reads: [read] })],
  connections: [connectionOf('a', '^A', { reads: [read.id], vendor: 'netsuite' })],
  metadata: [metadataWith('a', ...attributes)],
})
const product = (sku: string, more: Parameters<typeof productChanged>[0] = {}): SourceEntity => {
  const { source, key, deleted, data } = productChanged({ sku, ...more })
  return { entity: 'products', source, key, deleted, data }
}
const products = async () => new Map()

it('tells per entity which fields change, and which errors appear and disappear', async () => {
  const before = configurationOf(
    ruleWith('name', { from: 'name' }),
    ruleWith('price', { from: 'price', type: 'decimal', required: true }),
  )
  const after = configurationOf(
    ruleWith('name', { expression: '$uppercase(name)' }),
    ruleWith('price', { from: 'price', type: 'decimal', default: '0' }),
    ruleWith('barcode', { from: 'barcode', required: true, schema: { maxLength: 3 } }),
  )
  const events = [
    product('A-1', { name: 'first', barcode: '1' }),
    product('A-1', { name: 'Jacket', barcode: '1' }),
    product('A-2', { name: 'Shoe', price: null, barcode: '2' }),
    product('A-3', { name: 'Hat', barcode: '1234' }),
    product('B-1', { name: 'not the vendor’s' }),
  ]
  const preview = await previewMapping(events, { connection: 'a', before, after, products })
  expect(preview).toEqual({
    counts: {
      events: 5,
      entities: 4,
      changed: 3,
      unchanged: 1,
      errors_appearing: 1,
      errors_disappearing: 1,
      passing: 3,
    },
    fields: { name: 3, barcode: 2, price: 2 },
    entities: [
      {
        source: 'netsuite',
        key: 'A-1',
        before: 'mapped',
        after: 'mapped',
        changes: [
          { field: 'barcode', before: null, after: '1' },
          { field: 'name', before: 'Jacket', after: 'JACKET' },
        ],
      },
      {
        source: 'netsuite',
        key: 'A-2',
        after: 'mapped',
        before: expect.stringMatching(/^failed: mapping_failed: attribute price \(from price\) is required/),
        changes: [
          { field: 'barcode', before: null, after: '2' },
          { field: 'name', before: null, after: 'SHOE' },
          { field: 'price', before: null, after: '0' },
        ],
      },
      {
        source: 'netsuite',
        key: 'A-3',
        before: 'mapped',
        after: expect.stringMatching(/^failed: .*breaks its schema: must not have more than 3 characters: "1234"/),
        changes: [
          { field: 'name', before: 'Hat', after: null },
          { field: 'price', before: '189.5', after: null },
        ],
      },
    ],
  })
})

it('an equal mapping changes nothing', async () => {
  const same = configurationOf(ruleWith('name', { from: 'name' }))
  const { counts, entities } = await previewMapping([product('A-1')], {
    connection: 'a',
    before: same,
    after: same,
    products,
  })
  expect([counts.changed, counts.unchanged, entities]).toEqual([0, 1, []])
})

it('the last events are those of the connection’s sources, also behind many of others', async () => {
  const codec = memoryCodec()
  const asked: number[] = []
  const record = (source: string, index: number) => {
    const event = productChanged({ sku: `A-${index}` }, { source })
    const key = Buffer.from(recordKey(source, event.key))
    const place = { topic: 'p.products', partition: index % 2, offset: BigInt(index), timestamp: index, headers: [] }
    return { ...place, key, value: codec.encode('products', event) }
  }
  const records = Array.from({ length: 300 }, (_, index) => record(index < 20 ? 'netsuite' : 'other', index))
  const byPartition = [0, 1].map((partition) => records.filter((one) => one.partition === partition))
  const endOf = (of: readonly unknown[], partition: number) => ({ partition, start: 0n, end: BigInt(of.length) })
  const admin = { ends: async () => byPartition.map(endOf) }
  const log: Pick<EventLog, 'scan'> = {
    async scan(topic, range, onRecords) {
      expect(topic).toBe('p.products')
      const most = [...range.values()].map(({ from, to }) => Number(to - from))
      asked.push(Math.max(...most))
      for (const [partition, { from, to }] of range) {
        const of = byPartition[partition] ?? []
        await onRecords(of.slice(Number(from), Number(to)))
      }
    },
  }
  const recent = createRecentEvents({ log, admin, codec, topicPrefix: 'p.' })
  const { connections, systems } = configurationOf()
  const [connection] = connections
  if (connection === undefined) throw new Error('it is there')
  const events = await recent(connection, 'products', 5, { systems })
  expect(events.map(({ key }) => key)).toEqual(['A-15', 'A-16', 'A-17', 'A-18', 'A-19'])
  expect(asked).toEqual([5, 50, 150])
  await expect(recent(connection, 'orders', 5, { systems })).rejects.toMatchObject({ code: 'request_invalid' })
})

// Ten rules and twenty events kept the process silent for 75 s.
it('has a time for all entities: those that there is none left for fail, and the mapping before is not touched', async () => {
  const slow = '$count($distinct([1..1990].{"a": [1..50], "b": $string($)})) & ""'
  const before = configurationOf(ruleWith('name', { expression: 'name & "!"' }))
  const after = configurationOf(...['a', 'b', 'c'].map((name) => ruleWith(name, { expression: slow })))
  const events = Array.from({ length: 60 }, (_, index) => product(`A-${index}`, { name: 'Jacket' }))
  const { counts, entities } = await previewMapping(events, { connection: 'a', before, after, products })
  expect(counts).toMatchObject({ entities: 60, errors_appearing: 60, errors_disappearing: 0 })
  expect(new Set(entities.map((one) => one.before))).toEqual(new Set(['mapped']))
  expect(entities[0]?.after).toMatch(/fails: it takes longer than/)
  expect(entities.at(-1)?.after).toMatch(/fails: not evaluated/)
}, 60_000)
