import kafkajs, { type Admin, type ITopicMetadata } from 'kafkajs'
import type { TopicDefinition } from './event-log.ts'
import { type ApiVersions, clusterOf } from './kafkajs-cluster.ts'
import { fromKafkajs } from './kafkajs-errors.ts'
import { type KafkaSettings, kafkaClient } from './kafkajs-event-log.ts'
import type { InspectedTopic, LogInspector } from './log-inspector.ts'

/** An inspector by kafkajs; it connects at once. */
export async function createLogInspector(settings: KafkaSettings): Promise<LogInspector> {
  const kafka = kafkaClient(settings)
  const admin = kafka.admin()
  const guarded = async <T>(doing: string, call: () => Promise<T>): Promise<T> => {
    try {
      return await call()
    } catch (error) {
      throw fromKafkajs(error, doing)
    }
  }
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

const FETCH = 1
/** Version of the fetch request → the release that brought it, the newest first. */
const RELEASES = [
  [17, '3.9'],
  [16, '3.7'],
  [15, '3.5'],
  [13, '3.1'],
  [12, '2.7'],
  [11, '2.3'],
] as const

/** A broker does not say its release; the requests it knows show it. Kafka 4.0 gave up the oldest. */
function releaseOf(versions: ApiVersions): string {
  const { minVersion: oldest = 0, maxVersion: newest = 0 } = versions[FETCH] ?? {}
  if (oldest >= 4) return '4.0 or newer'
  const release = RELEASES.find(([version]) => newest >= version)
  return release === undefined ? 'before 2.3' : `${release[1]} or newer`
}
