import { afterAll, beforeAll, expect, onTestFinished } from 'vitest'
import { type Queues, startQueues } from '../worlds/elasticmq.ts'
import { type ProxyFault, startFaultProxy } from '../worlds/fault-proxy.ts'
import { newestByKey, orderMessage, type SqsWorldOptions, sqsWorld } from '../worlds/sqs-world.ts'
import { testFaults } from './fault-matrix.ts'

let queues: Queues
beforeAll(async () => {
  queues = await startQueues()
}, 150_000)
afterAll(() => queues.stop())

const JSON_TYPE = { 'content-type': 'application/x-amz-json-1.0' }
const refusal = (type: string) => JSON.stringify({ __type: `com.amazonaws.sqs#${type}`, message: 'no' })

/** A queue of three orders behind a proxy with faults. */
async function world(faults: readonly ProxyFault[] = [], options: SqsWorldOptions = {}) {
  const proxy = await startFaultProxy(queues.endpoint)
  onTestFinished(() => proxy.close())
  const queue = await queues.create('orders')
  const sqs = sqsWorld('orders', `${proxy.url}/000000000000/${queue.name}`, options)
  for (const id of ['1', '2', '3']) await queues.send(queue.url, orderMessage(id))
  proxy.set(...faults)
  /** Runs, as the schedule does, until nothing is left; every fault was met. */
  const drain = async () => {
    const failures: unknown[] = []
    for (let left = 1; left > 0; ) {
      await sqs.run().catch((error: unknown) => failures.push(error))
      const { waiting, held } = await queues.left(queue.url)
      left = waiting + held
    }
    expect(proxy.left()).toBe(0)
    return failures
  }
  /** Every order is there, once. */
  const expectAll = async () => expect((await sqs.events()).map(({ key }) => key).toSorted()).toEqual(['1', '2', '3'])
  return { sqs, queue, proxy, drain, expectAll }
}

/** The fault does no more than delay: one run does it all. */
async function passes(...faults: readonly ProxyFault[]) {
  const { drain, expectAll } = await world(faults)
  expect(await drain()).toEqual([])
  await expectAll()
}

testFaults('sqs', {
  'rate-limited': async () => {
    const fault = { kind: 'answer', status: 429, headers: { ...JSON_TYPE, 'retry-after': '1' }, times: 1 } as const
    const body = refusal('RequestThrottled')
    const { drain, expectAll, sqs } = await world([{ ...fault, action: 'ReceiveMessage', body }])
    expect(await drain()).toEqual([])
    await expectAll()
    expect(sqs.waits.some((ms) => ms >= 1000)).toBe(true)
  },
  'rate-limited-silently': async () => {
    const fault = { kind: 'answer', status: 400, headers: JSON_TYPE, body: refusal('ThrottlingException') } as const
    await passes({ ...fault, action: 'ReceiveMessage', times: 2 }, { ...fault, action: 'DeleteMessageBatch', times: 1 })
  },
  'gateway-page': async () => {
    const page = '<html><body>502 Bad Gateway</body></html>'
    const fault = { kind: 'answer', status: 502, headers: { 'content-type': 'text/html' }, body: page } as const
    await passes(
      { ...fault, action: 'ReceiveMessage', times: 1 },
      { ...fault, status: 200, action: 'ReceiveMessage', times: 1 },
      { ...fault, action: 'DeleteMessageBatch', times: 1 },
    )
  },
  // The messages of a lost answer are hidden until their time is over, and come again; deleted ones were published.
  'lost-answer': async () => {
    await passes(
      { kind: 'lose', action: 'ReceiveMessage', times: 1 },
      { kind: 'lose', action: 'DeleteMessageBatch', times: 1 },
    )
  },
  'half-an-answer': async () => {
    await passes(
      { kind: 'halve', action: 'ReceiveMessage', times: 1 },
      { kind: 'halve', action: 'DeleteMessageBatch', times: 1 },
    )
  },
  'slow-answer': async () => {
    const { drain, expectAll } = await world([{ kind: 'delay', delayMs: 3000, action: 'ReceiveMessage', times: 1 }], {
      timeoutMs: 500,
    })
    expect(await drain()).toEqual([])
    await expectAll()
  },
  // Between the page's acknowledgement and the deletion of its messages; the next run has new credentials.
  'expired-login': async () => {
    const fault = { kind: 'answer', status: 403, headers: JSON_TYPE, body: refusal('ExpiredTokenException') } as const
    const { drain, expectAll, sqs } = await world([{ ...fault, action: 'DeleteMessageBatch', times: 1 }])
    expect(await drain()).toMatchObject([{ code: 'credentials_refused' }])
    await expectAll()
    expect(await sqs.deadLetters()).toEqual([])
  },
  'past-the-end': async () => {
    const { drain, sqs } = await world()
    await drain()
    const before = (await sqs.events()).length
    expect(await sqs.run()).toMatchObject({ state: 'ended', keys: 0 })
    expect(await sqs.events()).toHaveLength(before)
  },
  'notice-twice': async () => {
    const { drain, expectAll, queue } = await world()
    await queues.send(queue.url, orderMessage('2'))
    await drain()
    await queues.send(queue.url, orderMessage('2'))
    await drain()
    await expectAll()
  },
  'notices-out-of-order': async () => {
    const { drain, sqs, queue } = await world()
    const at = (minute: string, order_status: string) => {
      return orderMessage('9', { order_update_date: `2026-03-02 05:${minute}:00`, order_status })
    }
    await queues.send(queue.url, at('20', 'complete'))
    await drain()
    await queues.send(queue.url, at('10', 'processing'))
    await drain()
    // In one page, too, where only the newest is published.
    await queues.send(queue.url, at('40', 'canceled'))
    await queues.send(queue.url, at('30', 'holded'))
    await drain()
    const states = (await sqs.events()).filter(({ key }) => key === '9').map(({ data }) => data.state)
    expect(states.at(-1)).toBe('canceled')
    expect(states).not.toContain('holded')
    expect(newestByKey(await sqs.events()).get('9')?.data.state).toBe('canceled')
  },
  'other-zone': async () => {
    const { drain, sqs } = await world([], { zone: 'America/Los_Angeles' })
    await drain()
    const [event] = await sqs.events()
    expect(new Date(event?.occurredAt ?? 0).toISOString()).toBe('2026-03-02T12:10:00.000Z')
    expect(new Date(event?.data.placedAt ?? 0).toISOString()).toBe('2026-03-02T12:00:00.000Z')
  },
})
