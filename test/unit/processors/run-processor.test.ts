import { describe, expect, it } from 'vitest'
import type { Configuration } from '../../../src/configuration/model.ts'
import { StreamError } from '../../../src/errors.ts'
import { routeOrders } from '../../../src/processors/route-orders.ts'
import type { ProcessorDeps } from '../../../src/processors/run-processor.ts'
import { processorStage } from '../../../src/processors/run-processor.ts'
import { processorTables } from '../../../src/processors/tables.ts'
import { readWith } from '../../data/configuration.ts'
import { connectionOf, lineOf, orderChanged, orderOf } from '../../data/processor-events.ts'
import { manualClock } from '../../memory/manual-clock.ts'
import { memoryTables } from '../../memory/tables.ts'
import { batchOf, fakeStage, jsonCodec } from '../../worlds/fake-stage.ts'
import { countingMeter } from '../../worlds/metric-samples.ts'
import { silentLogger } from '../../worlds/stage-context.ts'

const configuration: Configuration = {
  revision: 1,
  systems: [
    {
      id: 'magento',
      type: 'magento2',
      address: 'https://system.example',
      secrets: {},
      zone: 'UTC',
      limits: { concurrency: 4 },
      settings: {},
      reads: [readWith('magento', 'orders')],
    },
  ],
  connections: [connectionOf('a', '^A'), connectionOf('unsubscribed', '^A', { reads: [] })],
  metadata: [],
}

const prepare = (tables = memoryTables(processorTables), more: Partial<ProcessorDeps> = {}) => {
  const { log, context, producer, reporter, ending } = fakeStage()
  const tracked = {
    ...tables,
    put: async (...args: Parameters<typeof tables.put>) => {
      log.steps.push('state')
      return tables.put(...args)
    },
  }
  const deps = {
    producer,
    reporter,
    codec: jsonCodec,
    tables: tracked,
    configuration: () => configuration,
    topicPrefix: 'p.',
    clock: manualClock(5),
    logger: silentLogger,
    log: { read: async () => null },
    ...more,
  }
  return { log, context, ending, tables, stage: processorStage(routeOrders, deps) }
}
type GetMany = Parameters<ReturnType<typeof memoryTables>['getMany']>
const first = orderChanged(orderOf([lineOf('1', 'A-1')]))
const second = orderChanged(orderOf([lineOf('1', 'X-1')]), { readAt: first.readAt + 1 })

