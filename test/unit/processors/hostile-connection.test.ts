import { afterAll, describe, expect, it } from 'vitest'
import type { AttributeRule, Configuration, Connection } from '../../../src/configuration/model.ts'
import { listPauses, resume } from '../../../src/control/pauses.ts'
import type { Entity, TopicEvents } from '../../../src/events/topics.ts'
import type { Decoded } from '../../../src/platform/runtime/stage.ts'
import { mapProducts } from '../../../src/processors/map-products.ts'
import type { Processor, Remembered } from '../../../src/processors/processor.ts'
import { routeOrders } from '../../../src/processors/route-orders.ts'
import { processorStage } from '../../../src/processors/run-processor.ts'
import { processorTables } from '../../../src/processors/tables.ts'
import { closeExpressionThreads } from '../../../src/rules/mapping/evaluate.ts'
import { metadataWith, ruleWith } from '../../data/configuration.ts'
import { connectionOf, lineOf, orderChanged, orderOf, productChanged } from '../../data/processor-events.ts'
import { memoryCodec } from '../../memory/codec.ts'
import { manualClock } from '../../memory/manual-clock.ts'
import { memoryTables } from '../../memory/tables.ts'
import { fakeStage } from '../../worlds/fake-stage.ts'
import { readOf, uncheckedSystem } from '../../worlds/sources.ts'
import { silentLogger } from '../../worlds/stage-context.ts'

// One order and one pattern of a seller stopped all roles of everybody, and one expression kept them silent for minutes.
const orders = readOf('magento', 'orders', 100)
const products = readOf('netsuite', 'products', 100)

const rule = (expression: string): AttributeRule => ruleWith('a', { expression })
const honestRule = rule('sku & "!"')
/** Takes many seconds in one step, also on a fast machine: pairs are compared by their lists before they differ. */
const SLOW = '$count($distinct([1..1990].{"a": [1..50], "b": $string($)})) & ""'
const BOMB = '$count($map([1..1900], function($i){ $uppercase($pad($string($i), 90000, "x")) })) & ""'

/** A stage over memory with an honest connection and another one. */
function stageOf<K extends Entity, S extends Remembered>(
  processor: Processor<K, S>,
  hostile: Partial<Connection>,
  rules: AttributeRule[],
) {
  const { log, context, producer, reporter } = fakeStage()
  const [codec, tables, clock] = [memoryCodec(), memoryTables(processorTables), manualClock(1_000)]
  const connection = (id: string, more: Partial<Connection>) =>
    connectionOf(id, '^H', { reads: [orders.id, products.id], vendor: 'netsuite', ...more })
  const configuration: Configuration = {
    revision: 1,
    systems: [
      uncheckedSystem({ id: 'magento', type: 'magento2', address: 'https://system.example', reads: [orders] }),
      uncheckedSystem({ id: 'netsuite', type: 'netsuite', address: 'https://system.example', reads: [products] }),
    ],
    connections: [connection('honest', {}), connection('hostile', hostile)],
    metadata: [metadataWith('honest', honestRule), metadataWith('hostile', ...rules)],
  }
  const stage = processorStage(processor, {
    producer,
    reporter,
    codec,
    tables,
    clock,
    logger: silentLogger,
    topicPrefix: '',
    configuration: () => configuration,
    log: { read: async () => null },
    guardTiming: { pausesEveryMs: 0 },
  })
  let offset = 0n
  const handle = async (...events: readonly TopicEvents[K][]) => {
    const batch = events.map((event): Decoded<K> => {
      const at = { topic: processor.from, partition: 3, offset, timestamp: 0, key: null, headers: [] }
      offset += 1n
      return { event, record: { ...at, value: codec.encode(processor.from, event) } }
    })
    await stage.handle(batch, context)
    const ends = log.results.splice(0).map(({ result }) => result)
    return {
      of: (id: string) => ends.filter(({ connection: one }) => one === id).map(({ key, status }) => `${key} ${status}`),
      letters: log.deadLetters.splice(0).map(({ about, error }) => `${about.connection} ${about.key} ${error.code}`),
      sent: log.sent.splice(0).map(({ key }) => key),
    }
  }
  const paused = async () => (await listPauses(tables)).map((one) => [one.connection, one.code, one.message])
  return { handle, paused, tables, clock, tick: async () => await stage.onTick?.(context), log }
}

const productsOf = (...skus: string[]) => skus.map((sku) => productChanged({ sku }))
const numbered = (count: number) => Array.from({ length: count }, (_, index) => `P${index}`)

