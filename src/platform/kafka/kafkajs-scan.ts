import { randomUUID } from 'node:crypto'
import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs'
import { StreamError } from '../../errors.ts'
import type { LogRange, LogRecord } from './event-log.ts'
import { toRecord } from './kafkajs-consumer.ts'
import { fromKafkajs } from './kafkajs-errors.ts'

/** The broker must not remove the scan's consumer from its group while records are handled. */
const HEARTBEAT_MS = 3_000
/**
 * The range has records, so a consumer that gets none for this long is stuck: a new one continues from the same place.
 */
const STALLED_MS = 10_000
const CONSUMERS = 5

class Stalled extends Error {}

/** The next offset of each partition of a scan, and its end. */
type Places = Map<number, { next: bigint; readonly to: bigint }>

/** Reads a range with its own consumer, which commits nothing. */
export async function scanRange(
  kafka: Kafka,
  topic: string,
  range: LogRange,
  onRecords: (records: readonly LogRecord[]) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const open = [...range].filter(([, { from, to }]) => from < to)
  const places: Places = new Map(open.map(([partition, { from, to }]) => [partition, { next: from, to }]))
  for (let consumers = 1; places.size > 0; consumers += 1) {
    try {
      await scanPlaces(kafka, topic, places, onRecords, signal)
    } catch (error) {
      const isStalled = error instanceof StreamError && error.cause instanceof Stalled
      if (!isStalled || consumers >= CONSUMERS) throw error
    }
  }
}

/** Scans with one consumer until every partition has reached its end. */
async function scanPlaces(
  kafka: Kafka,
  topic: string,
  places: Places,
  onRecords: (records: readonly LogRecord[]) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const endedError = () => new StreamError('stopping', `the scan of ${topic} was stopped`)
  if (signal?.aborted === true) throw endedError()
  const consumer = kafka.consumer({
    groupId: `waldstream-scan-${randomUUID()}`,
    maxWaitTimeInMs: 100,
    allowAutoTopicCreation: false,
  })
  // Errors that `onRecords` threw are rethrown as they are: the broker did not fail.
  const failed = new Set<unknown>()
  const ended = Promise.withResolvers<void>()
  ended.promise.catch(() => undefined)
  const stop = () => ended.reject(endedError())
  signal?.addEventListener('abort', stop, { once: true })
  const wait = () => setTimeout(() => ended.reject(new Stalled(`no records came for ${STALLED_MS} ms`)), STALLED_MS)
  let stalled = wait()
  let isOver = false
  try {
    await consumer.connect()
    // From the beginning, in case the seek comes too late: records before the range are skipped, and none is missed.
    await consumer.subscribe({ topics: [topic], fromBeginning: true })
    consumer.on(consumer.events.CRASH, ({ payload }) => ended.reject(payload.error))
    consumer.on(consumer.events.GROUP_JOIN, () => seekAll(consumer, topic, places))
    const eachBatch = async (payload: EachBatchPayload) => {
      if (isOver) return
      clearTimeout(stalled)
      try {
        await takeBatch(payload, places, onRecords)
        if (places.size === 0) ended.resolve()
        else if (!isOver) stalled = wait()
      } catch (error) {
        failed.add(error)
        ended.reject(error)
      }
    }
    consumer.run({ autoCommit: false, partitionsConsumedConcurrently: 1, eachBatch }).catch(ended.reject)
    await ended.promise
  } catch (error) {
    throw failed.has(error) || error instanceof StreamError ? error : fromKafkajs(error, `scanning ${topic}`)
  } finally {
    // A batch may still be under way: `disconnect` waits for it.
    isOver = true
    clearTimeout(stalled)
    signal?.removeEventListener('abort', stop)
    await consumer.disconnect().catch(() => undefined)
  }
}

function seekAll(consumer: Consumer, topic: string, places: Places): void {
  for (const [partition, { next }] of places) consumer.seek({ topic, partition, offset: String(next) })
}

/** Passes on the batch's records that lie in the range; removes a partition from `places` when it reaches its end. */
async function takeBatch(
  { batch, heartbeat }: EachBatchPayload,
  places: Places,
  onRecords: (records: readonly LogRecord[]) => Promise<void>,
): Promise<void> {
  const place = places.get(batch.partition)
  if (place === undefined) return
  const all = batch.messages.map((message) => toRecord(batch, message))
  const records = all.filter(({ offset }) => offset >= place.next && offset < place.to)
  const beating = setInterval(() => void heartbeat().catch(() => undefined), HEARTBEAT_MS)
  try {
    if (records.length > 0) await onRecords(records)
  } finally {
    clearInterval(beating)
  }
  const after = BigInt(batch.lastOffset()) + 1n
  // A batch that was fetched before the seek lies before the range.
  if (after > place.next) place.next = after
  if (place.next >= place.to) places.delete(batch.partition)
}
