import { expect, it } from 'vitest'
import type { Configuration } from '../../../src/configuration/model.ts'
import { NEVER } from '../../../src/control/read-holds.ts'
import type { TopicEvents, TopicKind } from '../../../src/events/topics.ts'
import { versionRank } from '../../../src/events/version.ts'
import { createPreview } from '../../../src/operations/preview-retry.ts'
import { tableDefinitions } from '../../../src/operations/table-definitions.ts'
import { readWith } from '../../data/configuration.ts'
import { connectionOf, lineOf, orderChanged, orderOf, vendorOrder } from '../../data/processor-events.ts'
import { memoryCodec } from '../../memory/codec.ts'
import { manualClock } from '../../memory/manual-clock.ts'
import { memoryTables } from '../../memory/tables.ts'
import { silentLogger } from '../../worlds/stage-context.ts'

const system: Configuration['systems'][number] = {
  id: 'magento',
  type: 'magento2',
  address: 'https://system.example',
  secrets: {},
  zone: 'UTC',
  limits: { concurrency: 4 },
  settings: {},
  reads: [readWith('magento', 'orders')],
}

function fixture(skuPatterns: Readonly<Record<string, string>>) {
  const codec = memoryCodec()
  const memory = memoryTables(tableDefinitions)
  const writes: string[] = []
  const tables = {
    ...memory,
    put: async (...args: Parameters<typeof memory.put>) => {
      writes.push(args[0])
      return await memory.put(...args)
    },
  }
  const connections = Object.entries(skuPatterns).map(([id, pattern]) => connectionOf(id, pattern))
  const configuration = { revision: 1, systems: [system], connections, metadata: [] }
  const parts = { codec, tables, clock: manualClock(5), logger: silentLogger, topicPrefix: 'p.' }
  const preview = createPreview({ ...parts, log: unused }, async () => configuration)
  const original = <K extends TopicKind>(kind: K, event: TopicEvents[K], topic: string = kind) => ({
    topic: `p.${topic}`,
    partition: 3,
    offset: 7n,
    timestamp: 1,
    key: Buffer.from('k'),
    headers: [],
    value: codec.encode(kind, event),
  })
  return { preview, original, memory, writes }
}

const unused = {
  read: async () => null,
  scan: async () => undefined,
  producer: async () => Promise.reject(new Error('is not used')),
  consume: async () => Promise.reject(new Error('is not used')),
  admin: async () => Promise.reject(new Error('is not used')),
}
const order = orderChanged(orderOf([lineOf('1', 'A-1')]))

it('runs a processor with the configuration of today, and keeps nothing of it', async () => {
  const { preview, original, memory, writes } = fixture({ a: '^A', b: '^B' })
  const shown = await preview('route-orders', original('orders', order), true)
  expect(shown).toMatchObject({
    kind: 'processor',
    verdict: 'it would succeed',
    errors: [],
    delivery: null,
    event: { key: '000000001' },
    outputs: [{ topic: 'p.vendor-orders.a-erp', key: 'a|000000001', event: { data: { lines: [{ sku: 'A-1' }] } } }],
  })
  expect(shown.decisions.map(({ connection, status }) => [connection, status])).toEqual([
    ['a', 'processing'],
    ['b', 'ignored'],
  ])
  const left = await Promise.all(tableDefinitions.map(({ name }) => Array.fromAsync(memory.scan(name))))
  expect([writes, left.flat(2)]).toEqual([[], []])
})

it('tells the errors that it would still give', async () => {
  const { preview, original } = fixture({ a: '^A', b: '^A' })
  const shown = await preview('route-orders', original('orders', order), true)
  expect(shown).toMatchObject({ verdict: 'it would fail again', outputs: [] })
  expect(shown.errors.map(({ code }) => code)).toContain('line_claimed_twice')
})

it('tells that bytes can not be read', async () => {
  const { preview, original } = fixture({})
  const value = Buffer.from([0, 1, 2])
  const shown = await preview('route-orders', { ...original('orders', order), value }, true)
  expect(shown).toMatchObject({ kind: 'other', event: null, errors: [{ connection: null, code: 'unexpected' }] })
})

it('calls no target: it tells what the target has', async () => {
  const { preview, original, memory } = fixture({ a: '^A' })
  const event = vendorOrder('a', '100')
  const record = original('vendor-orders', event, 'vendor-orders.a-erp')
  const verdict = async () => (await preview('deliver-a-erp', record, true)).verdict
  expect(await verdict()).toContain('would be sent')
  const row = { connection: 'a', key: 'vendor-orders|100', digest: event.contentDigest, fence: 1, targetId: 'SO-1' }
  await memory.put('deliveries', { ...row, rank: versionRank(event), state: 'delivered' })
  expect(await verdict()).toContain('would change nothing')
  await memory.put('deliveries', { ...row, rank: versionRank(event), state: 'refused' })
  expect(await verdict()).toBe('it would be sent')
  await memory.put('deliveries', { ...row, rank: versionRank(event), state: 'refused', heldUntil: NEVER })
  expect(await verdict()).toBe('it would wait: somebody holds the order')
  const cancellation = { by: 'ann', reason: 'no stock', at: '2026-01-31T08:00:00.000Z' }
  await memory.put('deliveries', { ...row, rank: versionRank(event), state: 'delivered', cancellation })
  expect(await verdict()).toBe('it would stay canceled at the vendor: ann canceled it')
  await memory.put('deliveries', { ...row, rank: `${versionRank(event)}x`, state: 'delivered' })
  const shown = await preview('deliver-a-erp', record, true)
  expect(shown).toMatchObject({ kind: 'sink', delivery: { newer: true, target_id: 'SO-1' } })
  expect(shown.verdict).toContain('superseded')
})

it('shows the event alone for stages it can not run', async () => {
  const { preview, original } = fixture({})
  const shown = await preview('project-tasks', original('orders', order), true)
  expect(shown).toMatchObject({ kind: 'other', event: { source: 'magento' }, outputs: [] })
})
