import { StreamError } from '../../src/errors.ts'
import type { ConsumeOptions, LogBatch, LogRecord } from '../../src/platform/kafka/event-log.ts'
import { createSession, type Session } from '../../src/platform/kafka/session.ts'
import type { MemoryBroker } from './broker.ts'
import type { Membership, MemoryGroup } from './group.ts'

/** What a client of the log lives in: its time, and the way its requests take to the broker. */
export interface LogHost {
  now(): number
  after(ms: number, call: () => void): void
  /** A request: `effect` happens at the broker, later; or it does not, or its answer is lost. */
  request<T>(name: string, effect: () => T | Promise<T>): Promise<T>
}

export interface ConsumerTimes {
  /** How long a confirmation of the session is believed. */
  readonly freshMs: number
  readonly heartbeatMs: number
  /** After a batch or a request that failed. */
  readonly againMs: number
  /** Records of the next batch, at most. */
  readonly batchSize: () => number
}

interface Beginning {
  readonly topic: string
  readonly partition: number
  /** Undefined: where the group has committed. */
  readonly start: bigint | undefined
  readonly membership: Membership
}

/** A member of a group. It behaves as the client behind the port does: between batches it heartbeats by itself, during a batch its handler has to. */
export class MemoryConsumer {
  readonly #broker: MemoryBroker
  readonly #host: LogHost
  readonly #times: ConsumerTimes
  readonly #options: ConsumeOptions
  readonly #group: MemoryGroup
  readonly #loops = new Set<Promise<void>>()
  readonly #wakers = new Set<() => void>()
  #id: string | null = null
  #generation = 0
  #session: Session | undefined
  #busy = 0
  #asked = false
  #joining = false
  #closing = false

  constructor(broker: MemoryBroker, host: LogHost, times: ConsumerTimes, options: ConsumeOptions) {
    this.#broker = broker
    this.#host = host
    this.#times = times
    this.#options = options
    this.#group = broker.group(options.group)
  }

  async join(): Promise<void> {
    this.#asked = false
    const { topics } = this.#options
    const membership = await this.#host.request(`join ${this.#options.group}`, () => this.#group.join(this.#id, topics))
    this.#id = membership.member
    this.#generation = membership.generation
    if (this.#closing) return
    const session = createSession(membership.partitions, this.#times.freshMs, () => this.#host.now())
    this.#session = session
    this.#options.onAssigned?.(membership.partitions)
    this.#beat(session)
    this.#start(session, membership).catch((error: unknown) => {
      if (!this.#current(session)) return
      // Without an answer where to begin the consumer fails: it leaves, and its owner decides.
      this.close().catch(() => undefined)
      this.#options.onFailure(error)
    })
  }

  async #start(session: Session, membership: Membership): Promise<void> {
    const starts = await this.#options.startAt?.(membership.partitions)
    if (!this.#current(session)) return
    for (const [topic, numbers] of membership.partitions) {
      for (const partition of numbers) {
        this.#begin(session, { topic, partition, start: starts?.get(topic)?.get(partition), membership })
      }
    }
  }

  owns(topic: string, partition: number): boolean {
    return !this.#closing && (this.#session?.owns(topic, partition) ?? false)
  }

  async close(): Promise<void> {
    this.#closing = true
    this.#wake()
    await Promise.all(this.#loops)
    const id = this.#id
    if (id !== null) await this.#host.request(`leave ${this.#options.group}`, () => this.#group.leave(id))
    this.#session?.end()
  }

  #begin(session: Session, { topic, partition, start, membership }: Beginning): void {
    const earliest = this.#options.from === 'earliest'
    const known = start ?? membership.committed.get(`${topic} ${partition}`)
    const from = known ?? (earliest ? 0n : this.#broker.end(topic, partition))
    const loop = this.#consume(session, topic, partition, from).finally(() => this.#loops.delete(loop))
    this.#loops.add(loop)
  }

  #current(session: Session): boolean {
    return this.#session === session && !this.#closing
  }

  async #consume(session: Session, topic: string, partition: number, from: bigint): Promise<void> {
    let position = from
    while (this.#current(session)) {
      const fetched = await this.#fetch(topic, partition, position)
      if (!this.#current(session)) return
      if (fetched === undefined || !session.owns(topic, partition)) {
        await this.#pause()
        continue
      }
      if (fetched.records.length > 0) position = await this.#handle(session, fetched, position)
    }
  }

  async #fetch(topic: string, partition: number, from: bigint) {
    try {
      return await this.#host.request(`fetch ${topic} ${partition}`, async () => {
        // Nobody wakes what begins to wait after the closing.
        if (!this.#closing) await this.#broker.whenAppended(topic, partition, from, this.#wakers)
        const records = this.#broker.records(topic, partition, from, this.#times.batchSize())
        return { topic, partition, records, end: this.#broker.end(topic, partition) }
      })
    } catch {
      return undefined
    }
  }

