import { StreamError } from '../../errors.ts'
import { replayHeaders, withoutRetryHeaders } from '../../events/headers.ts'
import { entities, kindOf } from '../../events/topics.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Jobs } from '../../platform/jobs.ts'
import type { LogAdmin, LogProducer, LogRange, LogRecord, OutgoingRecord } from '../../platform/kafka/event-log.ts'
import { isHalfOver } from '../../platform/lease.ts'
import type { OffsetRange, Replay, ReplayConfiguration } from './replay.ts'
import { decodeReplayable, type SelectDeps, selectEvents, sourcesOf, type Wanted } from './select-events.ts'

export interface ReplayDeps extends SelectDeps {
  /** As the tables have it now. */
  readonly readConfiguration: () => Promise<ReplayConfiguration>
  readonly producer: LogProducer
  readonly admin: LogAdmin
  readonly clock: Clock
  readonly jobs: Jobs<Replay>
  readonly leaseMs: number
  /** After this time every process has the configuration that the replay began with. */
  readonly spreadMs: number
}

/** Maximum number of records sent at once. */
const CHUNK = 200

/**
 * Sends the events of a replay in two passes over the topic: one selects them, one appends them under their own key,
 * behind the existing records of the key. The version decides as always (Guarantee 4). Progress is noted after the
 * acknowledgement (Guarantee 1): after a crash some events may be appended twice, which changes nothing. Events that
 * arrive while stages may still have the old configuration are sent in a second pass. Throws `lease_lost`.
 */
export async function runReplay(deps: ReplayDeps, taken: Replay, signal: AbortSignal): Promise<'ended' | 'canceled'> {
  const run = new ReplayRun(deps, taken, signal)
  try {
    await run.begin()
    for (;;) {
      await run.pass()
      if (!(await run.nextPass())) return 'ended'
    }
  } catch (error) {
    if (error instanceof Canceled) return 'canceled'
    throw error
  }
}

class Canceled extends Error {}

class ReplayRun {
  readonly #deps: ReplayDeps
  readonly #signal: AbortSignal
  #job: Replay
  #heldUntil: number

  constructor(deps: ReplayDeps, job: Replay, signal: AbortSignal) {
    this.#deps = deps
    this.#signal = signal
    this.#job = job
    this.#heldUntil = job.lease_until
  }

