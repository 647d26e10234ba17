import type { PartitionEnd, TopicDefinition } from './event-log.ts'

/** The brokers as they answer. */
export interface InspectedBrokers {
  /** host:port of each. */
  readonly brokers: readonly string[]
  /** Which releases have the requests that they know, for example `4.0 or newer`. */
  readonly release: string
}

/** A topic as it is. */
export interface InspectedTopic {
  readonly name: string
  readonly partitions: number
  /** Fewest replicas of a partition. */
  readonly replication: number
  /** Partitions that have no leader, or fewer replicas in sync than replicas. */
  readonly impaired: number
  /** Of the entries that were asked for. */
  readonly config: Readonly<Record<string, string>>
}

/** A consumer group as its broker has it. */
export interface InspectedGroup {
  readonly name: string
  /** Stable, Empty, PreparingRebalance, … */
  readonly state: string
  /** With the number of partitions that each was given. */
  readonly members: readonly { readonly id: string; readonly partitions: number }[]
  /** Offsets by topic and partition, of those that it has committed; null: of this partition none. */
  readonly committed: ReadonlyMap<string, ReadonlyMap<number, bigint | null>>
}

/** Looks at the log without changing it. Every call rejects with `broker_unavailable`. */
export interface LogInspector {
  brokers(): Promise<InspectedBrokers>
  /** Those of the topics that exist. */
  topics(definitions: readonly TopicDefinition[]): Promise<readonly InspectedTopic[]>
  /** Groups whose names begin so, `most` of them in the order of their names; not complete: there are more. */
  groups(
    prefix: string,
    most: number,
  ): Promise<{ readonly groups: readonly InspectedGroup[]; readonly complete: boolean }>
  /** Beginning and end of each partition of topics that exist. */
  ends(topics: readonly string[]): Promise<ReadonlyMap<string, readonly PartitionEnd[]>>
  close(): Promise<void>
}
