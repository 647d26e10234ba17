import type { StreamError } from '../../errors.ts'
import type { TopicEvents, TopicKind } from '../../events/topics.ts'
import type { LogRecord } from '../kafka/event-log.ts'
import type { Span } from '../tracing/tracer.ts'
import type { OpenCircuit } from './breaker-state.ts'

/** A record with its decoded event. */
export interface Decoded<K extends TopicKind> {
  readonly record: LogRecord
  readonly event: TopicEvents[K]
  /** Span of the stage's work on the record, ended by the runtime; undefined when the record is not traced. */
  readonly span?: Span | undefined
}

/** What stays the same while a batch is worked on. */
export interface BatchContext {
  readonly topic: string
  readonly partition: number
  readonly highWatermark: bigint
  /** Aborts when the partition is revoked or the process stops: stop before the next effect. */
  readonly signal: AbortSignal
  /** Throws `stopping` when this process no longer owns the partition: call before each effect (Guarantee 4). */
  assertOwned(): void
  /**
   * Sends the record's original bytes and headers to the dead letters and resolves once that is acknowledged.
   * Rejects when it can't be written, which stops the partition (Guarantee 2).
   */
  deadLetter(record: LogRecord, error: StreamError, about: DeadLetterAbout): Promise<void>
  /**
   * Reports that all effects of the record are acknowledged, its status too: while the batch is still worked on, the
   * runtime commits finished records up to the first gap. Calling it is optional: a handled batch is finished.
   */
  finished(record: LogRecord): void
}

/** A partition between batches: what a stage needs to handle its parked records. */
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
 * `retry`, `wait`, `pause` or `stop` redelivers the whole batch after a back-off, so `handle` must be repeatable. The
 * stage catches failures of single entities: it retries them in place, or dead-letters them through the context. After
 * any other error the records are handled one by one, and those that throw again are dead-lettered (Guarantee 5).
 */
export interface Stage<K extends TopicKind> {
  /** Also the group id, without prefix: `route-orders`, `deliver-netsuite`. */
  readonly name: string
  readonly kind: K
  /** Without prefix. */
  readonly topics: readonly string[]
  /** Most records that are handled and committed at once; 500 by default. */
  readonly batchSize?: number
  /** False: the stage does not need personal data, which stays sealed in its events. */
  readonly needsPersons?: false
  handle(batch: readonly Decoded<K>[], context: BatchContext): Promise<void>
  /**
   * Called about once a second with the owned partitions of a topic that are handled up to the ends they had at `asOf`,
   * a time just before the ends were read. `handle` may be under way meanwhile, for later records.
   */
  onIdle?(partitions: readonly number[], topic: string, asOf: number): Promise<void>
  /** Called after `onIdle` for each of them; never at the same time as `handle` for this partition. */
  onIdleAlone?(partition: number, topic: string, asOf: number): Promise<void>
  /**
   * Called about once a second for each owned partition, whatever its lag, also while `handle` is under way for it; one
   * call of a partition at a time. A stage handles its parked records here, whose offsets are committed already. An
   * error is logged and the call repeated.
   */
  onTick?(context: PartitionContext): Promise<void>
  /**
   * What a group without a position does: start at the earliest record (the default), or refuse until a person sets
   * one.
   */
  readonly withoutPosition?: 'earliest' | 'refuse'
  /**
   * Why records are held back on purpose, because their target is down; null while they are not. The watchdog does not
   * restart such a stage, and health shows the reason.
   */
  heldBack?(): string | null
  /** Circuit of the target; only for a stage that delivers to a system. */
  circuit?(): Circuit
}

/** Whether deliveries to a system are paused because it does not answer, and how many wait. */
export interface Circuit {
  readonly system: string
  /** Null: the system answers. The message contains no personal data. */
  readonly open: OpenCircuit | null
  readonly waiting: number
}
