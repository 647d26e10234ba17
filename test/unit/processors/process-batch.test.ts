import { expect, it } from 'vitest'
import { StreamError } from '../../../src/errors.ts'
import { stringifyExact } from '../../../src/platform/json.ts'
import { LARGEST_RECORD } from '../../../src/platform/kafka/largest-record.ts'
import { mapInventory } from '../../../src/processors/map-inventory.ts'
import { mapProducts } from '../../../src/processors/map-products.ts'
import { type BatchView, processBatch } from '../../../src/processors/process-batch.ts'
import type { Processor } from '../../../src/processors/processor.ts'
import { type RoutedOrder, routeOrders } from '../../../src/processors/route-orders.ts'
import { metadataWith, ruleWith } from '../../data/configuration.ts'
import {
  connectionOf,
  inventoryChanged,
  lineOf,
  orderChanged,
  orderOf,
  productChanged,
} from '../../data/processor-events.ts'
import { batchOf, jsonCodec } from '../../worlds/fake-stage.ts'
import { readOf, uncheckedSystem } from '../../worlds/sources.ts'

const reads = [readOf('netsuite', 'inventory', 100), readOf('netsuite', 'products', 100)]
const view: BatchView = {
  configuration: {
    revision: 1,
    systems: [uncheckedSystem({ id: 'netsuite', type: 'netsuite', address: 'https://system.example', reads })],
    connections: [connectionOf('a', '.', { reads: reads.map(({ id }) => id), vendor: 'netsuite' })],
    metadata: [],
  },
  newer: async () => 'absent',
  now: 1_000,
  time: () => performance.now(),
  encode: ({ key }) => ({ topic: 't', key, value: Buffer.from(key) }),
  paused: () => undefined,
  isWrong: () => false,
}

it('lets everything else have its turn while records are processed that wait for nothing', async () => {
  const busy: Processor<'inventory'> = {
    ...mapInventory,
    process(event, context, state) {
      for (const until = performance.now() + 1; performance.now() < until; );
      return mapInventory.process(event, context, state)
    },
  }
  let turns = 0
  const others = setInterval(() => {
    turns += 1
  }, 1)
  const batch = batchOf<'inventory'>(
    ...Array.from({ length: 200 }, (_, sku) => inventoryChanged(`S${sku}`, { '1': ['2', '1'] })),
  )
  const work = await processBatch(busy, view, batch, new Map())
  clearInterval(others)
  expect(work.outputs.map(({ record }) => record.key)).toEqual(batch.map(({ event }) => `a|netsuite|${event.key}`))
  expect(turns).toBeGreaterThan(3)
})

it('begins with records before what earlier ones wait for is there, and concludes in their order', async () => {
  const begun: string[] = []
  const waiting = Promise.withResolvers<void>()
  const slow: Processor<'products'> = {
    name: 'slow',
    from: 'products',
    remembers: false,
    async process({ key }, { evaluate }) {
      begun.push(key)
      if (begun.length === 3) waiting.resolve()
      await Promise.all([waiting.promise, evaluate?.('a', [], true)])
      return { outputs: [], decisions: [{ connection: 'a', status: 'processing', code: null, message: null }] }
    },
  }
  const batch = batchOf<'products'>(...['X', 'Y', 'Z'].map((sku) => productChanged({ sku })))
  const work = await processBatch(slow, view, batch, new Map())
  expect(begun).toEqual(['X', 'Y', 'Z'])
  expect(work.results.map(({ result }) => result.key)).toEqual(['X', 'Y', 'Z'])
})

it('of one entity ends with the earlier record before the later one begins', async () => {
  const states: (string | undefined)[] = []
  const remembering: Processor<'products', { version: { occurredAt: null; readAt: number }; seen: string }> = {
    name: 'remembering',
    from: 'products',
    remembers: true,
    async process(event, _context, state) {
      states.push(state?.seen)
      await new Promise((resolve) => setImmediate(resolve))
      const version = { occurredAt: null, readAt: event.readAt }
      return { outputs: [], decisions: [], state: { version, seen: `after ${event.readAt}` } }
    },
  }
  const batch = batchOf<'products'>(...[1, 2, 3].map((readAt) => productChanged({ sku: 'X' }, { readAt })))
  await processBatch(remembering, view, batch, new Map())
  expect(states).toEqual([undefined, 'after 1', 'after 2'])
})

