import type { Kafka } from 'kafkajs'
import type { LogRecord } from './event-log.ts'
import { fromKafkajs } from './kafkajs-errors.ts'
import { scanRange } from './kafkajs-scan.ts'

/** Reads one record by its place; null when it does not exist. */
export async function readRecord(
  kafka: Kafka,
  topic: string,
  partition: number,
  offset: bigint,
): Promise<LogRecord | null> {
  const admin = kafka.admin()
  try {
    await admin.connect()
    const ends = (await admin.fetchTopicOffsets(topic)).find((end) => end.partition === partition)
    if (ends === undefined || offset < BigInt(ends.low) || offset >= BigInt(ends.high)) return null
  } catch (error) {
    throw fromKafkajs(error, `reading ${topic} ${partition} at ${offset}`)
  } finally {
    await admin.disconnect().catch(() => undefined)
  }
  let found: LogRecord | null = null
  await scanRange(kafka, topic, new Map([[partition, { from: offset, to: offset + 1n }]]), async ([record]) => {
    found = record ?? null
  })
  return found
}