describe('a processor as a stage', () => {
  it('counts unaccounted lines from 0, before its first batch: an alert does not see a step from no series', async () => {
    const { meter, counted } = countingMeter()
    prepare(memoryTables(processorTables), { meter })
    expect(await counted()).toEqual({ waldstream_order_lines_unaccounted_total: 0 })
  })

  it('sends, remembers and reports, in this order', async () => {
    const { log, context, stage } = prepare()
    await stage.handle(batchOf<'orders'>(first), context)
    expect(log.steps).toEqual(['send', 'state', 'report'])
    expect(log.sent.map(({ topic, key }) => [topic, key])).toEqual([['p.vendor-orders.a-erp', 'a|000000001']])
    expect(log.results).toMatchObject([
      { taskId: 'task-1', result: { entity: 'orders', connection: 'a', status: 'processing' } },
    ])
  })

  it('shows a later record of the batch the state of the earlier, and the next batch that of this one', async () => {
    const { log, context, stage } = prepare()
    await stage.handle(batchOf<'orders'>(first, second), context)
    expect(log.sent.map(({ value }) => JSON.parse(value.toString()).canceled)).toEqual([false, true])
    await stage.handle(batchOf<'orders'>(first), context)
    expect(log.sent).toHaveLength(2)
    expect(log.results.at(-1)?.result).toMatchObject({ status: 'superseded', code: 'older_version' })
  })

  it('does it all again when the batch comes again after a crash before the state', async () => {
    const one = prepare()
    one.tables.put = async () => {
      throw new StreamError('table_unavailable', 'gone')
    }
    await expect(one.stage.handle(batchOf<'orders'>(first), one.context)).rejects.toThrow('gone')
    const two = prepare()
    await two.stage.handle(batchOf<'orders'>(first), two.context)
    expect(two.log.sent).toEqual(one.log.sent)
  })

  it('never puts an older state over a newer one: a zombie has to begin again, and sees the newer one', async () => {
    const tables = memoryTables(processorTables)
    let frozen = true
    const stale = { ...tables, getMany: async (...args: GetMany) => (frozen ? [] : tables.getMany(...args)) }
    const newer = prepare(tables)
    await newer.stage.handle(batchOf<'orders'>(second), newer.context)
    const zombie = prepare(stale)
    const again = () => zombie.stage.handle(batchOf<'orders'>(first), zombie.context)
    await expect(again()).rejects.toMatchObject({ code: 'concurrent_change', policy: 'retry' })
    frozen = false
    await again()
    expect(zombie.log.results.map(({ result }) => result.status)).toEqual(['superseded'])
  })

  it('keeps what it remembers of many orders in few rows, those of other partitions apart', async () => {
    const tables = memoryTables(processorTables)
    const { log, context, stage } = prepare(tables)
    const numbered = (index: number) =>
      orderChanged(orderOf([lineOf('1', 'A-1')], { orderNumber: String(index).padStart(9, '0') }))
    await stage.handle(batchOf<'orders'>(...Array.from({ length: 300 }, (_, index) => numbered(index))), context)
    await stage.handle(batchOf<'orders'>(numbered(1000)), context)
    await stage.handle(batchOf<'orders'>(numbered(1)), { ...context, partition: context.partition + 1 })
    expect(log.steps.filter((step) => step === 'state')).toHaveLength(3)
    const later = { ...numbered(7), readAt: numbered(7).readAt + 1 }
    const without = { ...later, data: { ...later.data, lines: [lineOf('1', 'X-1')] } }
    await stage.handle(batchOf<'orders'>(without), context)
    expect(JSON.parse(String(log.sent.at(-1)?.value)).canceled).toBe(true)
  })

  it("dead-letters an event that can't be encoded, for every subscriber, and goes on with the others", async () => {
    const other = orderChanged(orderOf([lineOf('1', 'A-2')], { orderNumber: '2' }))
    const codec = {
      ...jsonCodec,
      encode: (...[kind, event]: Parameters<typeof jsonCodec.encode>) => {
        if ('key' in event && event.key === '2') throw new StreamError('value_too_large', 'too large')
        return jsonCodec.encode(kind, event)
      },
    }
    const { log, context, stage } = prepare(undefined, { codec })
    await stage.handle(batchOf<'orders'>(other, first), context)
    expect(log.sent.map(({ key }) => key)).toEqual(['a|000000001'])
    expect(log.deadLetters).toMatchObject([
      { error: { code: 'value_too_large' }, about: { connection: null, key: '2', firstAt: 5 } },
    ])
    expect(log.results.map(({ result: { key, status, code } }) => [key, status, code])).toEqual([
      ['2', 'failed', 'value_too_large'],
      ['000000001', 'processing', null],
    ])
    expect(log.steps.slice(-2)).toEqual(['dead letter', 'report'])
  })

  it('makes a dead letter of the connection that failed', async () => {
    const twice = { ...configuration, connections: [connectionOf('a', '^A'), connectionOf('b', '^A')] }
    const { log, context, stage } = prepare(undefined, { configuration: () => twice })
    await stage.handle(batchOf<'orders'>(first), context)
    expect(log.deadLetters.map(({ error, about }) => [error.code, about.connection])).toEqual([
      ['line_claimed_twice', 'a'],
      ['line_claimed_twice', 'b'],
    ])
    expect(log.sent).toEqual([])
  })

  it("has no effect once the partition is another's", async () => {
    const { log, context, ending, stage } = prepare()
    ending.abort(new StreamError('stopping', 'revoked'))
    await expect(stage.handle(batchOf<'orders'>(first), context)).rejects.toThrow('revoked')
    expect(log.steps).toEqual([])
  })
})
