import { createSystemTopics, type Platform } from '../../src/cli/platform.ts'
import { readConfig } from '../../src/config.ts'
import { openPersonalData } from '../../src/operations/personal-data.ts'
import { tableDefinitions } from '../../src/operations/table-definitions.ts'
import { countedProducer } from '../../src/platform/kafka/counted-producer.ts'
import { createMetrics } from '../../src/platform/metrics/prom-meter.ts'
import { createPositions } from '../../src/platform/runtime/positions.ts'
import { createStatusReporter } from '../../src/platform/runtime/status-reporter.ts'
import { systemClock } from '../../src/platform/system-clock.ts'
import { loopback } from '../data/loopback.ts'
import { silentLogger } from '../worlds/stage-context.ts'
import { MemoryBroker } from './broker.ts'
import { memoryCodec } from './codec.ts'
import { memoryInspector } from './inspector.ts'
import { memoryEventLog } from './log.ts'
import { memoryTables } from './tables.ts'

/** What the program runs on, in memory: its roles start on it as they are, in the machine's own time. */
export async function memoryPlatform(
  systemTypes: Platform['systemTypes'],
  environment: Readonly<Record<string, string>>,
): Promise<Platform> {
  // Nothing listens at the addresses: nothing is sent there.
  const addresses = { KAFKA_BROKERS: 'none:1', SCHEMA_REGISTRY_URL: 'http://none', DYNAMODB_ENDPOINT: 'http://none' }
  const settings = { TOPIC_PARTITIONS: '2', FEED_SETTLE_MS: '0', API_PORT: '0' }
  const config = readConfig({ ...addresses, ...settings, ...loopback, ...environment })
  const time = { now: () => Date.now(), after: (ms: number, call: () => void) => void setTimeout(call, ms).unref() }
  const broker = new MemoryBroker({ time, sessionMs: 30_000, rebalanceMs: 10_000 })
  const request = async <T>(_name: string, effect: () => T | Promise<T>) => await effect()
  const times = { freshMs: 20_000, heartbeatMs: 50, againMs: 10, batchSize: () => 100 }
  const log = memoryEventLog(broker, { ...time, request }, times)
  const [uncounted, admin] = await Promise.all([log.producer(), log.admin()])
  const meter = createMetrics()
  const producer = countedProducer(uncounted, meter)
  const tables = memoryTables(tableDefinitions)
  const { codec, personKeys } = await openPersonalData({ tables, clock: systemClock, codec: memoryCodec() }, config)
  const positions = createPositions(tables)
  return {
    config,
    systemTypes,
    logger: silentLogger,
    clock: systemClock,
    meter,
    log,
    producer,
    admin,
    codec,
    personKeys,
    tables,
    reporter: createStatusReporter({ producer, codec, topicPrefix: config.topicPrefix, clock: systemClock, meter }),
    positions,
    grounds: {
      replication: config.replication,
      openInspector: async () => memoryInspector(broker),
      describeTables: async (definitions) =>
        definitions.map(({ name, expires = null }) => ({
          name,
          status: 'ACTIVE',
          items: null,
          bytes: null,
          billing: null,
          point_in_time_recovery: null,
          expires,
          problem: null,
        })),
      registry: { latest: async () => undefined, compatibility: async () => undefined, accepts: async () => true },
      examine: async () => [],
    },
    openReader: async () => ({
      read: async (places) =>
        places.map(({ topic, partition, offset }) => broker.records(topic, partition, BigInt(offset), 1)[0] ?? null),
      close: async () => undefined,
    }),
    createTopics: (systems) => createSystemTopics(systems, { config, systemTypes, admin, positions }),
    close: async () => undefined,
  }
}
