import { describe, expect, it } from 'vitest'
import type { AttributeRule, Configuration, Connection, Ownership } from '../../../src/configuration/model.ts'
import { decimal4, decimal8 } from '../../../src/events/decimal.ts'
import type { Entity, TopicEvents } from '../../../src/events/topics.ts'
import type { Decoded } from '../../../src/platform/runtime/stage.ts'
import { mapProducts } from '../../../src/processors/map-products.ts'
import type { Processor, Remembered } from '../../../src/processors/processor.ts'
import { routeOrders } from '../../../src/processors/route-orders.ts'
import { processorStage } from '../../../src/processors/run-processor.ts'
import { processorTables } from '../../../src/processors/tables.ts'
import type { FindProducts } from '../../../src/rules/ownership.ts'
import { metadataWith, ruleWith } from '../../data/configuration.ts'
import { connectionOf, lineOf, orderChanged, orderOf, productChanged } from '../../data/processor-events.ts'
import { memoryCodec } from '../../memory/codec.ts'
import { manualClock } from '../../memory/manual-clock.ts'
import { memoryTables } from '../../memory/tables.ts'
import { fakeStage } from '../../worlds/fake-stage.ts'
import { readOf, uncheckedSystem } from '../../worlds/sources.ts'
import { silentLogger } from '../../worlds/stage-context.ts'

const orders = readOf('magento', 'orders', 100)
const products = readOf('netsuite', 'products', 100)
const price = (expression: string) => ruleWith('price', { expression, type: 'decimal' })

/** A stage over memory, and what of it can be seen. */
function stageOf<K extends Entity, S extends Remembered>(
  processor: Processor<K, S>,
  connections: readonly Connection[],
  rules: readonly AttributeRule[] = [],
  find?: FindProducts,
) {
  const { log, context, producer, reporter } = fakeStage()
  const codec = memoryCodec()
  const configuration: Configuration = {
    revision: 1,
    systems: [
      uncheckedSystem({ id: 'magento', type: 'magento2', address: 'https://system.example', reads: [orders] }),
      uncheckedSystem({ id: 'netsuite', type: 'netsuite', address: 'https://system.example', reads: [products] }),
    ],
    connections,
    metadata: connections.map(({ id }) => metadataWith(id, ...rules)),
  }
  const stage = processorStage(processor, {
    producer,
    reporter,
    codec,
    tables: memoryTables(processorTables),
    clock: manualClock(1_000),
    logger: silentLogger,
    topicPrefix: '',
    configuration: () => configuration,
    log: { read: async () => null },
    ...(find === undefined ? {} : { products: find }),
  })
  return {
    log,
    async handle(...events: readonly TopicEvents[K][]) {
      const batch = events.map((event, offset): Decoded<K> => {
        const place = {
          topic: processor.from,
          partition: 3,
          offset: BigInt(offset),
          timestamp: 0,
          key: null,
          headers: [],
        }
        return { event, record: { ...place, value: codec.encode(processor.from, event) } }
      })
      await stage.handle(batch, context)
      const results = log.results.map(({ result: { connection, key, status, code } }) =>
        [connection, key, status, code].filter((part) => part !== null).join(' '),
      )
      return {
        results,
        sent: log.sent,
        letters: log.deadLetters.map(({ about, error }) => [about.connection, error.code]),
      }
    },
    async sentAs<T extends 'vendor-orders' | 'universal-products'>(kind: T): Promise<TopicEvents[T][]> {
      return await Promise.all(log.sent.map(({ value }) => codec.decode(kind, value)))
    },
  }
}

const vendorOf = (id: string, ownership: Ownership, more: Partial<Connection> = {}) => ({
  ...connectionOf(id, '', { reads: [orders.id, products.id], vendor: 'netsuite', ...more }),
  ownership,
})

describe('a rule with an expression', () => {
  it('keeps the order of a batch, also beside a connection without one', async () => {
    const stage = stageOf(mapProducts, [vendorOf('a', { skuPattern: '.' })], [price('$multiply(price, "2")')])
    const changed = (amount: string, readAt: number) =>
      productChanged({ sku: 'X', price: decimal8(amount, 'price') }, { readAt })
    await stage.handle(changed('1', 1), changed('2', 2), changed('3.005', 3))
    const prices = (await stage.sentAs('universal-products')).map(({ data, readAt }) => [
      readAt,
      data.attributes['price'],
    ])
    expect(prices).toEqual([
      [1, '"2"'],
      [2, '"4"'],
      [3, '"6.01"'],
    ])
  })

  it('that fails is a dead letter of its connection alone', async () => {
    const stage = stageOf(mapProducts, [vendorOf('a', { skuPattern: '.' })], [price('$error("no price list")')])
    const { letters, sent, results } = await stage.handle(productChanged({ sku: 'X' }))
    expect({ letters, sent, results }).toEqual({
      letters: [['a', 'mapping_failed']],
      sent: [],
      results: ['a X failed mapping_failed'],
    })
  })
})

