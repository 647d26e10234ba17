import type { TopicDefinition } from '../../platform/kafka/event-log.ts'
import type { LogInspector } from '../../platform/kafka/log-inspector.ts'
import { judgeTopic } from '../doctor/log-checks.ts'
import type { Problem } from './problem.ts'

/** A topic as it is, beside what it should be. */
export interface TopicState {
  readonly topic: string
  /** 0: it is not there yet; a role makes it when it starts. */
  readonly partitions: number
  readonly replication: number
  /** As the broker has it: milliseconds, -1 for ever; null: it is not there. */
  readonly retention_ms: string | null
  /** Offsets between its beginning and its end: what it holds, but for gaps. */
  readonly records: number
  /** What is not as it should be. */
  readonly problems: readonly Problem[]
}

/** Every topic that the configuration asks for. */
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
  const problems = [{ message: 'is not there', fix: 'a role makes it when it starts' }]
  return { topic, partitions: 0, replication: 0, retention_ms: null, records: 0, problems }
}

function otherCount({ partitions: wanted }: TopicDefinition, has: number): readonly Problem[] {
  if (has === wanted) return []
  const fix = `set TOPIC_PARTITIONS=${has}, or begin a new generation of topics with another TOPIC_PREFIX`
  return [{ message: `has ${has} partitions, not ${wanted}`, fix }]
}
