import { Kafka, logLevel } from 'kafkajs'
import type { Platform } from '../src/cli/platform.ts'
import type { OutgoingRecord } from '../src/platform/kafka/event-log.ts'
import { inventory } from './data/inventory.ts'
import { orders } from './data/orders.ts'
import { chunks, sourceRecord } from './fill.ts'
import { runWorker } from './run-worker.ts'
import type { BenchServers } from './servers.ts'
import { type FeedCheck, feedCheck, type LastRanks, noteRank } from './soak-check.ts'
import { type Moment, Progress } from './soak-progress.ts'
import type { Sample, SoakSpec } from './soak-worker.ts'

export interface SoakOptions {
  readonly seed: number
  readonly events: number
  readonly log: (line: string) => void
  readonly signal: AbortSignal
}

export interface SoakReport {
  readonly events: number
  readonly keys: number
  readonly seconds: number
  /** At a twentieth, the half and the end of the events. */
  readonly at: readonly Moment[]
  readonly longestDelayMs: number
  /** Mean of the samples. */
  readonly delayP99Ms: number
  readonly feed: FeedCheck
}

const SPEC: SoakSpec = { sampleMs: 250, collectEvery: 8 }
/** One order to four stock changes. */
const ORDERS_PART = 5
const EVENTS_A_KEY = 20
const CHUNK = 1000
/** Events that wait in the topics at most: the disk holds little more than these, whatever the number of events. */
const BACKLOG = 20_000
const KEPT_BYTES = 32 * 1024 * 1024

/** Runs events by the million through routing, mapping and the inventory feed of one worker process, while they are produced. */
export async function soak(servers: BenchServers, options: SoakOptions): Promise<SoakReport> {
  const count = { orders: Math.ceil(options.events / ORDERS_PART), inventory: 0, keys: 0 }
  count.inventory = options.events - count.orders
  count.keys = Math.ceil(options.events / EVENTS_A_KEY)
  await keepLittle(servers)
  const progress = new Progress(count.orders + count.inventory, options.log)
  const begun = performance.now()
  const ending = new AbortController()
  const signal = AbortSignal.any([options.signal, ending.signal])
  const onMessage = (message: unknown) => progress.note(message as Sample)
  const worker = runWorker('soak-worker.ts', SPEC, { env: servers.env, flags: ['--expose-gc'], onMessage, signal })
  const failed = worker.then(() => Promise.reject(new Error('the worker ended before the events did')))
  const ranks: LastRanks = new Map()
  try {
    await Promise.race([produce(servers.platform, options.seed, count, progress, ranks), failed])
    await Promise.race([progress.until((done) => done >= options.events), failed])
    await Promise.race([progress.nextMoment(), failed])
  } finally {
    ending.abort()
    await Promise.allSettled([worker, failed])
  }
  const seconds = (performance.now() - begun) / 1000
  const feed = await feedCheck(servers.platform.tables, ranks)
  return { events: options.events, keys: count.keys, seconds, ...progress.report(), feed }
}

async function produce(
  platform: Platform,
  seed: number,
  count: { readonly orders: number; readonly inventory: number; readonly keys: number },
  progress: Progress,
  ranks: LastRanks,
): Promise<void> {
  const orderKeys = Math.ceil(count.keys / ORDERS_PART)
  const shop = orders({ seed, count: count.orders, keys: orderKeys })
  const vendor = inventory({ seed, count: count.inventory, keys: count.keys - orderKeys })
  let produced = 0
  const mixed = function* (): Generator<OutgoingRecord> {
    let turn = 0
    for (const event of vendor) {
      noteRank(ranks, event)
      yield sourceRecord(platform, 'inventory', event)
      turn = (turn + 1) % (ORDERS_PART - 1)
      const order = turn === 0 ? shop.next() : undefined
      if (order?.done === false) yield sourceRecord(platform, 'orders', order.value)
    }
    for (const order of shop) yield sourceRecord(platform, 'orders', order)
  }
  for await (const records of chunks(mixed(), CHUNK)) {
    await progress.until((done) => produced - done < BACKLOG)
    await platform.producer.send(records)
    produced += records.length
  }
}

/** Has the broker drop what is long consumed, which the program's own topics never do. */
async function keepLittle({ platform }: BenchServers): Promise<void> {
  const { config } = platform
  const admin = new Kafka({ brokers: [...config.kafka.brokers], logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  const own = (await admin.listTopics()).filter((topic) => topic.startsWith(config.topicPrefix))
  const entries = {
    'message.timestamp.type': 'LogAppendTime',
    'retention.bytes': String(KEPT_BYTES),
    'segment.bytes': String(KEPT_BYTES / 4),
  }
  const configEntries = Object.entries(entries).map(([name, value]) => ({ name, value }))
  // 2: a topic, in Kafka's protocol.
  await admin.alterConfigs({
    validateOnly: false,
    resources: own.map((name) => ({ type: 2, name, configEntries })),
  })
  await admin.disconnect()
}
