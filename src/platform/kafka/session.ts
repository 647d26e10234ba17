/**
 * One generation of a group's membership: the assigned partitions, and how long this process certainly owns them.
 * kafkajs itself continues with fetched batches after the partitions were assigned to others.
 */
export interface Session {
  readonly partitions: ReadonlyMap<string, readonly number[]>
  /** True while the partition can't have been given to another member. */
  owns(topic: string, partition: number): boolean
  /** Call when the broker has just confirmed the membership. */
  confirm(): void
  /** Call when the membership is over, or may be. */
  end(): void
}

/**
 * `freshMs`: how long a confirmation counts; it is shorter than the broker's session time-out, so that a process that
 * was frozen for longer owns no partitions before it does anything else (Guarantee 4). `now` is monotonic.
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
