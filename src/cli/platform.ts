import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import type { System } from '../configuration/model.ts'
import { deliveriesTo, type SystemTypes } from '../configuration/system-type.ts'
import { topicOf } from '../events/topics.ts'
import type { Clock } from '../platform/clock.ts'
import type { EventCodec } from '../platform/codec.ts'
import { createTables } from '../platform/dynamodb/create-tables.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import type { EventLog, LogAdmin, LogProducer } from '../platform/kafka/event-log.ts'
import { createKafkaEventLog } from '../platform/kafka/kafkajs-event-log.ts'
import { createRecordReader } from '../platform/kafka/kafkajs-record-reader.ts'
import type { RecordReader } from '../platform/kafka/record-reader.ts'
import { allTopics, type TopicTarget } from '../platform/kafka/topic-definitions.ts'
import { createLogger } from '../platform/logger.ts'
import { createCodec } from '../platform/registry/codec.ts'
import { beginEmpty, type Consumed } from '../platform/runtime/begin-empty.ts'
import { createStatusReporter } from '../platform/runtime/create-status-reporter.ts'
import { createPositions, type Positions } from '../platform/runtime/positions.ts'
import type { StatusReporter } from '../platform/runtime/status-reporter.ts'
import { systemClock } from '../platform/system-clock.ts'
import { sinkName } from '../processors/delivery/sink-name.ts'
import type { SystemDefinition } from '../systems/system.ts'
import { systemTypes as allTypes } from '../systems/systems.ts'
import { tableDefinitions } from './table-definitions.ts'

/** The mechanisms every role uses, opened once for a process. */
export interface Platform {
  readonly config: Config
  /** Types of systems there are. */
  readonly systemTypes: ReadonlyMap<string, SystemDefinition>
  readonly logger: Logger
  readonly clock: Clock
  readonly log: EventLog
  readonly producer: LogProducer
  readonly admin: LogAdmin
  readonly codec: EventCodec
  readonly tables: Tables
  readonly reporter: StatusReporter
  readonly positions: Positions
  /** Connects a reader of single records; who opens it closes it. */
  openReader(): Promise<RecordReader>
  /** Makes the topics of these systems where they are missing; sinks begin at the start of those that never had a record. */
  createTopics(systems: readonly System[]): Promise<void>
  close(): Promise<void>
}

/** The tables alone, made where they are missing: what commands without events need. */
export async function openTables(
  config: Config,
  logger = createLogger({ level: config.logLevel, name: 'waldstream' }),
) {
  const opened = createTables({ ...config.dynamodb, prefix: config.tablePrefix, logger })
  await opened.create(tableDefinitions)
  return { tables: opened.tables, close: () => opened.close() }
}

/** Connects to tables, registry and broker; registers the schemas. Throws what says which of them is missing. */
export async function openPlatform(config: Config, systemTypes = allTypes): Promise<Platform> {
  const logger = createLogger({ level: config.logLevel, name: 'waldstream' })
  const log = createKafkaEventLog({ ...config.kafka, clientId: 'waldstream', logger })
  const opening = [openTables(config, logger), openCodec(config, logger), log.producer(), log.admin()] as const
  const closers = [
    async () => (await opening[0]).close(),
    async () => (await opening[2]).close(),
    async () => (await opening[3]).close(),
  ]
  const close = async () => void (await Promise.allSettled(closers.map((end) => end())))
  try {
    const [{ tables }, codec, producer, admin] = await Promise.all(opening)
    const { topicPrefix } = config
    const reporter = createStatusReporter({ producer, codec, topicPrefix, clock: systemClock })
    const positions = createPositions(tables)
    return {
      config,
      systemTypes,
      logger,
      clock: systemClock,
      log,
      producer,
      admin,
      codec,
      tables,
      reporter,
      positions,
      openReader: () => createRecordReader({ ...config.kafka, clientId: 'waldstream', logger }),
      createTopics: (systems) => createSystemTopics(systems, { config, systemTypes, admin, positions }),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** Makes the topics of systems, and has their sinks begin at the start of those that never had a record. */
export async function createSystemTopics(
  systems: readonly System[],
  { config, systemTypes, admin, positions }: Pick<Platform, 'config' | 'systemTypes' | 'admin' | 'positions'>,
): Promise<void> {
  const { topicPrefix, partitions, replication } = config
  const targets = targetsOf(systems, systemTypes)
  await admin.createTopics(allTopics({ prefix: topicPrefix, partitions, replication, targets }))
  await beginEmpty(sinkTopics(topicPrefix, targets), { admin, positions }, partitions)
}

/** What can be delivered to each system. */
export function targetsOf(systems: readonly System[], systemTypes: SystemTypes): readonly TopicTarget[] {
  return systems.map((system) => ({ system: system.id, kinds: deliveriesTo(systemTypes, system) }))
}

/** What the sinks of systems consume. */
function sinkTopics(topicPrefix: string, targets: readonly TopicTarget[]): readonly Consumed[] {
  return targets.flatMap(({ system, kinds }) =>
    kinds.map((kind) => ({
      group: topicPrefix + sinkName(kind, system),
      topic: topicPrefix + topicOf(kind, system),
    })),
  )
}

function openCodec(config: Config, logger: Logger): Promise<EventCodec> {
  const { url, username, password } = config.registry
  const credentials = username === null || password === null ? {} : { username, password }
  return createCodec({ url, ...credentials, prefix: config.topicPrefix, logger })
}
