import type { LogAdmin } from '../kafka/event-log.ts'
import type { Positions } from './positions.ts'

/** A group and a topic that it consumes. */
export interface Consumed {
  readonly group: string
  readonly topic: string
}

/**
 * Groups begin at the first record of a topic that never had one: there is nothing they could have done before. Also where
 * the topic is there for long, and the group is new, or whoever made the topic ended before it could say so.
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
