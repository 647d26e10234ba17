import type { Logger } from 'pino'
import { type Policy, StreamError, toStreamError } from '../../errors.ts'
import type { TopicKind } from '../../events/topics.ts'
import type { Clock } from '../clock.ts'
import type { LogBatch, LogRecord } from '../kafka/event-log.ts'
import { aboutRecord, type DeadLetterSender, sendDeadLetter, toDeadLetter } from './dead-letters.ts'
import type { OwnedPartition } from './partition-progress.ts'
import { withRetry } from './retry.ts'
import type { BatchContext, Decoded, Stage } from './stage.ts'

const BATCH_SIZE = 500
const HEARTBEAT_EVERY_MS = 1_000
/** In a rebalance the other members wait for us: the part under way may take this long to end. */
const LEAVE_WITHIN_MS = 5_000
/** A commit that fails for longer is given up: the records are handed over again. */
const COMMIT_DEADLINE_MS = 30_000
/** Errors that say nothing about the records: they are tried again for as long as the partition is ours. */
const AGAIN: readonly Policy[] = ['retry', 'stop', 'wait', 'pause']

export interface BatchDeps extends DeadLetterSender {
  readonly clock: Clock
  readonly logger: Logger
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
  const beating = membership.keep(batch, deps.clock, done.signal)
  const run = new BatchRun(stage, batch, partition, deps, AbortSignal.any([closing, lost]))
  try {
    const size = stage.batchSize ?? BATCH_SIZE
    for (let from = 0; from < batch.records.length && !membership.leaving; from += size) {
      const records = batch.records.slice(from, from + size)
      await run.handle(records)
      // Guarantee 1: only now that all of it is acknowledged.
      await commit(batch, records, partition, deps.clock, lost)
    }
  } catch (error) {
    // Asked to end, or not ours any more: the records are somebody's next time.
    if (closing.aborted || lost.aborted || !batch.owned()) return
    throw error
  } finally {
    done.abort()
    await beating
  }
}

/** Whether the batch may go on: `leaving` ends it after the part under way, `lost` at once. */
class Membership {
  readonly lost = new AbortController()
  leaving = false

  /** Heartbeats while the batch is worked on. A partition that is not ours any more stops the work at once (Guarantee 4). */
  async keep(batch: LogBatch, clock: Clock, done: AbortSignal): Promise<void> {
    let leaveBy = Number.POSITIVE_INFINITY
    while (!done.aborted) {
      await clock.sleep(HEARTBEAT_EVERY_MS, done).catch(() => undefined)
      if (done.aborted) return
      // One that fails for another reason is repeated; the session outlasts several.
      await batch.heartbeat().catch((error: unknown) => {
        if (toStreamError(error).code === 'stopping') this.leaving = true
      })
      if (this.leaving) leaveBy = Math.min(leaveBy, clock.now() + LEAVE_WITHIN_MS)
      if (!batch.owned() || clock.now() >= leaveBy) return this.lost.abort()
    }
  }
}

async function commit(
  batch: LogBatch,
  records: readonly LogRecord[],
  partition: OwnedPartition,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const last = records.at(-1)
  if (last === undefined) return
  const offset = last.offset + 1n
  await withRetry(() => batch.commit(offset), {
    clock,
    signal,
    deadlineMs: COMMIT_DEADLINE_MS,
    policies: ['stop', 'retry'],
  })
  partition.handled = offset
}

/** The work on the parts of one batch. */
class BatchRun<K extends TopicKind> {
  readonly #stage: Stage<K>
  readonly #batch: LogBatch
  readonly #partition: OwnedPartition
  readonly #deps: BatchDeps
  readonly #context: BatchContext
  readonly #startedAt: number

  constructor(stage: Stage<K>, batch: LogBatch, partition: OwnedPartition, deps: BatchDeps, signal: AbortSignal) {
    this.#stage = stage
    this.#batch = batch
    this.#partition = partition
    this.#deps = deps
    this.#startedAt = deps.clock.now()
    this.#context = {
      topic: batch.topic,
      partition: batch.partition,
      highWatermark: batch.highWatermark,
      signal,
      assertOwned: () => assertOwned(batch, signal),
      deadLetter: async (record, error, about) => {
        assertOwned(batch, signal)
        await sendDeadLetter(deps, toDeadLetter(stage.name, record, error, about, deps.clock.now()))
        const { topic, partition: number, offset } = record
        const place = { stage: stage.name, topic, partition: number, offset: String(offset) }
        deps.logger.warn({ ...place, code: error.code, field: error.field }, 'dead letter')
      },
    }
  }

  async handle(records: readonly LogRecord[]): Promise<void> {
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

  /** Guarantee 5: the one that is wrong goes to the dead letters; the others don't follow it. */
  async #oneByOne(decoded: readonly Decoded<K>[], error: StreamError): Promise<void> {
    this.#deps.logger.error({ stage: this.#stage.name, err: error }, 'a batch failed; its records are tried one by one')
    for (const one of decoded) {
      try {
        await this.#again(() => this.#stage.handle([one], this.#context))
      } catch (thrown) {
        const cause = toStreamError(thrown)
        if (AGAIN.includes(cause.policy)) throw cause
        await this.#rejects(one.record, cause)
      }
    }
  }

  /** What can't be decoded goes to the dead letters untouched, and delays nothing (Guarantees 2 and 5). */
  async #decode(records: readonly LogRecord[]): Promise<readonly Decoded<K>[]> {
    const decoded: (Decoded<K> | undefined)[] = []
    const rejected: { readonly record: LogRecord; readonly error: StreamError }[] = []
    await Promise.all(
      records.map(async (record, index) => {
        try {
          decoded[index] = { record, event: await this.#deps.codec.decode(this.#stage.kind, record.value) }
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
      onRetry: (error, failures, waitMs) => {
        this.#partition.failingSince ??= clock.now()
        const { code, message } = error
        const fields = { stage: this.#stage.name, topic, partition, code, failures, waitMs }
        logger.warn(fields, `a batch is tried again: ${message}`)
      },
    })
    this.#partition.failingSince = null
    return result
  }
}

function assertOwned(batch: LogBatch, signal: AbortSignal): void {
  if (!signal.aborted && batch.owned()) return
  throw new StreamError('stopping', `partition ${batch.partition} of ${batch.topic} is not ours any more, or we end`)
}