  async #handle(
    session: Session,
    fetched: { topic: string; partition: number; records: readonly LogRecord[]; end: bigint },
    from: bigint,
  ): Promise<bigint> {
    let position = from
    this.#busy += 1
    const batch = this.#batch(session, fetched, (offset) => {
      position = offset
    })
    try {
      await this.#options.onBatch(batch)
    } catch {
      await this.#pause()
    } finally {
      this.#busy -= 1
      if (this.#asked && this.#current(session)) this.#joinAgain(session)
    }
    return position
  }

  #batch(
    session: Session,
    {
      topic,
      partition,
      records,
      end,
    }: { topic: string; partition: number; records: readonly LogRecord[]; end: bigint },
    resolve: (offset: bigint) => void,
  ): LogBatch {
    const owned = () => session.owns(topic, partition)
    return {
      topic,
      partition,
      records,
      highWatermark: end,
      owned,
      heartbeat: async () => {
        if ((await this.#heartbeat(session)) !== 'ok') throw notOurs(topic, partition)
      },
      commit: async (offset) => {
        if (!owned()) throw notOurs(topic, partition)
        const [id, generation] = [this.#id ?? '', this.#generation]
        const verdict = await this.#host.request(`commit ${this.#options.group} ${partition} ${offset}`, () =>
          this.#group.commit(id, generation, `${topic} ${partition}`, offset),
        )
        if (verdict !== 'ok') {
          this.#joinAgain(session)
          throw notOurs(topic, partition)
        }
        if (owned()) resolve(offset)
      },
    }
  }

  async #heartbeat(session: Session): Promise<'ok' | 'over'> {
    if (!this.#current(session)) return 'over'
    const [id, generation] = [this.#id ?? '', this.#generation]
    const verdict = await this.#host.request(`heartbeat ${this.#options.group}`, () =>
      this.#group.heartbeat(id, generation),
    )
    if (!this.#current(session)) return 'over'
    if (verdict === 'unknown') this.#joinAgain(session)
    if (verdict === 'rebalancing') this.#asked = true
    if (verdict !== 'unknown') session.confirm()
    return verdict === 'ok' ? 'ok' : 'over'
  }

  /** Between batches. */
  #beat(session: Session): void {
    this.#host.after(this.#times.heartbeatMs, () => {
      if (!this.#current(session)) return
      this.#beat(session)
      if (this.#busy > 0) return
      this.#heartbeat(session).then(
        () => {
          if (this.#asked && this.#busy === 0 && this.#current(session)) this.#joinAgain(session)
        },
        () => undefined,
      )
    })
  }

  /** What is still under way finds that the partitions are not ours any more. */
  #joinAgain(session: Session): void {
    session.end()
    if (this.#joining || !this.#current(session)) return
    this.#session = undefined
    this.#joining = true
    this.#wake()
    this.join()
      .catch((error: unknown) => {
        if (!this.#closing) this.#options.onFailure(error)
      })
      .finally(() => {
        this.#joining = false
      })
  }

  #wake(): void {
    for (const wake of [...this.#wakers]) wake()
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => this.#host.after(this.#times.againMs, resolve))
  }
}

function notOurs(topic: string, partition: number): StreamError {
  return new StreamError('stopping', `another member owns or gets partition ${partition} of ${topic}`)
}
