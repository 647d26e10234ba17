import { describe, expect, it } from 'vitest'
import type { EntityResult } from '../../../../src/events/generated/events.ts'
import { createStatusReporter } from '../../../../src/platform/runtime/status-reporter.ts'
import { memoryCodec } from '../../../memory/codec.ts'
import { memoryProducer } from '../../../memory/producer.ts'
import { countingMeter } from '../../../worlds/metric-samples.ts'
import { virtualClock } from './virtual-clock.ts'

const result = (key: string, message: string | null = null): EntityResult => ({
  entity: 'orders',
  source: 'magento',
  key,
  connection: 'c',
  eventId: key,
  occurredAt: null,
  readAt: 1,
  status: 'succeeded',
  code: null,
  message,
  targetId: null,
  contentId: null,
})

function open() {
  const [producer, codec] = [memoryProducer(), memoryCodec()]
  const reporter = createStatusReporter({ producer, codec, topicPrefix: 'p.', clock: virtualClock(7) })
  const sent = () =>
    Promise.all(
      producer.sent.map(async ({ topic, key, value }) => ({
        topic,
        key,
        ...(await codec.decode('sync-status', value)),
      })),
    )
  return { reporter, sent }
}

describe('the status reporter', () => {
  it('groups results by task, and keeps their order', async () => {
    const { reporter, sent } = open()
    await reporter.report('route-orders', 3, [
      { taskId: 't1', result: result('a') },
      { taskId: null, result: result('b') },
      { taskId: 't1', result: result('c') },
    ])
    const common = { topic: 'p.sync-status', stage: 'route-orders', partition: 3, at: 7, places: [] }
    expect(await sent()).toEqual([
      { ...common, key: 't1|route-orders 3', taskId: 't1', results: [result('a'), result('c')] },
      { ...common, key: 'push|route-orders 3', taskId: null, results: [result('b')] },
    ])
  })

  it('tells where the events behind the results are', async () => {
    const { reporter, sent } = open()
    const places = { source: { topic: 'p.orders', partition: 1, offset: 7, bytes: 90 }, mapped: null }
    await reporter.report('s', 0, [
      { taskId: 't', result: result('a'), places },
      { taskId: 't', result: result('b') },
    ])
    expect((await sent())[0]?.places).toEqual([places, { source: null, mapped: null }])
  })

  it('puts at most 500 results into a record', async () => {
    const { reporter, sent } = open()
    const keys = Array.from({ length: 1201 }, (_, n) => String(n))
    await reporter.report(
      's',
      0,
      keys.map((key) => ({ taskId: 't', result: result(key) })),
    )
    const records = await sent()
    expect(records.every(({ results }) => results.length <= 500)).toBe(true)
    expect(records.flatMap(({ results }) => results.map(({ key }) => key))).toEqual(keys)
  })

  it('puts fewer into a record when they are long', async () => {
    const { reporter, sent } = open()
    const long = 'x'.repeat(20_000)
    await reporter.report(
      's',
      0,
      Array.from({ length: 100 }, (_, n) => ({ taskId: 't', result: result(String(n), long) })),
    )
    const records = await sent()
    expect(records.length).toBeGreaterThan(2)
    expect(records.flatMap(({ results }) => results)).toHaveLength(100)
  })
})

it('what is reported is counted by connection and outcome, and how long what was delivered has taken', async () => {
  const { meter, counted } = countingMeter()
  const [producer, codec, clock] = [memoryProducer(), memoryCodec(), virtualClock(90_000_000)]
  const reporter = createStatusReporter({ producer, codec, topicPrefix: 'p.', clock, meter })
  const way = { occurredAt: 89_000_000, readAt: 89_500_000 }
  const results = [
    { ...result('a'), ...way },
    { ...result('b'), ...way, occurredAt: null },
    // What was older than a day when it was read says nothing of how long it takes.
    { ...result('c'), occurredAt: 1, readAt: 89_000_000 },
    { ...result('d'), status: 'ignored', code: 'not_ours' },
    { ...result('e'), connection: null, status: 'new' },
  ]
  await reporter.report(
    'deliver-netsuite',
    0,
    results.map((one) => ({ taskId: null, result: one })),
  )
  const of = (connection: string, outcome: string, code: string) =>
    `waldstream_results_total{stage="deliver-netsuite",connection="${connection}",entity="orders",outcome="${outcome}",code="${code}"}`
  expect(await counted()).toEqual({
    [of('c', 'succeeded', '')]: 3,
    [of('c', 'ignored', 'not_ours')]: 1,
    [of('', 'new', '')]: 1,
    'waldstream_end_to_end_seconds_count{connection="c",entity="orders"}': 2,
    'waldstream_freshness_seconds_count{connection="c",entity="orders"}': 1,
  })
})
