import { expect, it } from 'vitest'
import { StreamError } from '../../../../src/errors.ts'
import { retryHeaders } from '../../../../src/events/headers.ts'
import type { LogRecord } from '../../../../src/platform/kafka/event-log.ts'
import { deadLetterId, toDeadLetter } from '../../../../src/platform/runtime/dead-letters.ts'
import { RetriedRecords } from '../../../../src/platform/runtime/retried-records.ts'
import { memoryCodec } from '../../../memory/codec.ts'
import { memoryProducer } from '../../../memory/producer.ts'

const STAGE = 'route-orders'
const place = { topic: 'p.orders', partition: 1, timestamp: 5 }
const first: LogRecord = { ...place, offset: 7n, key: Buffer.from('shop|1'), value: Buffer.from('v'), headers: [] }
const error = new StreamError('mapping_failed', 'no')
const about = (connection: string | null) => ({
  connection,
  key: '1',
  taskId: null,
  eventId: null,
  attempts: 1,
  firstAt: 1,
})

/** The record again, much later, as the retry of the letter that a connection has of it. */
function retryOf(record: LogRecord, connection: string | null, attempt: number): LogRecord {
  const { topic, partition, offset, timestamp } = record
  const letterId = deadLetterId(STAGE, record, connection)
  const origin = { topic, partition, offset: Number(offset), timestamp }
  const headers = Object.entries(
    retryHeaders({ letterId, attempt, stage: STAGE, connection, key: '1', origin, revision: 0 }),
  )
  return {
    ...record,
    offset: 900n,
    headers: [{ key: 'own', value: null }, ...headers.map(([key, value]) => ({ key, value: Buffer.from(value) }))],
  }
}

function fixture(stage = STAGE) {
  const producer = memoryProducer()
  const codec = memoryCodec()
  const clock = { now: () => 9, sleep: async () => undefined }
  const retried = new RetriedRecords(stage, { producer, codec, topicPrefix: 'p.', clock })
  const told = async () => await Promise.all(producer.sent.map(({ value }) => codec.decode('dead-letters', value)))
  return { retried, producer, told }
}

it('fails a retry into the letter it is of, with its first place and its own headers', () => {
  const before = toDeadLetter(STAGE, first, error, about('a'), 2)
  const again = toDeadLetter(STAGE, retryOf(first, 'a', 2), error, about('a'), 3)
  expect(again).toEqual({ ...before, headers: [{ key: 'own', value: null }], lastAt: 3, retry: 2 })
})

it('fails for another connection into that connection’s letter, not as its retry', () => {
  const before = toDeadLetter(STAGE, first, error, about('b'), 2)
  const again = toDeadLetter(STAGE, retryOf(first, 'a', 2), error, about('b'), 2)
  expect(again).toMatchObject({ deadLetterId: before.deadLetterId, offset: 7, retry: 0 })
})

it('resolves retries that did not fail again, and no others', async () => {
  const { retried, producer, told } = fixture()
  const [fails, goes] = [retryOf(first, 'a', 1), retryOf({ ...first, offset: 8n }, null, 2)]
  retried.failed(fails, 'a')
  await retried.settle([first, fails, goes])
  expect(await told()).toMatchObject([
    {
      deadLetterId: deadLetterId(STAGE, { ...first, offset: 8n }, null),
      retry: 2,
      change: { kind: 'resolved' },
      offset: 8,
      connection: null,
    },
  ])
  expect(producer.sent[0]).toMatchObject({ topic: 'p.dead-letters', key: 'route-orders||1' })
})

it('resolves a letter whose record failed for another connection alone', async () => {
  const { retried, told } = fixture()
  const record = retryOf(first, 'a', 1)
  retried.failed(record, 'b')
  await retried.settle([record])
  expect(await told()).toMatchObject([{ deadLetterId: deadLetterId(STAGE, first, 'a') }])
})

it('leaves the retries of other stages that read the topic alone', async () => {
  const { retried, told } = fixture('another')
  await retried.settle([retryOf(first, 'a', 1)])
  expect(await told()).toEqual([])
})
