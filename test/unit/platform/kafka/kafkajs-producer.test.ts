import type { Kafka, ProducerBatch, ProducerConfig, RecordMetadata } from 'kafkajs'
import { describe, expect, it } from 'vitest'
import { createProducer } from '../../../../src/platform/kafka/kafkajs-producer.ts'

type Answer = (batch: ProducerBatch, partitions: readonly number[]) => RecordMetadata[] | Error

const acknowledged = (batch: ProducerBatch, partitions: readonly number[]): RecordMetadata[] =>
  (batch.topicMessages ?? []).flatMap(({ topic }) =>
    [...new Set(partitions)].map((partition) => ({ topicName: topic, partition, errorCode: 0 })),
  )

/** Counts its producers; each answers a request by the next answer, or acknowledges it. */
function fakeKafka(...answers: Answer[]) {
  const made: { sent: string[]; connected: boolean }[] = []
  const kafka = {
    producer({ createPartitioner }: ProducerConfig) {
      const state = { sent: [] as string[], connected: false }
      made.push(state)
      const choose = createPartitioner?.()
      const partitionMetadata = [0, 1, 2].map((partitionId) => ({ partitionId, leader: 1 }))
      return {
        async connect() {
          state.connected = true
        },
        async disconnect() {
          state.connected = false
        },
        async sendBatch(batch: ProducerBatch) {
          const partitions = (batch.topicMessages ?? []).flatMap(({ topic, messages }) =>
            messages.map((message) => choose?.({ topic, message, partitionMetadata: partitionMetadata as never }) ?? 0),
          )
          state.sent.push(
            ...(batch.topicMessages ?? []).flatMap(({ messages }) => messages.map(({ key }) => String(key))),
          )
          const answer = (answers.shift() ?? acknowledged)(batch, partitions)
          if (answer instanceof Error) throw answer
          return answer
        },
      }
    },
  }
  return { made, kafka: kafka as unknown as Kafka }
}

const records = (...keys: string[]) => keys.map((key) => ({ topic: 't', key, value: Buffer.from(key) }))

describe('the producer', () => {
  it('does not use a connection again after a failed request: its sequence numbers may be taken', async () => {
    const { kafka, made } = fakeKafka(() => new Error('no answer'))
    const producer = await createProducer(kafka, { gzip: false })
    await expect(producer.send(records('a'))).rejects.toMatchObject({ code: 'broker_unavailable' })
    await producer.send(records('b'))
    expect(made).toEqual([
      { sent: ['a'], connected: false },
      { sent: ['b'], connected: true },
    ])
  })

  it('believes no success without an acknowledgement for every partition', async () => {
    const { kafka } = fakeKafka((batch, partitions) => acknowledged(batch, partitions).slice(1))
    const producer = await createProducer(kafka, { gzip: false })
    await expect(producer.send(records('a', 'b', 'c', 'd', 'e'))).rejects.toMatchObject({
      code: 'broker_unavailable',
      message: expect.stringMatching(/no acknowledgement for t \d/),
    })
  })

  it('sends what is waiting in one request, and one request at a time', async () => {
    let requests = 0
    const count: Answer = (batch, partitions) => {
      requests += 1
      return acknowledged(batch, partitions)
    }
    const { kafka, made } = fakeKafka(count, count, count)
    const producer = await createProducer(kafka, { gzip: false })
    await Promise.all([producer.send(records('a')), producer.send(records('b', 'c')), producer.send([])])
    expect([requests, made[0]?.sent]).toEqual([1, ['a', 'b', 'c']])
  })

  it('sends what was given before it is closed, and takes nothing after', async () => {
    const { kafka, made } = fakeKafka()
    const producer = await createProducer(kafka, { gzip: false })
    const sending = producer.send(records('a'))
    await producer.close()
    await sending
    expect(made).toEqual([{ sent: ['a'], connected: false }])
    await expect(producer.send(records('b'))).rejects.toMatchObject({ code: 'broker_unavailable' })
  })
})
