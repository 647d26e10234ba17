import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import type { Clock } from '../platform/clock.ts'
import type { EventCodec } from '../platform/codec.ts'
import { createTables, type DynamoTables } from '../platform/dynamodb/dynamo-tables.ts'
import type { EventLog, LogAdmin, LogProducer } from '../platform/kafka/event-log.ts'
import { createKafkaEventLog } from '../platform/kafka/kafkajs-event-log.ts'
import { allTopics } from '../platform/kafka/topic-definitions.ts'
import { createCodec } from '../platform/registry/codec.ts'
import { createStatusReporter } from '../platform/runtime/report-status.ts'
import type { StatusReporter } from '../platform/runtime/status-reporter.ts'
import { systemClock } from '../platform/system-clock.ts'
import { tableDefinitions } from './table-definitions.ts'

/** The mechanisms every role uses, opened once for a process. */
export interface Platform {
  readonly config: Config
  readonly logger: Logger
  readonly clock: Clock
  readonly log: EventLog
  readonly producer: LogProducer
  readonly admin: LogAdmin
  readonly codec: EventCodec
  readonly tables: DynamoTables['tables']
  readonly reporter: StatusReporter
  /** Makes the topics of these systems where they are missing. */
  createTopics(systems: readonly string[]): Promise<void>
  close(): Promise<void>
}
