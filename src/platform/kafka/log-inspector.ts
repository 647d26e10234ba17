import type { PartitionEnd, TopicDefinition } from './event-log.ts'

/** The brokers and their release. */
export interface InspectedBrokers {
  /** host:port of each. */
  readonly brokers: readonly string[]
  /** Release, derived from the request versions they support, for example `4.0 or newer`. */
  readonly release: string
}

/** A topic as it is on the broker. */
export interface InspectedTopic {
  readonly name: string
  readonly partitions: number
  /** Fewest replicas of a partition. */
  readonly replication: number
  /** Partitions that have no leader, or fewer replicas in sync than replicas. */
  readonly impaired: number
  /** The requested entries. */
  readonly config: Readonly<Record<string, string>>
}

/** A consumer group as its broker reports it. */
export interface InspectedGroup {
  readonly name: string
  /** Stable, Empty, PreparingRebalance, … */
  readonly state: string
  /** With the number of partitions assigned to each. */
  readonly members: readonly { readonly id: string; readonly partitions: number }[]
  /** Committed offsets by topic and partition; null where the group has none for a partition. */
  readonly committed: ReadonlyMap<string, ReadonlyMap<number, bigint | null>>
}

/** Inspects the log without changing it. Calls reject with `broker_unavailable`. */
export interface LogInspector {
  brokers(): Promise<InspectedBrokers>
  /** The given topics that exist. */
  topics(definitions: readonly TopicDefinition[]): Promise<readonly InspectedTopic[]>
  /** At most `most` groups with the prefix, by name; `complete` is false when there are more. */
  groups(
    prefix: string,
    most: number,
  ): Promise<{ readonly groups: readonly InspectedGroup[]; readonly complete: boolean }>
  /** Start and end of each partition; the topics must exist. */
  ends(topics: readonly string[]): Promise<ReadonlyMap<string, readonly PartitionEnd[]>>
  close(): Promise<void>
}
