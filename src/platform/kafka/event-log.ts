/**
 * The port to the log. What the rest of the program knows of Kafka; kafkajs is one way to answer it.
 * Offsets are `bigint`, times are milliseconds of the broker (LogAppendTime), topics carry their prefix.
 */
export interface LogRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
  /** Append time, given by the broker. */
  readonly timestamp: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: readonly LogHeader[]
}

/** A header as it came; names may repeat. */
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
 * are appended in their order. It rejects with `broker_unavailable`, then any of the records may have been appended, or
 * with `value_too_large` when the broker refused one for its size.
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
  /** The end of the partition when the batch was fetched: the offset the next record to be appended had then. */
  readonly highWatermark: bigint
  /** False as soon as the partition may belong to another member; nothing may be written or committed then. */
  owned(): boolean
  /**
   * Keeps the membership alive during long work. Rejects with `stopping` when it is lost, or the group is to share its
   * partitions anew: what is under way then has to end soon, and may be committed for as long as `owned()` is true.
   */
  heartbeat(): Promise<void>
  /** Commits that everything before `offset` is done. Rejects when the partition is not ours any more. */
  commit(offset: bigint): Promise<void>
}

export interface ConsumeOptions {
  readonly group: string
  readonly topics: readonly string[]
  /** Where a group without committed offsets begins. */
  readonly from: 'earliest' | 'latest'
  /**
   * Called for one batch of a partition at a time; batches of several partitions may overlap. What it has not committed
   * when it ends, whether by resolving or rejecting, is handed over again.
   */
  readonly onBatch: (batch: LogBatch) => Promise<void>
  /**
   * Where partitions begin when this member is first given them, instead of at the group's committed offset: by topic and
   * partition. For positions that the broker has forgotten.
   */
  readonly startAt?: ReadonlyMap<string, ReadonlyMap<number, bigint>>
  /** Partitions this member was given, after each rebalance. */
  readonly onAssigned?: (partitions: ReadonlyMap<string, readonly number[]>) => void
  /** The consumer can't go on by itself (a `stop` error): the runtime decides. */
  readonly onFailure: (error: unknown) => void
}

export interface LogConsumption {
  /** True while the partition can't have been given to another member. */
  owns(topic: string, partition: number): boolean
  /** Ends fetching, waits for batches under way, leaves the group. */
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
   * Creates what is missing, waits for leaders, and answers the names of what it created; throws `topic_differs` when one
   * exists with another partition count.
   */
  createTopics(topics: readonly TopicDefinition[]): Promise<readonly string[]>
  ends(topic: string): Promise<readonly PartitionEnd[]>
  /** Committed offset of each partition; null where the group has none. */
  committed(group: string, topic: string): Promise<ReadonlyMap<number, bigint | null>>
  close(): Promise<void>
}

/** Parts of a topic's partitions: from the first offset up to, without, the second. */
export type LogRange = ReadonlyMap<number, { readonly from: bigint; readonly to: bigint }>

export interface EventLog {
  producer(): Promise<LogProducer>
  consume(options: ConsumeOptions): Promise<LogConsumption>
  admin(): Promise<LogAdmin>
  /** One record by its place; null when there is none (any more). Slow: it opens a connection of its own. */
  read(topic: string, partition: number, offset: bigint): Promise<LogRecord | null>
  /**
   * Reads parts of a topic once, as no member of any group: nothing is committed. `onRecords` is called for one batch of
   * one partition at a time, each partition in its order. Resolves when everything in the range was handled; rejects with
   * what `onRecords` threw, `stopping` when `signal` aborts, and `broker_unavailable`.
   */
  scan(
    topic: string,
    range: LogRange,
    onRecords: (records: readonly LogRecord[]) => Promise<void>,
    signal?: AbortSignal,
  ): Promise<void>
}