describe('ownership by an attribute of the product', () => {
  it('takes a product that is not the vendor’s (any more) out of the feed', async () => {
    const brand = ruleWith('brand', { from: 'manufacturer' })
    const owner = vendorOf('a', { attribute: { name: 'brand', values: ['Acme'] } })
    const stage = stageOf(mapProducts, [owner], [brand])
    const { results } = await stage.handle(
      productChanged({ sku: 'X', manufacturer: 'Acme' }),
      productChanged({ sku: 'Y', manufacturer: 'Other' }),
    )
    const rows = (await stage.sentAs('universal-products')).map(({ key, deleted }) => [key, deleted])
    expect(rows).toEqual([
      ['X', false],
      ['Y', true],
    ])
    expect(results).toEqual(['a X processing', 'a Y processing not_owned'])
  })

  it('routes lines by the products of each vendor’s feed', async () => {
    const feeds: Readonly<Record<string, Readonly<Record<string, object>>>> = {
      a: { X: { manufacturer: 'Acme' }, Y: { manufacturer: 'Other' } },
      b: { Y: {}, Z: {} },
    }
    const asked: string[] = []
    const find: FindProducts = async ({ id }, skus) => {
      asked.push(`${id}: ${skus.join(' ')}`)
      return new Map(Object.entries(feeds[id] ?? {}).filter(([sku]) => skus.includes(sku))) as never
    }
    const stage = stageOf(
      routeOrders,
      [vendorOf('a', { manufacturer: ['Acme'] }), vendorOf('b', { feed: true }), vendorOf('c', { skus: ['W'] })],
      [],
      find,
    )
    const lines = ['X', 'Y', 'Z', 'W', 'OWN'].map((sku, index) =>
      lineOf(String(index), sku, { rowTotal: decimal4('1', '') }),
    )
    const { results } = await stage.handle(orderChanged(orderOf(lines)))
    const parts = (await stage.sentAs('vendor-orders')).map(({ connection, data }) => [
      connection,
      data.lines.map(({ sku }) => sku),
    ])
    expect(parts).toEqual([
      ['a', ['X']],
      ['b', ['Y', 'Z']],
      ['c', ['W']],
    ])
    expect(results).toHaveLength(3)
    expect(asked).toEqual(['a: X Y Z W OWN', 'b: X Y Z W OWN'])
  })

  it('that two vendors have makes the line unroutable, and neither gets a part of the order', async () => {
    const find: FindProducts = async () => new Map([['X', {}]])
    const owners = [vendorOf('a', { feed: true }), vendorOf('b', { feed: true }), vendorOf('c', { skus: ['W'] })]
    const stage = stageOf(routeOrders, owners, [], find)
    const { letters } = await stage.handle(orderChanged(orderOf([lineOf('1', 'X'), lineOf('2', 'W')])))
    expect((await stage.sentAs('vendor-orders')).map(({ connection }) => connection)).toEqual(['c'])
    expect(letters).toEqual([
      ['a', 'line_claimed_twice'],
      ['b', 'line_claimed_twice'],
    ])
    expect(stage.log.deadLetters[0]?.error.message).toMatch(/line 1 is unroutable: a and b claim it/)
  })
})

describe('fields of a vendor’s order', () => {
  const fields = (...rules: AttributeRule[]) => ({ orderMap: { shipMethods: {}, location: null, fields: rules } })
  const memo = ruleWith('memo', { from: 'purchaseOrderNumber', required: true })
  const total = ruleWith('custbody_total', { expression: '$total(lines.rowTotal)', type: 'decimal' })
  const order = (more = {}) => orderChanged(orderOf([lineOf('1', 'X', { rowTotal: decimal4('10.10', '') })], more))

  it('are mapped from its own part, exactly, and make its content another one', async () => {
    const owner = vendorOf('a', { skus: ['X'] })
    const plain = stageOf(routeOrders, [owner])
    await plain.handle(order({ purchaseOrderNumber: 'PO-7' }))
    const mapped = stageOf(routeOrders, [{ ...owner, ...fields(memo, total) }])
    await mapped.handle(order({ purchaseOrderNumber: 'PO-7' }))
    const [[without], [withFields]] = [await plain.sentAs('vendor-orders'), await mapped.sentAs('vendor-orders')]
    expect(without?.fields).toEqual({})
    expect(withFields?.fields).toEqual({ memo: '"PO-7"', custbody_total: '10.1' })
    expect(withFields?.contentDigest).not.toBe(without?.contentDigest)
  })

  it('that can not be mapped fail their connection alone, and tell nothing of the customer', async () => {
    const email: AttributeRule = { ...total, expression: '$add(customerEmail, "1")' }
    const owners = [vendorOf('a', { skus: ['X'] }, fields(email)), vendorOf('b', { skus: ['Y'] })]
    const stage = stageOf(routeOrders, owners)
    const { letters } = await stage.handle(orderChanged(orderOf([lineOf('1', 'X'), lineOf('2', 'Y')])))
    expect(letters).toEqual([['a', 'mapping_failed']])
    expect((await stage.sentAs('vendor-orders')).map(({ connection }) => connection)).toEqual(['b'])
    expect(stage.log.deadLetters[0]?.error.message).toMatch(/custbody_total .*\$add was not given a decimal/)
    expect(stage.log.deadLetters[0]?.error.message).not.toContain('@')
  })
})
