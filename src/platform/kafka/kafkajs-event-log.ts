import { Kafka } from 'kafkajs'
import type { Logger } from 'pino'
import { calmRequestQueue } from './calm-request-queue.ts'
import type { EventLog } from './event-log.ts'
import { createAdmin } from './kafkajs-admin.ts'
import { consume, type Membership } from './kafkajs-consumer.ts'
import { kafkajsLogCreator } from './kafkajs-log.ts'
import { createProducer } from './kafkajs-producer.ts'
import { readRecord } from './kafkajs-read.ts'
import { type KafkaLogin, saslOf } from './kafkajs-sasl.ts'
import { scanRange } from './kafkajs-scan.ts'

export interface KafkaSettings extends Membership {
  readonly brokers: readonly string[]
  readonly clientId: string
  readonly ssl: boolean
  /** Null: it does not sign in. */
  readonly sasl: KafkaLogin | null
  /** False by default: records are small, most hold one event. */
  readonly gzip?: boolean
  readonly logger: Logger
  /** While it says false, a failure to connect is only thrown to the caller, and logged at `debug`; absent: always true. */
  readonly connected?: () => boolean
}

/** The log on kafkajs 2.2.4. It connects only when a producer, a consumption or an admin is created. */
export function createKafkaEventLog(settings: KafkaSettings): EventLog {
  const kafka = kafkaClient(settings)
  return {
    producer: () => createProducer(kafka, { gzip: settings.gzip ?? false }),
    consume: (options) => consume(kafka, options, settings.logger, settings),
    admin: () => createAdmin(kafka),
    read: (topic, partition, offset) => readRecord(kafka, topic, partition, offset),
    scan: (topic, range, onRecords, signal) => scanRange(kafka, topic, range, onRecords, signal),
  }
}

/** A kafkajs client with these settings; it does not connect yet. */
export function kafkaClient(settings: KafkaSettings): Kafka {
  calmRequestQueue()
  return new Kafka({
    brokers: [...settings.brokers],
    clientId: settings.clientId,
    ssl: settings.ssl,
    ...(settings.sasl === null ? {} : { sasl: saslOf(settings.sasl) }),
    connectionTimeout: 5_000,
    requestTimeout: 30_000,
    // About ten seconds in all; then the caller decides.
    retry: { initialRetryTime: 200, maxRetryTime: 3_000, retries: 7 },
    logCreator: kafkajsLogCreator(settings.logger, settings.connected),
  })
}
