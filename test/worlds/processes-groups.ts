import { randomUUID } from 'node:crypto'
import kafkajs from 'kafkajs'
import type { Platform } from '../../src/cli/platform.ts'
import type { LogRecord } from '../../src/platform/kafka/event-log.ts'
import { until } from './processes-until.ts'

/** Partitions of a topic by the member of the group that has them. */
export type Members = ReadonlyMap<string, readonly number[]>

/** Who has which partitions of the topic, as the broker tells it; empty while the group is being shared anew. */
export async function membersOf(brokers: string, group: string, topic: string): Promise<Members> {
  const kafka = new kafkajs.Kafka({ brokers: brokers.split(','), logLevel: kafkajs.logLevel.NOTHING })
  const admin = kafka.admin()
  await admin.connect()
  try {
    const { groups } = await admin.describeGroups([group])
    const [found] = groups
    if (found === undefined || found.state !== 'Stable') return new Map()
    return new Map(
      found.members.map(({ memberId, memberAssignment }) => [
        memberId,
        kafkajs.AssignerProtocol.MemberAssignment.decode(memberAssignment)?.assignment[topic] ?? [],
      ]),
    )
  } finally {
    await admin.disconnect()
  }
}

/** Resolves when every partition of the topics with the prefix has that many replicas in sync. */
export async function untilReplicated(brokers: string, prefix: string, replicas: number): Promise<void> {
  const kafka = new kafkajs.Kafka({ brokers: brokers.split(','), logLevel: kafkajs.logLevel.NOTHING })
  const admin = kafka.admin()
  await admin.connect()
  try {
    const inSync = async () => {
      const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix))
      const { topics: found } = await admin.fetchTopicMetadata({ topics })
      return found.flatMap((topic) => topic.partitions.map(({ isr }) => isr.length))
    }
    const areWhole = async () => {
      const partitions = await inSync()
      return partitions.length > 0 && partitions.every((count) => count === replicas)
    }
    await until(`${replicas} replicas are in sync`, areWhole, { progress: inSync })
  } finally {
    await admin.disconnect()
  }
}

/** Resolves when the group of a stage has committed everything that its topics hold now; `withinMs`: without progress. */
export async function untilHandled(
  platform: Platform,
  stage: string,
  topics: readonly string[],
  withinMs = 120_000,
): Promise<void> {
  const prefix = platform.config.topicPrefix
  for (const name of topics) {
    const topic = `${prefix}${name}`
    const ends = await platform.admin.ends(topic)
    const committed = () => platform.admin.committed(`${prefix}${stage}`, topic)
    const isHandled = async () => {
      const offsets = await committed()
      return ends.every(({ partition, end }) => end === 0n || (offsets.get(partition) ?? -1n) >= end)
    }
    await until(`${stage} has handled ${name}`, isHandled, { withinMs, progress: async () => [...(await committed())] })
  }
}

/** Every record that a topic (without prefix) holds now, partition by partition in order. */
export async function readTopic(platform: Platform, name: string): Promise<readonly LogRecord[]> {
  const topic = `${platform.config.topicPrefix}${name}`
  const ends = await platform.admin.ends(topic)
  const records = new Map(ends.map(({ partition }) => [partition, new Map<bigint, LogRecord>()]))
  const reading = await platform.log.consume({
    group: `read-${randomUUID()}`,
    topics: [topic],
    from: 'earliest',
    onFailure: () => undefined,
    onBatch: async (batch) => {
      for (const record of batch.records) records.get(record.partition)?.set(record.offset, record)
      await batch.commit((batch.records.at(-1)?.offset ?? -1n) + 1n)
    },
  })
  try {
    const whole = () =>
      ends.every(({ partition, end, start }) => end === start || records.get(partition)?.has(end - 1n) === true)
    const progress = () => [...records.values()].map((partition) => partition.size)
    await until(`all of ${name} is read`, whole, { progress })
  } finally {
    await reading.close()
  }
  return [...records.values()].flatMap((partition) =>
    [...partition.values()].toSorted((a, b) => Number(a.offset - b.offset)),
  )
}

/** A record as it is to stand in the topic, without any of our own encoding. */
export interface RawRecord {
  /** With its prefix. */
  readonly topic: string
  readonly key: Buffer
  readonly value: Buffer | null
  readonly headers: Readonly<Record<string, Buffer>>
}

/** Appends records as they are, one request each, in their order. Topics with a larger one are made to take `maxBytes` first. */
export async function appendRaw(brokers: string, records: readonly RawRecord[], maxBytes: number): Promise<void> {
  const kafka = new kafkajs.Kafka({ brokers: brokers.split(','), logLevel: kafkajs.logLevel.NOTHING })
  const [admin, producer] = [
    kafka.admin(),
    kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner }),
  ]
  await Promise.all([admin.connect(), producer.connect()])
  try {
    await admin.alterConfigs({
      validateOnly: false,
      resources: [...new Set(records.filter(isLarge).map(({ topic }) => topic))].map((name) => ({
        type: kafkajs.ConfigResourceTypes.TOPIC,
        name,
        configEntries: [
          { name: 'max.message.bytes', value: String(maxBytes) },
          { name: 'message.timestamp.type', value: 'LogAppendTime' },
        ],
      })),
    })
    // The controller answers before every broker takes records of the new size.
    for (const { topic, ...record } of records) {
      await until(`the broker takes a record of ${topic}`, () => producer.send({ topic, messages: [{ ...record }] }))
    }
  } finally {
    await Promise.all([admin.disconnect(), producer.disconnect()])
  }
}

const USUAL_BYTES = 1024 * 1024

/** Over what our topics take. */
function isLarge({ value }: RawRecord): boolean {
  return (value?.length ?? 0) > USUAL_BYTES
}
