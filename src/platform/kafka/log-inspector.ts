import type { TopicDefinition } from './event-log.ts'

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

/** Looks at the log without changing it. Every call rejects with `broker_unavailable`. */
export interface LogInspector {
  brokers(): Promise<InspectedBrokers>
  /** Those of the topics that exist. */
  topics(definitions: readonly TopicDefinition[]): Promise<readonly InspectedTopic[]>
  close(): Promise<void>
}
