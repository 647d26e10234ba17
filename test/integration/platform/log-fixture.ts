import pino from 'pino'
import { inject } from 'vitest'
import type { EventLog } from '../../../src/platform/kafka/event-log.ts'
import { createKafkaEventLog } from '../../../src/platform/kafka/kafkajs-event-log.ts'
import { type LogFixture, openFixture } from '../../memory/event-log-contract.ts'

export const silent = pino({ level: 'silent' })

export function kafkaLog(): EventLog {
  const brokers = (inject('services')['KAFKA_BROKERS'] ?? '').split(',')
  return createKafkaEventLog({ brokers, clientId: 'test', ssl: false, sasl: null, logger: silent })
}

/** The log with a producer and an admin that are closed when the test ends. */
export function openLog(): Promise<LogFixture> {
  return openFixture(kafkaLog())
}
