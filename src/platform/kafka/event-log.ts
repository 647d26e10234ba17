/**
 * The port to the log: all that the rest of the program knows of Kafka. kafkajs implements it.
 * Offsets are `bigint`, times are milliseconds of the broker (LogAppendTime), topic names include their prefix.
 */
export interface LogRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
  /** Append time, set by the broker. */
  readonly timestamp: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: readonly LogHeader[]
}

/** A header as received; names may repeat. */
export interface LogHeader {
  readonly key: string
  readonly value: Buffer | null
}

type HeaderValue = Buffer | string

export interface OutgoingRecord {
  readonly topic: string
  /** The partition follows from the key, by Kafka's own default partitioner (murmur2). */
  readonly key: string
  readonly value: Buffer
  /** Several values: the name repeats. */
  readonly headers?: Readonly<Record<string, HeaderValue | readonly HeaderValue[]>>
}

/**
 * `send` resolves when every record is acknowledged by all in-sync replicas (Guarantee 1); records of one call and key
 * are appended in their order. It rejects with `broker_unavailable` (some of the records may have been appended all the
 * same), or with `value_too_large` when the broker refused a record for its size.
 */
export interface LogProducer {
  send(records: readonly OutgoingRecord[]): Promise<void>
  close(): Promise<void>
}

/** Records of one partition, in order, and the session they were fetched in. */
export interface LogBatch {
  readonly topic: string
  readonly partition: number
  readonly records: readonly LogRecord[]
  /** The end of the partition when the batch was fetched: the offset of the next record to be appended. */
  readonly highWatermark: bigint
  /** False as soon as the partition may belong to another member: do not write or commit from then on. */
  owned(): boolean
  /**
   * Keeps the membership alive during long work. Rejects with `stopping` when the membership is lost or the group
   * rebalances: work under way then has to end soon, and may be committed for as long as `owned()` is true.
   */
  heartbeat(): Promise<void>
  /** Commits that everything before `offset` is done. Rejects when this member no longer owns the partition. */
  commit(offset: bigint): Promise<void>
}

/** Partitions of a member, by topic. */
export type Assignment = ReadonlyMap<string, readonly number[]>

export interface ConsumeOptions {
  readonly group: string
  readonly topics: readonly string[]
  /** Where a group without committed offsets begins. */
  readonly from: 'earliest' | 'latest'
  /**
   * Called for one batch of a partition at a time; batches of several partitions may overlap. Records that it has not
   * committed when it resolves or rejects are redelivered.
   */
  readonly onBatch: (batch: LogBatch) => Promise<void>
  /**
   * Where assigned partitions begin that the group has no committed offset of, by topic and partition: for positions that
   * the broker has lost. Asked after each rebalance, since another member may have committed meanwhile; nothing is
   * delivered before it answers. When it rejects, the consumer fails.
   */
  readonly startAt?: (assigned: Assignment) => Promise<ReadonlyMap<string, ReadonlyMap<number, bigint>>>
  /** Called after each rebalance with the partitions assigned to this member. */
  readonly onAssigned?: (partitions: Assignment) => void
  /** Called when the consumer can't continue by itself (a `stop` error): the runtime decides. */
  readonly onFailure: (error: unknown) => void
}

export interface LogConsumption {
  /** True while the partition can't have been given to another member. */
  owns(topic: string, partition: number): boolean
  /** Stops fetching, waits for the batches under way, leaves the group. */
  close(): Promise<void>
}

export interface PartitionEnd {
  readonly partition: number
  readonly start: bigint
  /** Offset that the next record will have. */
  readonly end: bigint
}

export interface TopicDefinition {
  readonly name: string
  readonly partitions: number
  readonly replication: number
  readonly config: Readonly<Record<string, string>>
}

export interface LogAdmin {
  /**
   * Creates missing topics, waits for leaders, and returns the names of the topics it created; throws `topic_differs`
   * when a topic exists with another partition count.
   */
  createTopics(topics: readonly TopicDefinition[]): Promise<readonly string[]>
  ends(topic: string): Promise<readonly PartitionEnd[]>
  /** Committed offset of each partition; null where the group has none. */
  committed(group: string, topic: string): Promise<ReadonlyMap<number, bigint | null>>
  close(): Promise<void>
}

/** Offset range of each partition: `from` inclusive, `to` exclusive. */
export type LogRange = ReadonlyMap<number, { readonly from: bigint; readonly to: bigint }>

export interface EventLog {
  producer(): Promise<LogProducer>
  consume(options: ConsumeOptions): Promise<LogConsumption>
  admin(): Promise<LogAdmin>
  /** One record by its place; null when it does not exist (any more). Slow: it opens its own connection. */
  read(topic: string, partition: number, offset: bigint): Promise<LogRecord | null>
  /**
   * Reads ranges of a topic once, without joining the program's groups: nothing is committed. `onRecords` is called for
   * one batch of one partition at a time, each partition in order. Resolves when every record of the range was handled;
   * rejects with the error that `onRecords` threw, with `stopping` when `signal` aborts, or with `broker_unavailable`.
   */
  scan(
    topic: string,
    range: LogRange,
    onRecords: (records: readonly LogRecord[]) => Promise<void>,
    signal?: AbortSignal,
  ): Promise<void>
}
