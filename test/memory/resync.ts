import { readConfiguration } from '../../src/configuration/read-configuration.ts'
import { createReplays, type Replays, type ReplayTarget } from '../../src/control/replays/create-replays.ts'
import { replayRows } from '../../src/control/replays/replay.ts'
import { type Entity, recordKey, type TopicEvents, type TopicKind } from '../../src/events/topics.ts'
import type { Clock } from '../../src/platform/clock.ts'
import type { Tables } from '../../src/platform/dynamodb/tables.ts'
import { createJobs } from '../../src/platform/jobs.ts'
import type { OutgoingRecord } from '../../src/platform/kafka/event-log.ts'
import type { RecordReader } from '../../src/platform/kafka/record-reader.ts'
import { feeds } from '../../src/projections/feeds.ts'
import { createRebuilds, type Rebuilds } from '../../src/projections/rebuild/create-rebuilds.ts'
import { rebuildRows } from '../../src/projections/rebuild/rebuild.ts'
import { silentLogger } from '../worlds/stage-context.ts'
import { MemoryBroker } from './broker.ts'
import { memoryCodec } from './codec.ts'
import { memoryEventLog } from './log.ts'

const PREFIX = 'p.'
const PARTITIONS = 3

/** A clock that goes on by what is slept. */
function jumpingClock(start: number): Clock & { time: number } {
  const clock = {
    time: start,
    now: () => clock.time,
    async sleep(ms: number, signal?: AbortSignal) {
      signal?.throwIfAborted()
      await new Promise((resolve) => setImmediate(resolve))
      clock.time += ms
    },
  }
  return clock
}

const targets: readonly ReplayTarget[] = [
  { topic: 'products', processor: 'map-products' },
  { topic: 'orders', processor: 'route-orders' },
  { topic: 'vendor-orders.erp', processor: 'deliver-erp' },
]

/** Replays over empty topics. */
export function memoryReplays(tables: Tables, clock: Pick<Clock, 'now'>): Replays {
  const admin = { ends: async () => [], createTopics: async () => [], committed: async () => new Map() }
  const jobs = createJobs(tables, replayRows)
  const log = { scan: async () => undefined }
  const parts = {
    readConfiguration: () => readConfiguration(tables),
    clock,
    jobs,
    log,
    codec: memoryCodec(),
    topicPrefix: PREFIX,
  }
  return createReplays({ ...parts, admin: { ...admin, close: async () => undefined }, targets: async () => targets })
}

/** Rebuilds that nobody does. */
export function memoryRebuilds(tables: Tables, clock: Pick<Clock, 'now'>): Rebuilds {
  const jobs = createJobs(tables, rebuildRows)
  const waiting = { now: () => clock.now(), sleep: async () => undefined }
  return createRebuilds({ tables, clock: waiting, jobs, feeds, admin: { ends: async () => [] }, topicPrefix: PREFIX })
}

function readerOf(broker: MemoryBroker): RecordReader {
  return {
    read: async (places) =>
      places.map(({ topic, partition, offset }) => broker.records(topic, partition, BigInt(offset), 1)[0] ?? null),
    close: async () => undefined,
  }
}

/** Topics in memory and what replays and rebuilds need of them. */
export async function memoryResync(tables: Tables, clock: Clock = jumpingClock(1_000_000)) {
  const time = { now: () => clock.now(), after: (ms: number, call: () => void) => void setTimeout(call, ms) }
  const broker = new MemoryBroker({ time, sessionMs: 30_000, rebalanceMs: 10_000 })
  const request = async <T>(_name: string, effect: () => T | Promise<T>) => await effect()
  const times = { freshMs: 20_000, heartbeatMs: 10, againMs: 10, batchSize: () => 100 }
  const log = memoryEventLog(broker, { ...time, request }, times)
  const [producer, admin] = await Promise.all([log.producer(), log.admin()])
  const topics = ['orders', 'products', 'inventory', 'universal-products', 'universal-inventory', 'vendor-orders.erp']
  const config = { replication: 1, partitions: PARTITIONS, config: {} }
  await admin.createTopics(topics.map((name) => ({ name: `${PREFIX}${name}`, ...config })))
  const codec = memoryCodec()
  const jobs = createJobs(tables, replayRows)
  const parts = {
    tables,
    readConfiguration: () => readConfiguration(tables),
    log,
    producer,
    admin,
    codec,
    clock,
    jobs,
    logger: silentLogger,
    topicPrefix: PREFIX,
    feeds,
  }
  const deps = { ...parts, leaseMs: 30_000, spreadMs: 6_000 }
  const outgoing = <K extends TopicKind>(kind: K, key: string, event: TopicEvents[K]): OutgoingRecord => ({
    topic: `${PREFIX}${kind}`,
    key,
    value: codec.encode(kind, event),
  })
  return {
    broker,
    /** How single events are read again. */
    staged: { codec, topicPrefix: PREFIX, reader: readerOf(broker) },
    deps,
    targets,
    replays: createReplays({ ...parts, targets: async () => targets }),
    /** Appends source events. */
    append: <K extends Entity>(kind: K, ...events: readonly TopicEvents[K][]) =>
      producer.send(events.map((event) => outgoing(kind, recordKey(event.source, event.key), event))),
    send: (...records: readonly OutgoingRecord[]) => producer.send(records),
    outgoing,
    /** Records of a topic, partition by partition. */
    records: (topic: string) =>
      Array.from({ length: PARTITIONS }, (_, partition) => broker.records(`${PREFIX}${topic}`, partition)).flat(),
  }
}