it('is handed over again when no thread evaluates, which says nothing about the record', async () => {
  const error = new StreamError('stopping', 'the process ends')
  const ending: Processor<'products'> = {
    name: 'ending',
    from: 'products',
    remembers: false,
    process: async () => ({ outputs: [], decisions: [{ connection: 'a', status: 'failed', error }] }),
  }
  await expect(processBatch(ending, view, batchOf<'products'>(productChanged({})), new Map())).rejects.toBe(error)
})

it('fails a connection alone whose row no record holds, and names what takes the room', async () => {
  const connections = ['a', 'b'].map((id) =>
    connectionOf(id, '.', { reads: reads.map((one) => one.id), vendor: 'netsuite' }),
  )
  const twice = ['one', 'two'].map((attribute) => ruleWith(attribute, { from: 'attributes.text' }))
  const metadata = [metadataWith('a', ...twice), metadataWith('b', ruleWith('name', { from: 'name' }))]
  const encode: BatchView['encode'] = ({ key, event }) => {
    return { topic: 't', key, value: Buffer.from(stringifyExact('data' in event ? event.data : {})) }
  }
  const configuration = { ...view.configuration, connections, metadata }
  const batch = batchOf<'products'>(
    productChanged({ sku: 'X', attributes: { text: JSON.stringify('x'.repeat(600_000)) } }),
  )
  const work = await processBatch(mapProducts, { ...view, configuration, encode }, batch, new Map())
  expect(work.outputs.map(({ connection }) => connection)).toEqual(['b'])
  expect(work.failures.map(({ connection, error }) => [connection, error.code, error.field])).toEqual([
    ['a', 'value_too_large', 'data.attributes.one'],
  ])
})

it('remembers what the other vendors of an order were sent, whose own part no record holds', async () => {
  const orders = [readOf('magento', 'orders', 100)]
  const connections = ['a', 'c'].map((id) =>
    connectionOf(id, `^${id.toUpperCase()}`, { reads: orders.map((one) => one.id) }),
  )
  const systems = [uncheckedSystem({ id: 'magento', type: 'magento2', address: 'https://shop.example', reads: orders })]
  const encode: BatchView['encode'] = ({ kind, key, event }) => ({
    topic: 't',
    key,
    value: jsonCodec.encode(kind, event),
  })
  const orderView = { ...view, configuration: { ...view.configuration, systems, connections }, encode }
  const states = new Map<string, RoutedOrder>()
  const play = async (version: number, state: string, text: string) => {
    const large = lineOf('2', 'C-1', { attributes: { text: JSON.stringify(text) } })
    const data = orderOf([lineOf('1', 'A-1'), large], { state })
    const event = orderChanged(data, { occurredAt: version, readAt: version })
    const work = await processBatch(routeOrders, orderView, batchOf<'orders'>(event), states)
    for (const [key, remembered] of work.states) states.set(key, remembered)
    return work.results.map(({ result: { connection, status, code } }) => [connection, status, code])
  }
  const tooLarge = 'x'.repeat(LARGEST_RECORD)
  expect(await play(1, 'processing', tooLarge)).toEqual([
    ['a', 'processing', null],
    ['c', 'failed', 'value_too_large'],
  ])
  expect([...states.values()].map(({ vendors }) => vendors)).toEqual([['a']])
  expect(await play(2, 'canceled', tooLarge)).toEqual([
    ['a', 'processing', null],
    ['c', 'ignored', 'order_state'],
  ])
})

it('remembers of a vendor whose part no record holds any more what it was sent before', () => {
  const version = { occurredAt: 1, readAt: 1 }
  const before = { version, vendors: ['c'], reduced: { c: 'before' } }
  const now = { version: { occurredAt: 2, readAt: 2 }, vendors: ['a', 'c'], reduced: { a: 'now', c: 'now' } }
  expect(routeOrders.withoutUnsent?.(now, before, new Set(['c']))).toEqual({
    ...now,
    reduced: { a: 'now', c: 'before' },
  })
})
