import type { Logger } from 'pino'
import { type Policy, StreamError, toStreamError } from '../../errors.ts'
import { readRetryMark } from '../../events/headers.ts'
import type { TopicKind } from '../../events/topics.ts'
import type { Clock } from '../clock.ts'
import type { LogBatch, LogRecord } from '../kafka/event-log.ts'
import { type Meter, noMeter } from '../metrics/meter.ts'
import { withoutPersonal } from '../registry/personal-texts.ts'
import { eventAttributes, startRecordSpan } from '../tracing/record-spans.ts'
import { inSpan, type Span, type Tracer } from '../tracing/tracer.ts'
import { aboutRecord, type DeadLetterSender, sendDeadLetter, toDeadLetter } from './dead-letters.ts'
import type { OwnedPartition } from './partition-progress.ts'
import { RetriedRecords } from './retried-records.ts'
import { withRetry } from './retry.ts'
import type { BatchContext, Decoded, PartitionContext, Stage } from './stage.ts'

const BATCH_SIZE = 500
const HEARTBEAT_EVERY_MS = 1_000
/** During a rebalance the other members wait for this one: the part under way may take this long to end. */
const LEAVE_WITHIN_MS = 5_000
/** A commit that fails for longer is given up: the records are redelivered. */
const COMMIT_DEADLINE_MS = 30_000
/** Policies of errors that the records did not cause: retried for as long as this process owns the partition. */
const AGAIN: readonly Policy[] = ['retry', 'stop', 'wait', 'pause']

export interface BatchDeps extends DeadLetterSender {
  readonly clock: Clock
  readonly logger: Logger
  readonly random?: () => number
  readonly meter?: Meter
  /** Undefined: no tracing. */
  readonly tracer?: Tracer | undefined
}

/** Handles and commits a batch, part by part, until it is done, the partition is lost, or `closing` aborts. */
export async function runBatch<K extends TopicKind>(
  stage: Stage<K>,
  batch: LogBatch,
  partition: OwnedPartition,
  deps: BatchDeps,
  closing: AbortSignal,
): Promise<void> {
  const membership = new Membership()
  const lost = membership.lost.signal
  const done = new AbortController()
  const finished = new FinishedOffsets(batch.records)
  const commits = new Commits(batch, partition, deps.clock, lost)
  const signal = AbortSignal.any([closing, lost])
  const run = new BatchRun(stage, batch, partition, deps, signal, (offset) => finished.finish(offset))
  const beating = membership.keep(batch, deps.clock, done.signal, () => commits.tryUpTo(finished.contiguous()))
  try {
    const size = stage.batchSize ?? BATCH_SIZE
    for (let from = 0; from < batch.records.length && !membership.leaving; from += size) {
      const records = batch.records.slice(from, from + size)
      const counted = beginPart(stage.name, records, partition, deps)
      await run.handle(records)
      await run.retried.settle(records)
      // Guarantee 1: commit only after all of it is acknowledged.
      for (const { offset } of records) finished.finish(offset)
      await commits.upTo(finished.contiguous())
      counted()
    }
  } catch (error) {
    // The process is stopping or lost the partition: the records are redelivered.
    if (closing.aborted || lost.aborted || !batch.owned()) return
    throw error
  } finally {
    done.abort()
    await beating
  }
}

/** Records the part's age and start; call the returned function when the part is committed. */
function beginPart(
  stage: string,
  records: readonly LogRecord[],
  partition: OwnedPartition,
  { clock, meter = noMeter }: BatchDeps,
): () => void {
  const startedAt = clock.now()
  partition.oldestAt = records[0]?.timestamp ?? null
  return () => {
    const { handled, end } = partition
    const isLast = handled !== null && end !== null && handled >= end
    // Records after this part were appended later.
    partition.oldestAt = isLast ? null : (records.at(-1)?.timestamp ?? null)
    meter.count('waldstream_stage_records_total', { stage }, records.length)
    meter.observe('waldstream_stage_batch_seconds', { stage }, [(clock.now() - startedAt) / 1000])
  }
}

/** Whether the batch may continue: `leaving` ends it after the part under way, `lost` at once. */
class Membership {
  readonly lost = new AbortController()
  leaving = false

  /** Sends heartbeats while the batch is worked on. Losing the partition stops the work at once (Guarantee 4). */
  async keep(batch: LogBatch, clock: Clock, done: AbortSignal, commitFinished: () => Promise<void>): Promise<void> {
    let leaveBy = Number.POSITIVE_INFINITY
    while (!done.aborted) {
      await clock.sleep(HEARTBEAT_EVERY_MS, done).catch(() => undefined)
      if (done.aborted) return
      // Other failures are retried: the session outlasts several missed heartbeats.
      await batch.heartbeat().catch((error: unknown) => {
        if (toStreamError(error).code === 'stopping') this.leaving = true
      })
      if (this.leaving) leaveBy = Math.min(leaveBy, clock.now() + LEAVE_WITHIN_MS)
      if (!batch.owned() || clock.now() >= leaveBy) return this.lost.abort()
      await commitFinished()
    }
  }
}

