/** The broker's time. */
export interface BrokerTime {
  now(): number
  after(ms: number, call: () => void): void
}

export interface GroupTimes {
  /** A member that was not heard of for so long is taken for dead. */
  readonly sessionMs: number
  /** How long a rebalance waits for members to join again. */
  readonly rebalanceMs: number
}

/** What a member was given. */
export interface Membership {
  readonly member: string
  readonly generation: number
  readonly partitions: ReadonlyMap<string, readonly number[]>
  readonly committed: ReadonlyMap<string, bigint>
}

export type Verdict = 'ok' | 'rebalancing' | 'unknown'

interface Member {
  readonly id: string
  readonly topics: readonly string[]
  heardAt: number
  /** Answers the join under way. */
  joining: ((membership: Membership) => void) | null
}

/** A consumer group, as its coordinator has it. */
export class MemoryGroup {
  generation = 0
  readonly #committed = new Map<string, bigint>()
  readonly #members = new Map<string, Member>()
  readonly #time: BrokerTime
  readonly #times: GroupTimes
  readonly #partitionsOf: (topic: string) => number
  #sharing = false
  #next = 1

  constructor(time: BrokerTime, times: GroupTimes, partitionsOf: (topic: string) => number) {
    this.#time = time
    this.#times = times
    this.#partitionsOf = partitionsOf
  }

  /** Those that have what they asked for: one that waits for its part does not expire. */
  settled(): readonly string[] {
    return [...this.#members.values()].filter(({ joining }) => joining === null).map(({ id }) => id)
  }

  /** Answers once the partitions are shared: when every member has joined, or those who have not were given up. */
  join(known: string | null, topics: readonly string[]): Promise<Membership> {
    const id = known !== null && this.#members.has(known) ? known : `member-${this.#next++}`
    const { promise, resolve } = Promise.withResolvers<Membership>()
    const member = { id, topics, heardAt: this.#time.now(), joining: resolve }
    if (!this.#members.has(id)) this.#watch(id)
    this.#members.set(id, member)
    this.share()
    this.#completeWhenAll()
    return promise
  }

  leave(id: string): void {
    if (!this.#members.delete(id)) return
    this.share()
    this.#completeWhenAll()
  }

  heartbeat(id: string, generation: number): Verdict {
    const member = this.#members.get(id)
    if (member === undefined || generation !== this.generation) return 'unknown'
    member.heardAt = this.#time.now()
    return this.#sharing ? 'rebalancing' : 'ok'
  }

  commit(id: string, generation: number, place: string, offset: bigint): Verdict {
    const member = this.#members.get(id)
    if (member === undefined || generation !== this.generation) return 'unknown'
    member.heardAt = this.#time.now()
    this.#committed.set(place, offset)
    return 'ok'
  }

  committed(topic: string, partition: number): bigint | null {
    return this.#committed.get(`${topic} ${partition}`) ?? null
  }

  /** Every member has to join again. */
  share(): void {
    if (this.#sharing) return
    this.#sharing = true
    const { generation } = this
    this.#time.after(this.#times.rebalanceMs, () => {
      if (!this.#sharing || this.generation !== generation) return
      for (const [id, { joining }] of this.#members) if (joining === null) this.#members.delete(id)
      this.#completeWhenAll()
    })
  }

  #completeWhenAll(): void {
    const members = [...this.#members.values()]
    if (!this.#sharing || members.some(({ joining }) => joining === null)) return
    this.#sharing = false
    this.generation += 1
    for (const [index, member] of members.entries()) {
      member.heardAt = this.#time.now()
      member.joining?.({
        member: member.id,
        generation: this.generation,
        partitions: this.#partsOf(member.topics, index, members.length),
        committed: new Map(this.#committed),
      })
      member.joining = null
    }
  }

  /** In turn, beginning with another member in each generation. */
  #partsOf(topics: readonly string[], index: number, members: number): Map<string, number[]> {
    const parts = topics.map((topic) => {
      const all = Array.from({ length: this.#partitionsOf(topic) }, (_, number) => number)
      return [topic, all.filter((number) => (number + this.generation) % members === index)] as const
    })
    return new Map(parts.filter(([, numbers]) => numbers.length > 0))
  }

  #watch(id: string): void {
    this.#time.after(this.#times.sessionMs, () => {
      const member = this.#members.get(id)
      if (member === undefined) return
      const silent = this.#time.now() - member.heardAt
      if (member.joining === null && silent >= this.#times.sessionMs) this.leave(id)
      else this.#watch(id)
    })
  }
}
