import type { TopicDefinition } from '../../platform/kafka/event-log.ts'
import type { LogInspector } from '../../platform/kafka/log-inspector.ts'
import { judgeTopic } from '../doctor/log-checks.ts'
import type { Problem } from './problem.ts'

/** A topic's state, compared with its definition. */
export interface TopicState {
  readonly topic: string
  /** 0: it does not exist yet; a role creates it when it starts. */
  readonly partitions: number
  readonly replication: number
  /** The broker's setting: milliseconds, -1 for ever; null: the topic does not exist. */
  readonly retention_ms: string | null
  /** Number of offsets between its beginning and end: its records, including gaps. */
  readonly records: number
  readonly problems: readonly Problem[]
}

/** The state of every topic that the configuration needs. */
export async function readTopics(
  inspector: Pick<LogInspector, 'topics' | 'ends'>,
  definitions: readonly TopicDefinition[],
): Promise<readonly TopicState[]> {
  const found = new Map((await inspector.topics(definitions)).map((topic) => [topic.name, topic]))
  const ends = await inspector.ends([...found.keys()])
  return definitions
    .map((definition) => {
      const topic = found.get(definition.name)
      if (topic === undefined) return missing(definition.name)
      const size = (ends.get(topic.name) ?? []).reduce((sum, { start, end }) => sum + Number(end - start), 0)
      return {
        topic: topic.name,
        partitions: topic.partitions,
        replication: topic.replication,
        retention_ms: topic.config['retention.ms'] ?? null,
        records: size,
        problems: [
          ...otherCount(definition, topic.partitions),
          ...judgeTopic(definition, topic).map(({ what, fix }) => ({ message: what, fix })),
        ],
      }
    })
    .toSorted((one, other) => (one.topic < other.topic ? -1 : 1))
}

function missing(topic: string): TopicState {
  const problems = [{ message: 'does not exist', fix: 'a role creates it when it starts' }]
  return { topic, partitions: 0, replication: 0, retention_ms: null, records: 0, problems }
}

function otherCount({ partitions: wanted }: TopicDefinition, has: number): readonly Problem[] {
  if (has === wanted) return []
  const fix = `set TOPIC_PARTITIONS=${has}, or begin a new generation of topics with another TOPIC_PREFIX`
  return [{ message: `has ${has} partitions, not ${wanted}`, fix }]
}
