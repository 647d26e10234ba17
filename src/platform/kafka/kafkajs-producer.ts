import {
  CompressionTypes,
  type ICustomPartitioner,
  type IHeaders,
  type Kafka,
  type Message,
  type Producer,
  type RecordMetadata,
  type TopicMessages,
} from 'kafkajs'
import { StreamError } from '../../errors.ts'
import type { LogProducer, OutgoingRecord } from './event-log.ts'
import { fromKafkajs } from './kafkajs-errors.ts'
import { partitionOfKey } from './partition-of-key.ts'
import { type PendingSend, packRequest } from './request-packer.ts'

/**
 * One serial sender: while a request is under way, sends wait and then share the next one. With one request in flight
 * nothing is reordered, also when several callers use `send` at the same time.
 */
export async function createProducer(kafka: Kafka, { gzip }: { readonly gzip: boolean }): Promise<LogProducer> {
  const connection = createConnection(kafka)
  await connection.get()
  const pending: PendingSend[] = []
  let sending: Promise<void> | undefined
  let closed = false

  const sendAll = async (): Promise<void> => {
    while (pending.length > 0) {
      const request = packRequest(pending)
      const error = await sendRequest(connection, request.records, gzip)
      for (const send of request.sends) {
        if (error === undefined && send.taken < send.records.length) continue
        pending.splice(pending.indexOf(send), 1)
        if (error === undefined) send.resolve()
        else send.reject(error)
      }
    }
    sending = undefined
  }

  return {
    send(records) {
      if (closed) return Promise.reject(new StreamError('broker_unavailable', 'the producer is closed'))
      if (records.length === 0) return Promise.resolve()
      return new Promise((resolve, reject) => {
        pending.push({ records, taken: 0, resolve, reject })
        sending ??= Promise.resolve().then(sendAll)
      })
    },
    async close() {
      closed = true
      await sending
      await connection.discard()
    },
  }
}

interface Connection {
  get(): Promise<Producer>
  /** Partitions that records were assigned to since the last call. */
  chosen(): readonly string[]
  discard(): Promise<void>
}

function createConnection(kafka: Kafka): Connection {
  let current: Producer | undefined
  const chosen = new Set<string>()
  // kafkajs' own partitioner allocates four objects for each four bytes of a key.
  const createPartitioner: ICustomPartitioner =
    () =>
    ({ topic, message, partitionMetadata }) => {
      const partition = partitionOfKey(message.key ?? '', partitionMetadata.length)
      chosen.add(partitionName(topic, partition))
      return partition
    }
  return {
    chosen() {
      const places = [...chosen]
      chosen.clear()
      return places
    },
    async get() {
      if (current !== undefined) return current
      const producer = kafka.producer({
        idempotent: true,
        maxInFlightRequests: 1,
        allowAutoTopicCreation: false,
        createPartitioner,
      })
      try {
        await producer.connect()
      } catch (error) {
        await producer.disconnect().catch(() => undefined)
        throw fromKafkajs(error, 'connecting the producer')
      }
      current = producer
      return producer
    },
    async discard() {
      const producer = current
      current = undefined
      // The senders already know which records were lost with the connection.
      await producer?.disconnect().catch(() => undefined)
    },
  }
}

/**
 * Returns the error when the request failed. A failed request may have been appended all the same; the next one would
 * reuse its sequence numbers, and the broker would drop it as a duplicate. So a producer that failed is not used again:
 * the next one has its own producer id (Guarantee 2).
 */
async function sendRequest(
  connection: Connection,
  records: readonly OutgoingRecord[],
  gzip: boolean,
): Promise<StreamError | undefined> {
  try {
    const producer = await connection.get()
    connection.chosen()
    const answers = await producer.sendBatch({
      acks: -1,
      compression: gzip ? CompressionTypes.GZIP : CompressionTypes.None,
      topicMessages: byTopic(records),
    })
    checkAnswered(connection.chosen(), answers)
    return undefined
  } catch (error) {
    await connection.discard()
    return fromKafkajs(error, 'sending records')
  }
}

function partitionName(topic: string, partition: number): string {
  return `${topic} ${partition}`
}

/**
 * When a partition's leader moves between two tries of a request, to a broker that already answered the first try,
 * kafkajs does not ask that broker again and reports success. So every partition must be in the answers (Guarantee 1).
 */
function checkAnswered(places: readonly string[], answers: readonly RecordMetadata[]): void {
  const answered = new Set(answers.map(({ topicName, partition }) => partitionName(topicName, partition)))
  const missing = places.filter((place) => !answered.has(place))
  if (missing.length > 0) {
    throw new StreamError('broker_unavailable', `no acknowledgement for ${missing.join(', ')}: the leader has moved`)
  }
}

function byTopic(records: readonly OutgoingRecord[]): TopicMessages[] {
  const topics = new Map<string, Message[]>()
  for (const { topic, key, value, headers } of records) {
    const messages = topics.get(topic) ?? []
    topics.set(topic, messages)
    messages.push({ key, value, ...(headers === undefined ? {} : { headers: toKafkajs(headers) }) })
  }
  return [...topics].map(([topic, messages]) => ({ topic, messages }))
}

function toKafkajs(headers: NonNullable<OutgoingRecord['headers']>): IHeaders {
  return Object.fromEntries(Object.entries(headers).map(([name, values]) => [name, [values].flat()]))
}