/** Tracks the finished records of a batch, in any order, and up to which offset they have no gap. */
export class FinishedOffsets {
  readonly #offsets: readonly bigint[]
  readonly #finished = new Set<bigint>()
  #next = 0

  /** `records` in order of their offsets, which may have gaps (control records). */
  constructor(records: readonly LogRecord[]) {
    this.#offsets = records.map(({ offset }) => offset)
  }

  finish(offset: bigint): void {
    this.#finished.add(offset)
  }

  /** The offset before which everything is finished; null when not even the first record is. */
  contiguous(): bigint | null {
    while (this.#next < this.#offsets.length && this.#finished.has(this.#offsets[this.#next] ?? -1n)) this.#next += 1
    const last = this.#offsets[this.#next - 1]
    return last === undefined ? null : last + 1n
  }
}

/** Commits of one batch, one after the other and never backwards. */
class Commits {
  readonly #batch: LogBatch
  readonly #partition: OwnedPartition
  readonly #clock: Clock
  readonly #signal: AbortSignal
  #turn: Promise<void> = Promise.resolve()
  #done = -1n

  constructor(batch: LogBatch, partition: OwnedPartition, clock: Clock, signal: AbortSignal) {
    this.#batch = batch
    this.#partition = partition
    this.#clock = clock
    this.#signal = signal
  }

  /** Retries for COMMIT_DEADLINE_MS, then rejects. */
  upTo(offset: bigint | null): Promise<void> {
    const options = { clock: this.#clock, signal: this.#signal, policies: ['stop', 'retry'] as const }
    return this.#next(offset, (to) =>
      withRetry(() => this.#batch.commit(to), { ...options, deadlineMs: COMMIT_DEADLINE_MS }),
    )
  }

  /** Tries once; a later commit covers a failed one. */
  async tryUpTo(offset: bigint | null): Promise<void> {
    await this.#next(offset, (to) => this.#batch.commit(to)).catch(() => undefined)
  }

  async #next(offset: bigint | null, commit: (to: bigint) => Promise<void>): Promise<void> {
    const turn = this.#turn.then(async () => {
      if (offset === null || offset <= this.#done) return
      await commit(offset)
      this.#done = offset
      this.#partition.handled = offset
    })
    this.#turn = turn.catch(() => undefined)
    await turn
  }
}

/** The work on the parts of one batch. */
class BatchRun<K extends TopicKind> {
  readonly #stage: Stage<K>
  readonly #batch: LogBatch
  readonly #partition: OwnedPartition
  readonly #deps: BatchDeps
  readonly #context: BatchContext
  readonly #startedAt: number
  /** Spans of the part under way, for each traced record. */
  #spans: ReadonlyMap<LogRecord, Span> = new Map()
  readonly retried: RetriedRecords

