import { expect, it } from 'vitest'
import { applyConfiguration } from '../../../src/operations/configuration.ts'
import { everything } from '../../../src/operations/principal.ts'
import { status } from '../../../src/operations/status.ts'
import { stagedStage } from '../../../src/projections/staged.ts'
import { entityResult, statusRecord } from '../../data/sync-status.ts'
import { batchContext } from '../../worlds/stage-context.ts'
import { configurationOf, twoSellers } from '../../worlds/two-sellers.ts'

const boss = everything({ kind: 'cli', name: 'boss' })

it('says of each connection when it was read, what waits, what failed, what is paused, and what to do', async () => {
  const api = await twoSellers(['alder', 'birch'])
  const waiting = entityResult({
    source: 'shop-alder',
    key: 'k-2',
    connection: 'alder',
    status: 'waiting',
    code: 'item_missing',
    message: 'no item',
  })
  await stagedStage(api).handle([statusRecord('deliver-erp', 2000, [waiting])], batchContext().context)
  const found = await status(api.operations, boss)
  expect(found).toMatchObject({ healthy: false, complete: true })
  const [alder] = found.connections
  expect(alder).toMatchObject({ connection: 'alder', shop: 'shop-alder', vendor: 'erp', healthy: false })
  expect(alder?.flows).toMatchObject([
    {
      entity: 'orders',
      reads: [{ read: 'shop-alder.orders.all' }],
      processing: { count: 0, since: null },
      waiting: { count: 1, more: false, since: '1970-01-01T00:00:02.000Z' },
      waits: [
        { stage: 'deliver-erp', code: 'item_missing', message: 'no item', count: 1, since: '1970-01-01T00:00:02.000Z' },
      ],
      failed: { count: 1 },
    },
  ])
  expect(alder?.paused).toMatchObject([
    {
      stage: 'map-products',
      connection: 'alder',
      code: 'mapping_failed',
      fix: expect.stringMatching(/waldstream pauses resume map-products alder$/),
    },
  ])
  expect(alder?.failures).toMatchObject([
    {
      group: expect.stringMatching(/^[\da-f]{16}$/),
      count: 1,
      fix: expect.stringMatching(/^waldstream dead-letters show d-alder;/),
    },
  ])
})

it('shows a key the connections that it reaches', async () => {
  const api = await twoSellers(['alder', 'birch'])
  const scope = { connections: new Set(['birch']), systems: new Set<string>() }
  const found = await status(api.operations, { ...boss, scope })
  expect(found.connections.map(({ connection }) => connection)).toEqual(['birch'])
})

it('health names the connections that are paused: ready is not all well', async () => {
  const api = await twoSellers(['alder', 'birch'])
  const { json } = await api.get('/health/ready')
  expect(json).toMatchObject({
    status: 'ready',
    held_back: ['alder is paused at map-products: mapping_failed', 'birch is paused at map-products: mapping_failed'],
  })
})

it('says what is switched off by a document, and does not call for anybody', async () => {
  const api = await twoSellers(['alder', 'birch'])
  const { connections, ...rest } = configurationOf(['alder', 'birch'])
  const off = connections.map((connection) =>
    connection.id === 'alder' ? { ...connection, enabled: false } : connection,
  )
  await applyConfiguration(api.operations, boss, { configuration: { ...rest, connections: off }, reason: null })
  const found = await status(api.operations, boss)
  expect(found.connections.map(({ connection, enabled }) => [connection, enabled])).toEqual([
    ['alder', false],
    ['birch', true],
  ])
})

it('a hold of all connections of a stage, or of a system, is one of each of them', async () => {
  const api = await twoSellers(['alder', 'birch'])
  expect((await api.send('PUT', '/v1/pauses/route-orders/*', { reason: 'a new mapping' })).status).toBe(200)
  expect((await api.send('PUT', '/v1/pauses/reads/erp', { reason: 'it moves' })).status).toBe(200)
  const found = await status(api.operations, boss)
  for (const { paused } of found.connections) {
    const fixes = paused.map(({ stage, fix }) => [stage, fix.replace(/.*: /, '')]).toSorted()
    expect(fixes).toEqual([
      ['map-products', expect.stringMatching(/^waldstream pauses resume map-products (alder|birch)$/)],
      ['reads', 'waldstream pauses resume reads erp'],
      ['route-orders', "waldstream pauses resume route-orders '*'"],
    ])
  }
})
