import { StreamError } from '../../errors.ts'
import type { LogAdmin } from '../kafka/event-log.ts'
import type { Positions } from './positions.ts'

export interface StartDeps {
  readonly admin: LogAdmin
  /** Absent: only the broker's own positions count. */
  readonly positions?: Positions
}

/**
 * Start positions of partitions whose committed offset the broker does not have (any more): the positions stored in
 * `checkpoints`. Without one, a stage starts at the earliest record, or refuses with `no_position`: a sink that started
 * anywhere would deliver old orders again or skip some (Guarantees 2 and 3).
 */
export async function startPositions(
  group: string,
  topics: readonly string[],
  refuse: boolean,
  { admin, positions }: StartDeps,
): Promise<ReadonlyMap<string, ReadonlyMap<number, bigint>>> {
  if (positions === undefined) return new Map()
  const starts = new Map<string, ReadonlyMap<number, bigint>>()
  for (const topic of topics) {
    const committed = await admin.committed(group, topic)
    const forgotten = [...committed].filter(([, offset]) => offset === null).map(([partition]) => partition)
    if (forgotten.length === 0) continue
    const kept = await positions.read(group, topic)
    const unknown = forgotten.filter((partition) => !kept.has(partition))
    if (refuse && unknown.length > 0) throw noPositionError(group, topic, unknown)
    const known = forgotten.flatMap((partition) => {
      const offset = kept.get(partition)
      return offset === undefined ? [] : [[partition, offset] as const]
    })
    starts.set(topic, new Map(known))
  }
  return starts
}

function noPositionError(group: string, topic: string, partitions: readonly number[]): StreamError {
  const message =
    `group ${group} has no position in ${topic} (partitions ${partitions.join(', ')}), neither at the broker nor in ` +
    `the table checkpoints. Set where to start: waldstream positions set ${group} --at earliest|latest`
  return new StreamError('no_position', message, { field: group, details: { topic } })
}
