import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import type { System } from '../configuration/model.ts'
import { examine } from '../operations/doctor/examine.ts'
import type { Grounds } from '../operations/installation/installation.ts'
import { openPersonalData } from '../operations/personal-data.ts'
import { productVersion } from '../operations/product-version.ts'
import { sinksOf, targetsOf } from '../operations/sinks.ts'
import { tableDefinitions } from '../operations/table-definitions.ts'
import type { Clock } from '../platform/clock.ts'
import type { EventCodec } from '../platform/codec.ts'
import { createTables } from '../platform/dynamodb/create-tables.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import { logUnreadableRows } from '../platform/dynamodb/unreadable-rows.ts'
import { countedProducer } from '../platform/kafka/counted-producer.ts'
import type { EventLog, LogAdmin, LogProducer } from '../platform/kafka/event-log.ts'
import { createKafkaEventLog } from '../platform/kafka/kafkajs-event-log.ts'
import { createLogInspector } from '../platform/kafka/kafkajs-inspector.ts'
import { createRecordReader } from '../platform/kafka/kafkajs-record-reader.ts'
import type { RecordReader } from '../platform/kafka/record-reader.ts'
import { allTopics } from '../platform/kafka/topic-definitions.ts'
import { createLogger } from '../platform/logger.ts'
import { createMetrics, type Metrics } from '../platform/metrics/prom-meter.ts'
import type { PersonKeys } from '../platform/persons/person-keys.ts'
import { createCodec } from '../platform/registry/codec.ts'
import { createRegistryClient } from '../platform/registry/registry-client.ts'
import { beginEmpty } from '../platform/runtime/begin-empty.ts'
import { createPositions, type Positions } from '../platform/runtime/positions.ts'
import type { StatusReporter } from '../platform/runtime/status-reporter.ts'
import { createStatusReporter } from '../platform/runtime/status-reporter.ts'
import { systemClock } from '../platform/system-clock.ts'
import type { Tracer } from '../platform/tracing/tracer.ts'
import type { SystemDefinition } from '../systems/system.ts'
import { systemTypes as allTypes } from '../systems/systems.ts'

/** Connections and services that all roles use, opened once per process. */
export interface Platform {
  readonly config: Config
  /** All types of systems. */
  readonly systemTypes: ReadonlyMap<string, SystemDefinition>
  readonly logger: Logger
  readonly clock: Clock
  /** Metrics of the process. */
  readonly meter: Metrics
  readonly log: EventLog
  readonly producer: LogProducer
  readonly admin: LogAdmin
  readonly codec: EventCodec
  readonly personKeys: PersonKeys
  readonly tables: Tables
  readonly reporter: StatusReporter
  /** Undefined: tracing is off. */
  readonly tracer?: Tracer | undefined
  readonly positions: Positions
  /** Reads the state of brokers, tables and registry. */
  readonly grounds: Grounds
  /** Connects a reader of single records; the caller closes it. */
  openReader(): Promise<RecordReader>
  /** Creates missing topics of these systems; sinks begin at the start of topics that never had a record. */
  createTopics(systems: readonly System[]): Promise<void>
  close(): Promise<void>
}

/** Opens only the tables and creates missing ones, for commands that need no events. */
export async function openTables(
  config: Config,
  logger = createLogger({ level: config.logLevel, format: config.logFormat, name: 'waldstream' }),
) {
  const opened = createTables({ ...config.dynamodb, prefix: config.tablePrefix, logger })
  await opened.create(tableDefinitions)
  const endLog = logUnreadableRows(logger)
  const close = () => {
    endLog()
    opened.close()
  }
  return { tables: opened.tables, storedItems: opened.storedItems, describe: opened.describe, close }
}

/** Time limit for each check of the whole installation. */
const EXAMINED_WITHIN_MS = 15_000

/**
 * Connects to tables, registry and broker, and registers the schemas. Throws an error that names the one that fails.
 */
export async function openPlatform(config: Config, systemTypes = allTypes): Promise<Platform> {
  const { logLevel: level, logFormat: format, tracing } = config
  const logger = createLogger({ level, format, name: 'waldstream', traced: tracing !== null })
  let opened = false
  const tracer = await openTracer(config, logger)
  const log = createKafkaEventLog({ ...config.kafka, clientId: 'waldstream', logger, connected: () => opened })
  const opening = [openTables(config, logger), openCodec(config, logger), log.producer(), log.admin()] as const
  const registry = createRegistryClient(config.registry)
  const closers = [
    async () => registry.close(),
    async () => (await opening[0]).close(),
    async () => (await opening[2]).close(),
    async () => (await opening[3]).close(),
    async () => tracer?.close(),
  ]
  const close = async () => void (await Promise.allSettled(closers.map((end) => end())))
  try {
    const [{ tables, describe }, registered, uncounted, admin] = await Promise.all(opening)
    opened = true
    const meter = createMetrics()
    const producer = countedProducer(uncounted, meter)
    const { codec, personKeys } = await openPersonalData({ tables, clock: systemClock, codec: registered }, config)
    const reporter = createStatusReporter({
      producer,
      codec,
      topicPrefix: config.topicPrefix,
      clock: systemClock,
      meter,
    })
    const positions = createPositions(tables)
    return {
      config,
      systemTypes,
      logger,
      clock: systemClock,
      meter,
      log,
      producer,
      admin,
      codec,
      personKeys,
      tables,
      reporter,
      positions,
      tracer,
      grounds: {
        replication: config.replication,
        // Silent: its library would log the same errors that the caller gets.
        openInspector: () =>
          createLogInspector({
            ...config.kafka,
            clientId: 'waldstream',
            logger: createLogger({ level: 'silent', name: 'waldstream' }),
          }),
        describeTables: describe,
        registry,
        examine: (by) => examine(config, by, { folder: null, limitMs: EXAMINED_WITHIN_MS }),
      },
      openReader: () => createRecordReader({ ...config.kafka, clientId: 'waldstream', logger }),
      createTopics: (systems) => createSystemTopics(systems, { config, systemTypes, admin, positions }),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** Creates the topics of systems, and makes their sinks begin at the start of topics that never had a record. */
export async function createSystemTopics(
  systems: readonly System[],
  { config, systemTypes, admin, positions }: Pick<Platform, 'config' | 'systemTypes' | 'admin' | 'positions'>,
): Promise<void> {
  const { topicPrefix: prefix, partitions, replication } = config
  const targets = targetsOf(systems, systemTypes)
  await admin.createTopics(allTopics({ prefix, partitions, replication, targets }))
  const sinks = sinksOf(systems, systemTypes)
  const consumed = sinks.map(({ name, topic }) => ({ group: prefix + name, topic: prefix + topic }))
  await beginEmpty(consumed, { admin, positions }, partitions)
}

/** Loads the OpenTelemetry SDK only if tracing is on. */
async function openTracer({ tracing }: Config, logger: Logger): Promise<Tracer | undefined> {
  if (tracing === null) return undefined
  const { createOtelTracer } = await import('../platform/tracing/otel-tracer.ts')
  const instance = `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`
  return createOtelTracer(tracing, { version: productVersion(), instance }, logger)
}

function openCodec(config: Config, logger: Logger): Promise<EventCodec> {
  const { url, username, password } = config.registry
  const credentials = username === null || password === null ? {} : { username, password }
  return createCodec({ url, ...credentials, prefix: config.topicPrefix, logger })
}
