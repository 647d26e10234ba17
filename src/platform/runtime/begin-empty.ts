import type { LogAdmin } from '../kafka/event-log.ts'
import type { Positions } from './positions.ts'

/** A consumer group and a topic that it consumes. */
export interface Consumed {
  readonly group: string
  readonly topic: string
}

/**
 * Notes offset 0 as the position of groups in partitions that are still empty: no group can have handled a record of
 * them. Also for topics that have existed for long, when the group is new or the process that created the topic stopped
 * early.
 */
export async function beginEmpty(
  consumed: readonly Consumed[],
  { admin, positions }: { readonly admin: Pick<LogAdmin, 'ends'>; readonly positions: Positions },
  partitions: number,
): Promise<void> {
  const begin = async ({ group, topic }: Consumed) => {
    const kept = await positions.read(group, topic)
    if (kept.size >= partitions) return
    for (const { partition, end } of await admin.ends(topic)) {
      if (end === 0n && !kept.has(partition)) await positions.note(group, topic, partition, 0n)
    }
  }
  await Promise.all(consumed.map(begin))
}
