/**
 * One generation of a group's membership: the partitions it gave us, and until when they are surely ours. kafkajs itself
 * goes on with fetched batches after the partitions were given to others.
 */
export interface Session {
  readonly partitions: ReadonlyMap<string, readonly number[]>
  /** True while the partition can't have been given to another member. */
  owns(topic: string, partition: number): boolean
  /** The broker has confirmed the membership just now. */
  confirm(): void
  /** The membership is over, or may be. */
  end(): void
}

/**
 * `freshMs`: how long a confirmation is believed, less than the broker's session time-out: a process that was frozen for
 * longer finds itself without partitions before it does anything else (Guarantee 4). `now` is monotonic.
 */
export function createSession(
  partitions: ReadonlyMap<string, readonly number[]>,
  freshMs: number,
  now: () => number,
): Session {
  let confirmedAt = now()
  let ended = false
  return {
    partitions,
    owns: (topic, partition) =>
      !ended && now() - confirmedAt < freshMs && (partitions.get(topic)?.includes(partition) ?? false),
    confirm() {
      confirmedAt = now()
    },
    end() {
      ended = true
    },
  }
}
