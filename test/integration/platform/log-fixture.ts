import { randomUUID } from 'node:crypto'
import pino from 'pino'
import { inject, onTestFinished } from 'vitest'
import type { EventLog, LogAdmin, LogProducer, LogTail, OutgoingRecord } from '../../../src/platform/kafka/event-log.ts'
import { createKafkaEventLog } from '../../../src/platform/kafka/kafkajs-event-log.ts'

export interface LogFixture {
  readonly log: EventLog & LogTail
  readonly producer: LogProducer
  readonly admin: LogAdmin
  /** Of this test alone. */
  readonly prefix: string
  /** Makes a topic of this test; its name with prefix. */
  topic(name: string, partitions?: number, config?: Readonly<Record<string, string>>): Promise<string>
}

export const silent = pino({ level: 'silent' })

function kafkaLog(): EventLog & LogTail {
  const brokers = (inject('services')['KAFKA_BROKERS'] ?? '').split(',')
  return createKafkaEventLog({ brokers, clientId: 'test', ssl: false, sasl: null, logger: silent })
}

/** A producer and an admin that are closed when the test ends. */
export async function openLog(): Promise<LogFixture> {
  const log = kafkaLog()
  const [producer, admin] = await Promise.all([log.producer(), log.admin()])
  onTestFinished(async () => {
    await Promise.all([producer.close(), admin.close()])
  })
  const prefix = `test-${randomUUID()}.`
  return {
    log,
    producer,
    admin,
    prefix,
    async topic(name, partitions = 1, config = {}) {
      const topic = `${prefix}${name}`
      const times = { 'message.timestamp.type': 'LogAppendTime' }
      await admin.createTopics([{ name: topic, partitions, replication: 1, config: { ...times, ...config } }])
      return topic
    },
  }
}

/** `count` records whose values are 0, 1, 2 …, spread over `keys` keys. */
export function numbered(topic: string, count: number, keys = 1, from = 0): OutgoingRecord[] {
  return Array.from({ length: count }, (_, index) => ({
    topic,
    key: `key-${index % keys}`,
    value: Buffer.from(String(from + index)),
  }))
}
