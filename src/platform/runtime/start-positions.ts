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
  assigned: Assignment,
  deps: StartDeps,
): Promise<ReadonlyMap<string, ReadonlyMap<number, KnownPosition>>> {
  const known = new Map<string, ReadonlyMap<number, KnownPosition>>()
  for (const [topic, partitions] of assigned) known.set(topic, await positionsIn(group, topic, deps, partitions))
  return known
}

/** Without `partitions`: of all. */
async function positionsIn(
  group: string,
  topic: string,
  { admin, positions }: StartDeps,
  partitions?: readonly number[],
): Promise<ReadonlyMap<number, KnownPosition>> {
  const committed = await admin.committed(group, topic)
  const asked = (partitions ?? [...committed.keys()]).map(
    (partition) => [partition, committed.get(partition) ?? null] as const,
  )
  const isForgotten = asked.some(([, offset]) => offset === null)
  const kept = isForgotten ? await positions?.read(group, topic) : undefined
  return new Map(
    asked.map(([partition, offset]) => [
      partition,
      { committed: offset, kept: offset === null ? (kept?.get(partition) ?? null) : null },
    ]),
  )
}

/**
 * Throws `no_position` for a partition whose position neither the broker nor `checkpoints` has: a sink that started
 * anywhere would deliver old orders again or skip some (Guarantees 2 and 3).
 */
export async function checkPositions(group: string, topics: readonly string[], deps: StartDeps): Promise<void> {
  if (deps.positions === undefined) return
  for (const topic of topics) {
    const known = await positionsIn(group, topic, deps)
    const unknown = [...known].flatMap(([partition, { committed, kept }]) =>
      committed === null && kept === null ? [partition] : [],
    )
    if (unknown.length > 0) throw noPositionError(group, topic, unknown)
  }
}

function noPositionError(group: string, topic: string, partitions: readonly number[]): StreamError {
  const message =
    `group ${group} has no position in ${topic} (partitions ${partitions.join(', ')}), neither at the broker nor in ` +
    `the table checkpoints. Set where to start: waldstream positions set ${group} --at earliest|latest`
  return new StreamError('no_position', message, { field: group, details: { topic } })
}
