import { StreamError } from '../../errors.ts'
import type { Assignment, LogAdmin } from '../kafka/event-log.ts'
import type { Positions } from './positions.ts'

export interface StartDeps {
  readonly admin: LogAdmin
  /** Absent: only the broker's own positions count. */
  readonly positions?: Positions
}

/** Where a group stands in a partition; null: not known there. */
export interface KnownPosition {
  /** The broker's offset. */
  readonly committed: bigint | null
  /** The position stored in `checkpoints`, read where the broker has none. */
  readonly kept: bigint | null
}

/** What is known of the positions of these partitions, by topic and partition. */
export async function knownPositions(
  group: string,
  partitions: Assignment,
  { admin, positions }: StartDeps,
): Promise<ReadonlyMap<string, ReadonlyMap<number, KnownPosition>>> {
  const known = new Map<string, ReadonlyMap<number, KnownPosition>>()
  for (const [topic, numbers] of partitions) {
    const committed = await admin.committed(group, topic)
    const isForgotten = numbers.some((partition) => (committed.get(partition) ?? null) === null)
    const kept = isForgotten ? await positions?.read(group, topic) : undefined
    const positionOf = (partition: number): KnownPosition => {
      const offset = committed.get(partition) ?? null
      return { committed: offset, kept: offset === null ? (kept?.get(partition) ?? null) : null }
    }
    known.set(topic, new Map(numbers.map((partition) => [partition, positionOf(partition)])))
  }
  return known
}

/**
 * Throws `no_position` for a partition whose position neither the broker nor `checkpoints` has: a sink that started
 * anywhere would deliver old orders again or skip some (Guarantees 2 and 3).
 */
export async function checkPositions(group: string, topics: readonly string[], deps: StartDeps): Promise<void> {
  if (deps.positions === undefined) return
  for (const topic of topics) {
    const committed = await deps.admin.committed(group, topic)
    const known = await knownPositions(group, new Map([[topic, [...committed.keys()]]]), deps)
    const unknown = [...(known.get(topic) ?? [])].filter(
      ([, { committed, kept }]) => committed === null && kept === null,
    )
    if (unknown.length > 0) {
      throw noPositionError(
        group,
        topic,
        unknown.map(([partition]) => partition),
      )
    }
  }
}

function noPositionError(group: string, topic: string, partitions: readonly number[]): StreamError {
  const message =
    `group ${group} has no position in ${topic} (partitions ${partitions.join(', ')}), neither at the broker nor in ` +
    `the table checkpoints. Set where to start: waldstream positions set ${group} --at earliest|latest`
  return new StreamError('no_position', message, { field: group, details: { topic } })
}