  constructor(
    stage: Stage<K>,
    batch: LogBatch,
    partition: OwnedPartition,
    deps: BatchDeps,
    signal: AbortSignal,
    finish: (offset: bigint) => void,
  ) {
    this.#stage = stage
    this.#batch = batch
    this.#partition = partition
    this.#deps = deps
    this.#startedAt = deps.clock.now()
    const retried = new RetriedRecords(stage.name, deps)
    this.retried = retried
    const owned = () => {
      partition.activity += 1
      return batch.owned()
    }
    const context = partitionContext(stage.name, batch, deps, signal, owned)
    const spanOf = (record: LogRecord) => this.#spans.get(record)
    this.#context = {
      ...context,
      highWatermark: batch.highWatermark,
      async deadLetter(record, error, about) {
        const span = spanOf(record)
        await inSpan(span, () => context.deadLetter(record, error, about))
        span?.fail(error.code)
        retried.failed(record, about.connection)
      },
      finished(record) {
        // A retry is finished when its dead letter is resolved.
        if (readRetryMark(record.headers) === null) finish(record.offset)
      },
    }
  }

  async handle(records: readonly LogRecord[]): Promise<void> {
    this.#partition.activity += 1
    if (this.#deps.tracer !== undefined) this.#spans = this.#startSpans(records, this.#deps.tracer)
    try {
      await this.#handle(records)
    } catch (error) {
      for (const span of this.#spans.values()) span.fail(toStreamError(error).code)
      throw error
    } finally {
      for (const span of this.#spans.values()) span.end()
    }
  }

  #startSpans(records: readonly LogRecord[], tracer: Tracer): ReadonlyMap<LogRecord, Span> {
    const spans = new Map<LogRecord, Span>()
    for (const record of records) {
      const span = startRecordSpan(tracer, this.#stage.name, record)
      if (span !== undefined) spans.set(record, span)
    }
    return spans
  }

  async #handle(records: readonly LogRecord[]): Promise<void> {
    const decoded = await this.#again(() => this.#decode(records))
    if (decoded.length === 0) return
    try {
      await this.#again(() => this.#stage.handle(decoded, this.#context))
    } catch (thrown) {
      const error = toStreamError(thrown)
      if (AGAIN.includes(error.policy)) throw error
      await this.#oneByOne(decoded, error)
    }
  }

  /** Guarantee 5: dead-letters only the records that fail by themselves. */
  async #oneByOne(decoded: readonly Decoded<K>[], thrown: StreamError): Promise<void> {
    const { name, kind } = this.#stage
    const err = decoded.reduce((error, { event }) => withoutPersonal(kind, event, error), thrown)
    this.#deps.logger.error({ stage: name, err }, 'a batch failed; trying its records one by one')
    for (const one of decoded) {
      try {
        await this.#again(() => this.#stage.handle([one], this.#context))
      } catch (thrown) {
        const cause = toStreamError(thrown)
        if (AGAIN.includes(cause.policy)) throw cause
        await this.#rejects(one.record, withoutPersonal(kind, one.event, cause))
      }
    }
  }

  /** Dead-letters records that can't be decoded, unchanged and without delaying the others (Guarantees 2 and 5). */
  async #decode(records: readonly LogRecord[]): Promise<readonly Decoded<K>[]> {
    const decoded: (Decoded<K> | undefined)[] = []
    const rejected: { readonly record: LogRecord; readonly error: StreamError }[] = []
    const { codec } = this.#deps
    const reads = this.#stage.needsPersons === false ? codec.persons?.leaveSealed : undefined
    await Promise.all(
      records.map(async (record, index) => {
        try {
          const event = await (reads ?? codec.decode)(this.#stage.kind, record.value)
          const span = this.#spans.get(record)
          span?.set(eventAttributes(event))
          decoded[index] = { record, event, span }
        } catch (thrown) {
          const error = toStreamError(thrown)
          if (AGAIN.includes(error.policy)) throw error
          rejected.push({ record, error })
        }
      }),
    )
    await Promise.all(rejected.map(({ record, error }) => this.#rejects(record, error)))
    return decoded.filter((one) => one !== undefined)
  }

  #rejects(record: LogRecord, error: StreamError): Promise<void> {
    return this.#context.deadLetter(record, error, aboutRecord(record, this.#startedAt))
  }

  async #again<T>(call: () => Promise<T>): Promise<T> {
    const { clock, logger } = this.#deps
    const { topic, partition } = this.#batch
    const result = await withRetry(call, {
      clock,
      signal: this.#context.signal,
      policies: AGAIN,
      ...(this.#deps.random === undefined ? {} : { random: this.#deps.random }),
      onRetry: (error, failures, waitMs) => {
        this.#partition.failingSince ??= clock.now()
        const { code, message } = error
        const fields = { stage: this.#stage.name, topic, partition, code, failures, waitMs }
        this.#deps.meter?.count('waldstream_batch_retries_total', { stage: this.#stage.name, code })
        logger.warn(fields, `a batch failed and will be retried: ${message}`)
      },
    })
    this.#partition.failingSince = null
    return result
  }
}

/** What a stage may do in a partition it owns. */
export function partitionContext(
  stage: string,
  { topic, partition }: { readonly topic: string; readonly partition: number },
  deps: BatchDeps,
  signal: AbortSignal,
  owned: () => boolean,
): PartitionContext {
  const assertOwned = () => {
    if (!signal.aborted && owned()) return
    throw new StreamError('stopping', `this process lost partition ${partition} of ${topic}, or is stopping`)
  }
  return {
    topic,
    partition,
    signal,
    assertOwned,
    deadLetter: async (record, error, about) => {
      assertOwned()
      await sendDeadLetter(deps, toDeadLetter(stage, record, error, about, deps.clock.now()))
      const ofLetter = { stage, connection: about.connection ?? '', code: error.code }
      deps.meter?.count('waldstream_dead_letters_total', ofLetter)
      const place = { stage, topic: record.topic, partition: record.partition, offset: String(record.offset) }
      deps.logger.warn({ ...place, code: error.code, field: error.field }, 'dead letter')
    },
  }
}
