import { type PerSystemKind, type Topic, type TopicKind, topicOf, topics } from '../../events/topics.ts'
import type { TopicDefinition } from './event-log.ts'

/** A system and the kinds that can be delivered to it. */
export interface TopicTarget {
  readonly system: string
  readonly kinds: readonly PerSystemKind[]
}

export interface TopicSettings {
  readonly prefix: string
  readonly partitions: number
  readonly replication: number
  /** The kinds delivered to each system: only these topics are created for it. */
  readonly targets: readonly TopicTarget[]
}

/** Largest record of a topic; a dead letter contains such a record with its headers and the cause. */
const MAX_RECORD_BYTES = 1024 * 1024
const DEAD_LETTER_FACTOR = 4

/**
 * Every topic of the program. Records are never removed: the tables can be rebuilt from the topics (Guarantee 9), and
 * compaction would keep the last appended record of a key, not the newest version.
 */
export function allTopics(settings: TopicSettings, declared: readonly Topic[] = topics): readonly TopicDefinition[] {
  return declared.flatMap((topic) => namesOf(topic, settings.targets).map((name) => define(name, topic.kind, settings)))
}

function namesOf({ kind, perSystem }: Topic, targets: readonly TopicTarget[]): readonly string[] {
  if (!perSystem) return [kind]
  return targets.filter(({ kinds }) => kinds.includes(kind)).map(({ system }) => topicOf(kind, system))
}

function define(name: string, kind: TopicKind, { prefix, partitions, replication }: TopicSettings): TopicDefinition {
  const factor = kind === 'dead-letters' ? DEAD_LETTER_FACTOR : 1
  return {
    name: `${prefix}${name}`,
    partitions,
    replication,
    config: {
      'message.timestamp.type': 'LogAppendTime',
      'cleanup.policy': 'delete',
      'retention.ms': '-1',
      // A replica that lacks records must not become the leader: acknowledged records would be lost (Guarantee 1).
      'unclean.leader.election.enable': 'false',
      'max.message.bytes': String(MAX_RECORD_BYTES * factor),
      // With fewer replicas in sync, "acknowledged by all" would mean by one (Guarantee 1).
      ...(replication >= 3 ? { 'min.insync.replicas': '2' } : {}),
    },
  }
}
