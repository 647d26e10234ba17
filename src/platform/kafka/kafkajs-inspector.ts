import kafkajs, { type Admin, AssignerProtocol, type ITopicMetadata } from 'kafkajs'
import { forEachBounded } from '../bounded.ts'
import type { PartitionEnd, TopicDefinition } from './event-log.ts'
import { type ApiVersions, clusterOf } from './kafkajs-cluster.ts'
import { guarded } from './kafkajs-errors.ts'
import { type KafkaSettings, kafkaClient } from './kafkajs-event-log.ts'
import type { InspectedGroup, InspectedTopic, LogInspector } from './log-inspector.ts'
import { COORDINATOR_MOVES, LEADER_MOVES, whileMoving } from './while-moving.ts'

/** An inspector on kafkajs; it connects at once. */
export async function createLogInspector(settings: KafkaSettings): Promise<LogInspector> {
  const kafka = kafkaClient(settings)
  const admin = kafka.admin()
  await guarded('connecting', () => admin.connect())
  return {
    brokers: () =>
      guarded('asking for the brokers', async () => {
        const { brokers } = await admin.describeCluster()
        const cluster = clusterOf(kafka)
        try {
          await cluster.connect()
          await cluster.refreshMetadata()
          const [first] = brokers
          const broker = await cluster.findBroker({ nodeId: String(first?.nodeId ?? '') })
          const release = releaseOf(await broker.apiVersions())
          return { brokers: brokers.map(({ host, port }) => `${host}:${port}`).toSorted(), release }
        } finally {
          await cluster.disconnect()
        }
      }),
    topics: (definitions) => guarded('asking for the topics', () => inspectTopics(admin, definitions)),
    groups: (prefix, most) => guarded('asking for the groups', () => inspectGroups(admin, prefix, most)),
    ends: (topics) => guarded('asking for the ends of topics', () => endsOf(admin, topics)),
    close: () => guarded('disconnecting', () => admin.disconnect()),
  }
}

async function inspectTopics(
  admin: Admin,
  definitions: readonly TopicDefinition[],
): Promise<readonly InspectedTopic[]> {
  const existing = new Set(await admin.listTopics())
  const wanted = definitions.filter(({ name }) => existing.has(name))
  if (wanted.length === 0) return []
  const { topics } = await admin.fetchTopicMetadata({ topics: wanted.map(({ name }) => name) })
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: wanted.map(({ name, config }) => ({
      type: kafkajs.ConfigResourceTypes.TOPIC,
      name,
      configNames: Object.keys(config),
    })),
  })
  const configs = new Map(resources.map(({ resourceName, configEntries }) => [resourceName, configEntries]))
  return topics.map((topic) => ({
    ...stateOf(topic),
    config: Object.fromEntries(
      (configs.get(topic.name) ?? []).map(({ configName, configValue }) => [configName, configValue]),
    ),
  }))
}

function stateOf({ name, partitions }: ITopicMetadata): Omit<InspectedTopic, 'config'> {
  return {
    name,
    partitions: partitions.length,
    replication: Math.min(...partitions.map(({ replicas }) => replicas.length)),
    impaired: partitions.filter(({ leader, isr, replicas }) => leader < 0 || isr.length < replicas.length).length,
  }
}

/** Most requests under way at once. */
const AT_ONCE = 8
/** Most groups that one request describes. */
const DESCRIBED = 50

async function inspectGroups(admin: Admin, prefix: string, most: number): ReturnType<LogInspector['groups']> {
  const { groups } = await admin.listGroups()
  const names = groups
    .filter(({ groupId, protocolType }) => groupId.startsWith(prefix) && ['consumer', ''].includes(protocolType))
    .map(({ groupId }) => groupId)
    .toSorted()
  const looked = names.slice(0, most)
  const found = new Map<string, InspectedGroup>()
  const parts = Array.from({ length: Math.ceil(looked.length / DESCRIBED) }, (_, index) =>
    looked.slice(index * DESCRIBED, (index + 1) * DESCRIBED),
  )
  for (const part of parts) {
    const described = await whileMoving(COORDINATOR_MOVES, () => admin.describeGroups(part))
    await forEachBounded(described.groups, AT_ONCE, async ({ groupId: name, state, members }) => {
      const given = members.map((one) => ({ id: one.memberId, partitions: givenTo(one.memberAssignment) }))
      found.set(name, { name, state, members: given, committed: await committedOf(admin, name) })
    })
  }
  return { groups: looked.flatMap((name) => found.get(name) ?? []), complete: names.length === looked.length }
}

/** Number of a member's partitions; 0 during a rebalance. */
function givenTo(assignment: Buffer): number {
  if (assignment.length === 0) return 0
  const decoded = AssignerProtocol.MemberAssignment.decode(assignment)
  return Object.values(decoded?.assignment ?? {}).reduce((sum, partitions) => sum + partitions.length, 0)
}

/** Committed offsets of every topic of the group: an empty list of topics asks for all. */
async function committedOf(admin: Admin, group: string): Promise<InspectedGroup['committed']> {
  const offsets = await whileMoving(COORDINATOR_MOVES, () => admin.fetchOffsets({ groupId: group, topics: [] }))
  return new Map(
    offsets.map(({ topic, partitions }) => [
      topic,
      new Map(
        partitions.map(({ partition, offset }) => {
          const at = BigInt(offset)
          return [partition, at < 0n ? null : at] as const
        }),
      ),
    ]),
  )
}

async function endsOf(admin: Admin, topics: readonly string[]): ReturnType<LogInspector['ends']> {
  const ends = new Map<string, readonly PartitionEnd[]>()
  await forEachBounded(topics, AT_ONCE, async (topic) => {
    const offsets = await whileMoving(LEADER_MOVES, () => admin.fetchTopicOffsets(topic))
    const all = offsets.map(({ partition, low, high }) => ({ partition, start: BigInt(low), end: BigInt(high) }))
    ends.set(topic, all)
  })
  return ends
}

const FETCH = 1
/** Version of the fetch request → the release that introduced it, newest first. */
const RELEASES = [
  [17, '3.9'],
  [16, '3.7'],
  [15, '3.5'],
  [13, '3.1'],
  [12, '2.7'],
  [11, '2.3'],
] as const

/** A broker does not report its release; the request versions it supports show it. Kafka 4.0 dropped the oldest. */
function releaseOf(versions: ApiVersions): string {
  const { minVersion: oldest = 0, maxVersion: newest = 0 } = versions[FETCH] ?? {}
  if (oldest >= 4) return '4.0 or newer'
  const release = RELEASES.find(([version]) => newest >= version)
  return release === undefined ? 'before 2.3' : `${release[1]} or newer`
}
