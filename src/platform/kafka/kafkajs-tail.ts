import { randomUUID } from 'node:crypto'
import type { Kafka } from 'kafkajs'
import type { LogRecord } from './event-log.ts'
import { toRecord } from './kafkajs-consumer.ts'
import { fromKafkajs } from './kafkajs-errors.ts'

/**
 * The last records of a topic as it is now, at most `most` of each partition, with a consumer of its own that commits
 * nothing. In order within a partition.
 */
export async function readTail(kafka: Kafka, topic: string, most: number): Promise<readonly LogRecord[]> {
  const admin = kafka.admin()
  const consumer = kafka.consumer({ groupId: `waldstream-tail-${randomUUID()}`, maxWaitTimeInMs: 100 })
  try {
    await admin.connect()
    const places = new Map<number, { readonly from: bigint; readonly end: bigint }>()
    for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
      const [start, end] = [BigInt(low), BigInt(high)]
      if (start < end) places.set(partition, { from: end - start > most ? end - BigInt(most) : start, end })
    }
    const open = new Set(places.keys())
    const records: LogRecord[] = []
    if (open.size === 0) return records
    await consumer.connect()
    await consumer.subscribe({ topics: [topic], fromBeginning: true })
    await new Promise<void>((resolve, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error))
      consumer.on(consumer.events.GROUP_JOIN, () => {
        for (const [partition, { from }] of places) consumer.seek({ topic, partition, offset: String(from) })
      })
      const run = consumer.run({
        autoCommit: false,
        eachBatch: async ({ batch }) => {
          const place = places.get(batch.partition)
          if (place === undefined || !open.has(batch.partition)) return
          const fetched = batch.messages.map((message) => toRecord(batch, message))
          records.push(...fetched.filter(({ offset }) => offset >= place.from && offset < place.end))
          if (BigInt(batch.lastOffset()) + 1n >= place.end) open.delete(batch.partition)
          if (open.size === 0) resolve()
        },
      })
      run.catch(reject)
    })
    return records
  } catch (error) {
    throw fromKafkajs(error, `reading the end of ${topic}`)
  } finally {
    await Promise.allSettled([consumer.disconnect(), admin.disconnect()])
  }
}
