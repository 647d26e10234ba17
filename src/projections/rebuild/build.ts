import type { Logger } from 'pino'
import { StreamError, toStreamError } from '../../errors.ts'
import { topicOf, type UniversalKind } from '../../events/topics.ts'
import type { Clock } from '../../platform/clock.ts'
import type { EventCodec } from '../../platform/codec.ts'
import type { Tables } from '../../platform/dynamodb/tables.ts'
import type { Jobs } from '../../platform/jobs.ts'
import type { EventLog, LogAdmin, LogRecord } from '../../platform/kafka/event-log.ts'
import type { BatchContext, Decoded } from '../../platform/runtime/stage.ts'
import { readMeta } from '../feed-table.ts'
import type { Feed } from '../projection.ts'
import { writeGeneration } from '../run-projection.ts'
import { compareGenerations } from './compare-generations.ts'
import { beginGeneration, isJoined } from './generations.ts'
import type { Difference, Rebuild } from './rebuild.ts'

export interface BuildDeps {
  readonly tables: Tables
  readonly log: Pick<EventLog, 'scan'>
  readonly admin: Pick<LogAdmin, 'ends'>
  readonly codec: EventCodec
  readonly clock: Clock
  readonly logger: Logger
  readonly jobs: Jobs<Rebuild>
  readonly topicPrefix: string
  readonly feeds: readonly Feed[]
  /** Partitions of the `universal-*` topics. */
  readonly shards: number
  readonly leaseMs: number
}

/**
 * Folds the topic from its beginning into the next generation, until the projector takes over, and compares it with the
 * live one. Progress is in its watermarks: after a crash it resumes there (Guarantee 10). Dead-lettered events are left
 * out, as before. Throws `lease_lost` and `state_conflict`.
 */
export async function build(
  deps: BuildDeps,
  taken: Rebuild,
  projection: Feed,
  signal: AbortSignal,
): Promise<Difference> {
  const { tables, shards } = deps
  const held = new HeldRebuild(deps, taken)
  const note = (made: number, live: number) => held.note({ state: 'building', generation: made, live_generation: live })
  const generation = await beginGeneration(tables, projection, taken, note)
  const pairs = new Set<string>()
  const onRecords = async (records: readonly LogRecord[]) => {
    signal.throwIfAborted()
    const shard = records[0]?.partition ?? 0
    const watermark = (await readMeta(tables, projection)).watermark(generation, shard)
    const batch = await decode(deps, projection, records)
    await writeGeneration(projection, batch, quiet(shard, signal), { generation, watermark }, pairs, deps)
    await held.count(records.length)
  }
  for (;;) {
    const range = await rangeLeft(deps, projection, generation)
    if (range.size > 0) await deps.log.scan(topicName(deps, projection), range, onRecords, signal)
    const meta = await readMeta(tables, projection)
    if (isJoined(meta, generation, shards)) break
    // The projector is ahead: its newer events are in the topic.
    signal.throwIfAborted()
  }
  await held.note({})
  const meta = await readMeta(tables, projection)
  return await compareGenerations({ tables, keep: () => held.keep() }, projection, meta, generation, shards)
}

const topicName = ({ topicPrefix }: BuildDeps, { kind }: Feed) => topicPrefix + topicOf(kind)

async function rangeLeft(deps: BuildDeps, projection: Feed, generation: number) {
  const meta = await readMeta(deps.tables, projection)
  const parts = (await deps.admin.ends(topicName(deps, projection))).map(({ partition, start, end }) => {
    const reached = meta.watermark(generation, partition)?.position?.offset
    return [partition, { from: reached === undefined ? start : reached + 1n, to: end }] as const
  })
  return new Map(parts.filter(([, { from, to }]) => from < to))
}

async function decode(
  { codec }: BuildDeps,
  { kind }: Feed,
  records: readonly LogRecord[],
): Promise<readonly Decoded<UniversalKind>[]> {
  const decoded: Decoded<UniversalKind>[] = []
  for (const record of records) {
    try {
      decoded.push({ record, event: await codec.decode(kind, record.value) })
    } catch (thrown) {
      const error = toStreamError(thrown)
      if (error.policy === 'stop') throw error
    }
  }
  return decoded
}

/** The context of a rebuild's batch: it reports no results and makes no dead letters. */
function quiet(partition: number, signal: AbortSignal): BatchContext {
  const assertOwned = () => signal.throwIfAborted()
  const nothing = { finished: () => undefined, deadLetter: async () => undefined }
  return { topic: '', partition, highWatermark: 0n, signal, assertOwned, ...nothing }
}

/** The job's row; each note renews its lease. */
class HeldRebuild {
  readonly #deps: BuildDeps
  #job: Rebuild
  #noting: Promise<void> | undefined

  constructor(deps: BuildDeps, job: Rebuild) {
    this.#deps = deps
    this.#job = job
  }

  async count(events: number): Promise<void> {
    await this.note({ events: this.#job.events + events })
  }

  /** Renews the lease once half of it is over; concurrent callers wait for the same write. */
  async keep(): Promise<void> {
    const { clock, leaseMs } = this.#deps
    if (clock.now() < this.#job.lease_until - leaseMs / 2) return
    this.#noting ??= this.note({}).finally(() => {
      this.#noting = undefined
    })
    await this.#noting
  }

  async note(set: Partial<Rebuild>): Promise<void> {
    const { jobs, clock, leaseMs } = this.#deps
    const changed = await jobs.change(this.#job, { ...set, lease_until: clock.now() + leaseMs })
    if (changed === null) throw new StreamError('lease_lost', `rebuild ${this.#job.id} was taken over`)
    this.#job = changed
  }
}
