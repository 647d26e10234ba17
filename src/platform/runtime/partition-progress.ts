/** Progress of a partition, for the runtime and its health. */
export interface PartitionProgress {
  readonly topic: string
  readonly partition: number
  /** Everything before this offset is handled and committed; null before that is known. */
  readonly handled: bigint | null
  /** Last known end of the partition; null before the first batch. */
  readonly end: bigint | null
  /** Since when its first unhandled batch keeps failing; null while it does not fail. */
  readonly failingSince: number | null
  /** Lower bound of the append times of unhandled records; null when no unhandled record is known. */
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
  /** Grows with each step of work: it distinguishes a slow batch from one that hangs. */
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

  /** Runs the call after all earlier calls have ended, whether they resolved or rejected. */
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
