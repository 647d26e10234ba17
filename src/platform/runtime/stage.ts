import type { StreamError } from '../../errors.ts'
import type { TopicEvents, TopicKind } from '../../events/topics.ts'
import type { LogRecord } from '../kafka/event-log.ts'
import type { Span } from '../tracing/tracer.ts'
import type { OpenCircuit } from './breaker-state.ts'

/** A record with its decoded event. */
export interface Decoded<K extends TopicKind> {
  readonly record: LogRecord
  readonly event: TopicEvents[K]
  /** Of the stage's work on it, which the runtime ends; undefined where the record is not traced. */
  readonly span?: Span | undefined
}

/** What stays the same while a batch is worked on. */
export interface BatchContext {
  readonly topic: string
  readonly partition: number
  readonly highWatermark: bigint
  /** Aborts when the partition is revoked or the process is to end: stop before the next effect. */
  readonly signal: AbortSignal
  /** Throws `stopping` when the partition is not ours any more: call before each effect (Guarantee 4). */
  assertOwned(): void
  /**
   * Sends the record's original bytes and headers to the dead letters and resolves once that is acknowledged.
   * Rejects when it can't be written, which stops the partition (Guarantee 2).
   */
  deadLetter(record: LogRecord, error: StreamError, about: DeadLetterAbout): Promise<void>
  /**
   * Everything the record asked for is acknowledged, its status too: while the batch is still worked on, the runtime
   * commits as far as records are finished without a gap. Calling it is optional: a batch that is handled is finished.
   */
  finished(record: LogRecord): void
}

/** A partition between batches: what a stage needs to see to what it set aside. */
export type PartitionContext = Omit<BatchContext, 'highWatermark' | 'finished'>

export interface DeadLetterAbout {
  readonly connection: string | null
  /** Key of the entity. */
  readonly key: string
  readonly taskId: string | null
  readonly eventId: string | null
  readonly attempts: number
  readonly firstAt: number
}

/**
 * One consumer of topics of one kind. The runtime decodes (undecodable records are dead-lettered before they get here),
 * calls `handle` for one batch of a partition at a time, and commits after it resolved: when `handle` resolves,
 * everything it does with the batch has been acknowledged (Guarantee 1). An error thrown out of `handle` with policy
 * `retry`, `wait`, `pause` or `stop` has the whole batch handed over again, after a back-off; so `handle` must be
 * repeatable. Failures of single entities are the stage's to catch: retried in place, or dead-lettered through the
 * context. Any other error thrown out of `handle` has the records handed over one by one, and those that throw again are
 * dead-lettered (Guarantee 5).
 */
export interface Stage<K extends TopicKind> {
  /** Also the group id, without prefix: `route-orders`, `deliver-netsuite`. */
  readonly name: string
  readonly kind: K
  /** Without prefix. */
  readonly topics: readonly string[]
  /** Most records that are handed over and committed at once; 500 by default. */
  readonly batchSize?: number
  /** False: it needs nothing of what events say of persons, which is not opened for it. */
  readonly needsPersons?: false
  handle(batch: readonly Decoded<K>[], context: BatchContext): Promise<void>
  /**
   * Called about once a second for each partition that is owned and handled up to the end it had at `asOf`, a time just
   * before the end was asked for; never at the same time as `handle` for this partition.
   */
  onIdle?(partition: number, topic: string, asOf: number): Promise<void>
  /**
   * Called about once a second for each owned partition, however far behind it is, also while `handle` is under way for
   * it; one call of a partition at a time. Here a stage sees to what it set aside: its offset is committed already. An
   * error is logged and the call repeated.
   */
  onTick?(context: PartitionContext): Promise<void>
  /** What a group without any position does: begin at the earliest record (the default), or refuse until a person sets one. */
  readonly withoutPosition?: 'earliest' | 'refuse'
  /**
   * Why records are held back on purpose just now, because their target is down; null while they are not. A watchdog
   * leaves such a stage alone, and health shows the reason.
   */
  heldBack?(): string | null
  /** Of a stage that delivers to a system. */
  circuit?(): Circuit
}

/** Whether deliveries to a system pause since it does not answer, and how many wait for that. */
export interface Circuit {
  readonly system: string
  /** Null: it answers. Its message is no one's personal data. */
  readonly open: OpenCircuit | null
  readonly waiting: number
}