/** The first one or two are dead letters, by how busy the machine is; the others wait. */
function expectStopped(letters: readonly string[], ends: readonly string[], keys: readonly string[]) {
  const failed = letters.length === 1 ? 1 : 2
  expect(letters).toEqual(keys.slice(0, failed).map((key) => `hostile ${key} mapping_failed`))
  expect(ends).toEqual(keys.map((key, index) => `${key} ${index < failed ? 'failed' : 'waiting'}`))
}

describe('a connection whose rules are hostile', () => {
  afterAll(closeExpressionThreads)

  it('fails with a few time-outs and is paused alone; what was not tried waits', async () => {
    const { handle, paused } = stageOf(mapProducts, { ownership: { skuPattern: '.' } }, [rule(SLOW)])
    const skus = numbered(30).map((sku) => `H${sku}`)
    const { of, letters, sent } = await handle(...productsOf(...skus))
    expect(of('honest')).toEqual(skus.map((sku) => `${sku} processing`))
    expect(sent).toEqual(skus.map((sku) => `honest|netsuite|${sku}`))
    expectStopped(letters, of('hostile'), skus)
    expect(await paused()).toEqual([
      [
        'hostile',
        'mapping_failed',
        expect.stringMatching(/^attribute a \(from expression .*\) fails: it (takes longer|was not tried)/),
      ],
    ])
    const next = await handle(...productsOf('H31', 'H32'))
    expect(next.of('honest')).toEqual(['H31 processing', 'H32 processing'])
    expect(next.of('hostile')).toEqual(['H31 waiting', 'H32 waiting'])
    expect(next.letters).toEqual([])
  })

  it('goes on in order when its pause is ended and its rules are no longer slow', async () => {
    const slowForOne = rule(`sku = "H0" or sku = "H1" or sku = "H2" ? ${SLOW} : sku`)
    const { handle, paused, tables, clock, tick, log } = stageOf(mapProducts, { ownership: { skuPattern: '.' } }, [
      slowForOne,
    ])
    await handle(...productsOf('H0', 'H1', 'H2', 'H3', 'H4'))
    expect(await paused()).toHaveLength(1)
    await resume(tables, 'map-products', 'hostile')
    clock.set(60_000)
    await tick()
    expect(log.sent.map(({ key }) => key)).toEqual(['hostile|netsuite|H3', 'hostile|netsuite|H4'])
    expect(log.deadLetters.map(({ about }) => about.key)).toEqual(['H2'])
  })

  it('fails for the one event that fills the memory, not for its neighbours', async () => {
    const oneBomb = rule(`sku = "H3" ? ${BOMB} : sku`)
    const { handle, paused } = stageOf(mapProducts, { ownership: { skuPattern: '.' } }, [oneBomb])
    const { of, letters } = await handle(...productsOf('H1', 'H2', 'H3', 'H4', 'H5'))
    expect(of('hostile')).toEqual(
      ['H1', 'H2', 'H3', 'H4', 'H5'].map((sku) => `${sku} ${sku === 'H3' ? 'failed' : 'processing'}`),
    )
    expect(letters).toEqual(['hostile H3 mapping_failed'])
    expect(await paused()).toEqual([])
  })

  it('holds up no orders with the fields of its own', async () => {
    const orderMap = { shipMethods: {}, location: null, fields: [rule(SLOW)] }
    const { handle, paused } = stageOf(routeOrders, { ownership: { skuPattern: '^X' }, orderMap }, [])
    const many = numbered(8).map((number) =>
      orderChanged(orderOf([lineOf('1', 'H-1'), lineOf('2', 'X-1')], { orderNumber: number }), { key: number }),
    )
    const { of, letters, sent } = await handle(...many)
    expect(of('honest')).toEqual(numbered(8).map((number) => `${number} processing`))
    expect(sent).toEqual(numbered(8).map((number) => `honest|${number}`))
    expectStopped(letters, of('hostile'), numbered(8))
    expect((await paused()).map(([id]) => id)).toEqual(['hostile'])
  })

  it.each(['^([A-Z0-9]+-?)+$', '(a+)+\\1'])(
    'holds up no orders with the pattern %s, applied before',
    async (skuPattern) => {
      const { handle, paused } = stageOf(routeOrders, { ownership: { skuPattern } }, [])
      const trap = `${'A'.repeat(37)}!`
      const { of } = await handle(orderChanged(orderOf([lineOf('1', 'H-1!'), lineOf('2', trap)])))
      expect(of('honest').map((end) => end.split(' ')[1])).toEqual(['processing'])
      expect((await paused()).map(([id, code]) => [id, code])).toEqual(
        skuPattern.includes('\\1') ? [['hostile', 'configuration_invalid']] : [],
      )
    },
  )
})
