/** How far a partition is, as the runtime and its health see it. */
export interface PartitionProgress {
  readonly topic: string
  readonly partition: number
  /** Everything before this offset is handled and committed; null before that is known. */
  readonly handled: bigint | null
  /** The end as last heard of; null before the first batch. */
  readonly end: bigint | null
  /** Since when its first unhandled batch keeps failing; null while it doesn't. */
  readonly failingSince: number | null
  /** No record that is not handled was appended before; null: none is known. */
  readonly oldestAt: number | null
}

/** One owned partition. Batches and idle calls take turns. */
export class OwnedPartition {
  readonly topic: string
  readonly partition: number
  handled: bigint | null = null
  end: bigint | null = null
  failingSince: number | null = null
  oldestAt: number | null = null
  /** Grows with each step of its work: a batch that is slow is told from one that hangs by it. */
  activity = 0
  #turn: Promise<unknown> = Promise.resolve()
  #busy = 0

  constructor(topic: string, partition: number) {
    this.topic = topic
    this.partition = partition
  }

  get busy(): boolean {
    return this.#busy > 0
  }

  /** Runs when what was asked for earlier has ended, however it ended. */
  async inTurn<T>(call: () => Promise<T>): Promise<T> {
    this.#busy += 1
    const turn = this.#turn.then(call, call)
    this.#turn = turn.catch(() => undefined)
    try {
      return await turn
    } finally {
      this.#busy -= 1
    }
  }

  progress(): PartitionProgress {
    const { topic, partition, handled, end, failingSince, oldestAt } = this
    return { topic, partition, handled, end, failingSince, oldestAt }
  }
}