  get #topic(): string {
    return this.#deps.topicPrefix + this.#job.topic
  }

  /** Fixes the range to send at the beginning: a worker that takes over sends the same. */
  async begin(): Promise<void> {
    if (this.#job.range !== null) return
    const { revision } = await this.#deps.readConfiguration()
    const range = await this.#wholeRange(this.#job.offsets)
    await this.#note({ state: 'running', revision, range, started_at: this.#iso() })
  }

  async pass(): Promise<void> {
    const { readConfiguration, log } = this.#deps
    const job = this.#job
    const range = toRange(job.range ?? {})
    const sources = sourcesOf(await readConfiguration(), job.topic, job.connection)
    const wanted: Wanted = { ...job, sources, present: job.trigger === 'new-connection' }
    const selection = await selectEvents(this.#deps, wanted, range, () => this.#keep(), this.#signal)
    const before = job.done
    if (Object.keys(before).length === 0) await this.#note({ selected: (job.selected ?? 0) + selection.chosen })
    const rest = [...range].map(([partition, { from, to }]) => {
      const done = before[partition]
      return [partition, { from: done === undefined ? from : BigInt(done), to }] as const
    })
    const onRecords = (records: readonly LogRecord[]) => this.#send(records.filter((one) => selection.has(one)))
    await log.scan(this.#topic, new Map(rest), onRecords, this.#signal)
  }

  /** True: there is another pass, over the time in which stages may still have had the old configuration. */
  async nextPass(): Promise<boolean> {
    const { clock, spreadMs } = this.#deps
    const { topic, started_at, pass, to, offsets, range } = this.#job
    const isSource = (entities as readonly string[]).includes(topic)
    if (pass > 1 || !isSource || to !== null || offsets !== null) return false
    const spread = Date.parse(started_at ?? '') + spreadMs
    while (clock.now() < spread) {
      await clock.sleep(Math.min(1_000, spread - clock.now()), this.#signal)
      await this.#keep()
    }
    const ends = await this.#wholeRange(null)
    const next = Object.entries(ends).map(([partition, end]) => [
      partition,
      { from: range?.[partition]?.to ?? end.from, to: end.to },
    ])
    await this.#note({ pass: 2, range: Object.fromEntries(next), done: {} })
    return true
  }

  async #send(records: readonly LogRecord[]): Promise<void> {
    const { producer, clock } = this.#deps
    const size = Math.max(1, Math.min(CHUNK, this.#job.rate))
    for (let from = 0; from < records.length; from += size) {
      const part = records.slice(from, from + size)
      const outgoing = await Promise.all(part.map((record) => this.#copyOf(record)))
      this.#signal.throwIfAborted()
      await this.#keep()
      await producer.send(outgoing)
      const last = part.at(-1)
      if (last === undefined) return
      const done = { ...this.#job.done, [last.partition]: String(last.offset + 1n) }
      await this.#note({ done, sent: this.#job.sent + part.length })
      await clock.sleep(Math.ceil((part.length * 1000) / this.#job.rate), this.#signal)
    }
  }

  /** The event with the task of this replay, addressed to its stage and connection. */
  async #copyOf(record: LogRecord): Promise<OutgoingRecord> {
    const { id, topic, processor, connection, revision } = this.#job
    const event = await decodeReplayable(this.#deps, topic, record)
    const key = record.key?.toString('utf8')
    if (event === undefined || key === undefined) throw new Error('a selected event cannot be read')
    const own: Record<string, Buffer[]> = {}
    for (const header of withoutRetryHeaders(record.headers)) {
      own[header.key] = [...(own[header.key] ?? []), header.value ?? Buffer.alloc(0)]
    }
    const kind = kindOf(topic)
    const [admitted] = (await this.#deps.codec.persons?.admit(kind, [event as never])) ?? []
    const value = this.#deps.codec.encode(kind, { ...(admitted ?? event), taskId: id } as never)
    const mark = replayHeaders({ replayId: id, stage: processor, connection, revision })
    return { topic: this.#topic, key, value, headers: { ...own, ...mark } }
  }

  async #wholeRange(offsets: Replay['offsets']): Promise<Readonly<Record<string, OffsetRange>>> {
    const ends = await this.#deps.admin.ends(this.#topic)
    const parts = ends
      .filter(({ partition }) => offsets === null || offsets[partition] !== undefined)
      .map(({ partition, start, end }) => {
        const { from, to } = offsets?.[partition] ?? { from: String(start), to: String(end) }
        const low = BigInt(from) > start ? BigInt(from) : start
        const high = BigInt(to) < end ? BigInt(to) : end
        return [partition, { from: String(low), to: String(high) }]
      })
    return Object.fromEntries(parts)
  }

  /** The heartbeat; a canceled replay ends here. */
  async #keep(): Promise<void> {
    if (isHalfOver(this.#heldUntil, this.#deps.clock.now(), this.#deps.leaseMs)) await this.#note({})
  }

  async #note(set: Partial<Replay>): Promise<void> {
    const { jobs, clock, leaseMs } = this.#deps
    const lease_until = clock.now() + leaseMs
    const changed = await jobs.change(this.#job, { ...set, lease_until })
    if (changed === null) throw new StreamError('lease_lost', `replay ${this.#job.id} was taken over`)
    this.#job = changed
    this.#heldUntil = lease_until
    if (changed.cancel) throw new Canceled()
  }

  #iso(): string {
    return new Date(this.#deps.clock.now()).toISOString()
  }
}

function toRange(range: Readonly<Record<string, OffsetRange>>): LogRange {
  return new Map(
    Object.entries(range).map(([partition, { from, to }]) => [
      Number(partition),
      { from: BigInt(from), to: BigInt(to) },
    ]),
  )
}
