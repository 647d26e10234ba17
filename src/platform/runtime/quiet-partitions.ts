/** How long a partition in which nothing is parked is left alone. Another process, that lost it, may have parked since. */
const QUIET_MS = 5_000

/** Which partitions of a stage have nothing parked: to ask the table every second for each would be most of what it does. */
export interface QuietPartitions {
  isQuiet(partition: number, now: number): boolean
  /** Before the table is asked. */
  mark(partition: number): number
  /** The table said that nothing is parked; `mark` shows whether anything was parked meanwhile. */
  noteEmpty(partition: number, mark: number, now: number): void
  /** Something is parked now. */
  noteParked(partition: number): void
}

export function createQuietPartitions(): QuietPartitions {
  const until = new Map<number, number>()
  const parked = new Map<number, number>()
  const markOf = (partition: number) => parked.get(partition) ?? 0
  return {
    isQuiet: (partition, now) => (until.get(partition) ?? 0) > now,
    mark: markOf,
    noteEmpty(partition, mark, now) {
      if (mark === markOf(partition)) until.set(partition, now + QUIET_MS)
    },
    noteParked(partition) {
      parked.set(partition, markOf(partition) + 1)
      until.delete(partition)
    },
  }
}
