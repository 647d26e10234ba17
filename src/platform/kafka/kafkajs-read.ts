import { randomUUID } from 'node:crypto'
import type { Kafka } from 'kafkajs'
import type { LogRecord } from './event-log.ts'
import { toRecord } from './kafkajs-consumer.ts'
import { fromKafkajs } from './kafkajs-errors.ts'

/** Reads one record by its place, with a consumer of its own that commits nothing; null when it is not there. */
export async function readRecord(
  kafka: Kafka,
  topic: string,
  partition: number,
  offset: bigint,
): Promise<LogRecord | null> {
  const admin = kafka.admin()
  const consumer = kafka.consumer({ groupId: `waldstream-read-${randomUUID()}`, maxWaitTimeInMs: 100 })
  try {
    await admin.connect()
    const ends = (await admin.fetchTopicOffsets(topic)).find((end) => end.partition === partition)
    if (ends === undefined || offset < BigInt(ends.low) || offset >= BigInt(ends.high)) return null
    await consumer.connect()
    await consumer.subscribe({ topics: [topic] })
    return await new Promise<LogRecord>((resolve, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error))
      consumer.on(consumer.events.GROUP_JOIN, () => consumer.seek({ topic, partition, offset: String(offset) }))
      const eachMessage = async ({
        partition: from,
        message,
      }: {
        partition: number
        message: Parameters<typeof toRecord>[1]
      }) => {
        if (from === partition && BigInt(message.offset) === offset) resolve(toRecord({ topic, partition }, message))
      }
      consumer.run({ autoCommit: false, eachMessage }).catch(reject)
    })
  } catch (error) {
    throw fromKafkajs(error, `reading ${topic} ${partition} at ${offset}`)
  } finally {
    await Promise.allSettled([consumer.disconnect(), admin.disconnect()])
  }
}
