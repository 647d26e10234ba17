import type { Type } from 'avsc'
import { Kafka, type KafkaMessage, logLevel, Partitioners, type Producer } from 'kafkajs'
import type { Config } from '../../src/config.ts'
import type { TopicKind } from '../../src/events/topics.ts'
import { calmRequestQueue } from '../../src/platform/kafka/calm-request-queue.ts'
import { typeOf } from '../../src/platform/registry/logical-types.ts'
import { readSchema } from '../../src/platform/registry/schema-files.ts'
import { createMeter, type Measured } from '../meter.ts'
import type { RunSpec } from './job.ts'

/** The same as the runtime asks for, so that both see the same batches. */
const FETCH = { maxWaitTimeInMs: 1000, maxBytes: 4 * 1024 * 1024, maxBytesPerPartition: 1024 * 1024 }
const PARTITIONS_AT_ONCE = 4

/** What a bare loop does with the messages of one fetch of a partition. */
export type BareWork = (messages: readonly KafkaMessage[], producer: Producer) => Promise<void>

export interface BareJob {
  /** Without prefix. */
  readonly topic: string
  readonly work: BareWork
}

/**
 * The ceiling: kafkajs as its documentation shows it. Fetch, work, commit; no sessions, no dead letters, no states, no
 * reports, no retries but kafkajs' own. kafkajs' request queue is mended for it too, which only makes it faster.
 */
export async function bareSide({ kafka, topicPrefix }: Config, spec: RunSpec, job: BareJob): Promise<Measured> {
  calmRequestQueue()
  const client = new Kafka({ brokers: [...kafka.brokers], clientId: 'bench-bare', logLevel: logLevel.NOTHING })
  const producer = client.producer({ createPartitioner: Partitioners.DefaultPartitioner })
  const consumer = client.consumer({ groupId: spec.group, ...FETCH })
  const meter = createMeter()
  const done = Promise.withResolvers<void>()
  consumer.on(consumer.events.CRASH, ({ payload }) => done.reject(payload.error))
  let handled = 0
  await Promise.all([producer.connect(), consumer.connect()])
  await consumer.subscribe({ topics: [`${topicPrefix}${job.topic}`], fromBeginning: true })
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    partitionsConsumedConcurrently: PARTITIONS_AT_ONCE,
    async eachBatch({ batch, commitOffsetsIfNecessary, resolveOffset }) {
      const { topic, partition, messages } = batch
      meter.begin()
      await job.work(messages, producer)
      const offset = String(BigInt(batch.lastOffset()) + 1n)
      await commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition, offset }] }] })
      resolveOffset(batch.lastOffset())
      handled += messages.length
      if (handled >= spec.events) done.resolve()
    },
  })
  await done.promise
  const measured = meter.end(spec.events)
  await Promise.all([consumer.disconnect(), producer.disconnect()])
  return measured
}

/** Avro without registry: the schemas of this release, any schema id. */
export interface BareCodec {
  decode(value: Buffer | null): unknown
  encode(event: unknown): Buffer
}

const FRAME = Buffer.from([0, 0, 0, 0, 1])

export function bareCodec(kind: TopicKind): BareCodec {
  const type: Type = typeOf(JSON.parse(readSchema(kind)))
  return {
    decode: (value) => type.fromBuffer((value ?? Buffer.alloc(0)).subarray(FRAME.length)),
    encode: (event) => Buffer.concat([FRAME, type.toBuffer(event)]),
  }
}
