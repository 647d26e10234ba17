import { setTimeout as sleep } from 'node:timers/promises'
import type { Admin, ITopicMetadata, Kafka } from 'kafkajs'
import { StreamError } from '../../errors.ts'
import type { LogAdmin, PartitionEnd, TopicDefinition } from './event-log.ts'
import { errorsOf, guarded, protocolType } from './kafkajs-errors.ts'
import { COORDINATOR_MOVES, LEADER_MOVES, whileMoving } from './while-moving.ts'

const LEADER_WAIT_MS = 30_000
const LEADER_POLL_MS = 50

export async function createAdmin(kafka: Kafka): Promise<LogAdmin> {
  const admin = kafka.admin()
  await guarded('connecting', () => admin.connect())
  return {
    createTopics: (topics) => guarded('creating topics', () => createTopics(admin, topics)),
    ends: (topic) => guarded(`reading the ends of ${topic}`, () => ends(admin, topic)),
    committed: (group, topic) =>
      guarded(`reading the offsets of ${group}`, async () => {
        const [found] = await whileMoving(COORDINATOR_MOVES, () =>
          admin.fetchOffsets({ groupId: group, topics: [topic] }),
        )
        const offsets = (found?.partitions ?? []).map(({ partition, offset }) => [partition, BigInt(offset)] as const)
        return new Map(offsets.map(([partition, offset]) => [partition, offset < 0n ? null : offset]))
      }),
    close: () => guarded('disconnecting', () => admin.disconnect()),
  }
}

async function ends(admin: Admin, topic: string): Promise<readonly PartitionEnd[]> {
  const offsets = await whileMoving(LEADER_MOVES, () => admin.fetchTopicOffsets(topic))
  return offsets.map(({ partition, low, high }) => ({ partition, start: BigInt(low), end: BigInt(high) }))
}

async function createTopics(admin: Admin, topics: readonly TopicDefinition[]): Promise<readonly string[]> {
  const existing = new Set(await admin.listTopics())
  const missing = topics.filter(({ name }) => !existing.has(name))
  if (missing.length > 0) await create(admin, missing)
  for (const topic of await waitForLeaders(admin, topics)) checkPartitions(topic, topics)
  await Promise.all(missing.map(({ name }) => ends(admin, name)))
  return missing.map(({ name }) => name)
}

/** Another process may create the same topics at the same time: a topic that already exists is not an error. */
async function create(admin: Admin, topics: readonly TopicDefinition[]): Promise<void> {
  try {
    await admin.createTopics({
      waitForLeaders: false,
      timeout: LEADER_WAIT_MS,
      topics: topics.map(({ name, partitions, replication, config }) => ({
        topic: name,
        numPartitions: partitions,
        replicationFactor: replication,
        configEntries: Object.entries(config).map(([entry, value]) => ({ name: entry, value })),
      })),
    })
  } catch (error) {
    const real = errorsOf(error).find((one) => protocolType(one) !== 'TOPIC_ALREADY_EXISTS')
    if (real !== undefined) throw real
  }
}

/** Brokers know a newly created topic only after a moment. */
async function waitForLeaders(admin: Admin, topics: readonly TopicDefinition[]): Promise<readonly ITopicMetadata[]> {
  const deadline = performance.now() + LEADER_WAIT_MS
  for (;;) {
    const found = await metadataOf(
      admin,
      topics.map(({ name }) => name),
    )
    const led = found.filter(({ partitions }) => partitions.length > 0 && partitions.every(({ leader }) => leader >= 0))
    if (led.length === topics.length) return led
    if (performance.now() > deadline) {
      const names = topics.map(({ name }) => name).filter((name) => led.every((topic) => topic.name !== name))
      throw new StreamError('broker_unavailable', `topics without a leader after 30 s: ${names.join(', ')}`)
    }
    await sleep(LEADER_POLL_MS)
  }
}

async function metadataOf(admin: Admin, names: string[]): Promise<readonly ITopicMetadata[]> {
  try {
    return (await admin.fetchTopicMetadata({ topics: names })).topics
  } catch (error) {
    const type = protocolType(error)
    if (type === 'UNKNOWN_TOPIC_OR_PARTITION' || type === 'LEADER_NOT_AVAILABLE') return []
    throw error
  }
}

/**
 * The partition count decides a key's partition: with another count, one key's records would lie in two (Guarantee 4).
 */
function checkPartitions(found: ITopicMetadata, topics: readonly TopicDefinition[]): void {
  const wanted = topics.find(({ name }) => name === found.name)?.partitions
  const count = found.partitions.length
  if (wanted === undefined || wanted === count) return
  throw new StreamError(
    'topic_differs',
    `topic ${found.name} has ${count} partitions, but TOPIC_PARTITIONS is ${wanted}: set TOPIC_PARTITIONS=${count}, ` +
      'or create new topics with another TOPIC_PREFIX',
    { field: 'TOPIC_PARTITIONS', details: { topic: found.name, has: count, wanted } },
  )
}
