import { setTimeout as sleep } from 'node:timers/promises'
import { protocolType } from './kafkajs-errors.ts'

const MOVES_WITHIN_MS = 30_000
const AGAIN_AFTER_MS = 50
export const LEADER_MOVES: readonly string[] = [
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_FOR_PARTITION',
  'UNKNOWN_LEADER_EPOCH',
]
/** Answers of a broker that is not yet, or no longer, the coordinator of the group. */
export const COORDINATOR_MOVES: readonly string[] = [
  'NOT_COORDINATOR_FOR_GROUP',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'GROUP_LOAD_IN_PROGRESS',
]

/**
 * A broker that has just become leader or coordinator may not know it yet: calls `ask` again, for up to 30 s, while it
 * throws one of `moves`.
 */
export async function whileMoving<T>(moves: readonly string[], ask: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + MOVES_WITHIN_MS
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      // kafkajs throws a TypeError for a topic that another broker has just created and this one does not know yet.
      const moving = error instanceof TypeError || moves.includes(protocolType(error) ?? '')
      if (!moving || performance.now() > deadline) throw error
      await sleep(AGAIN_AFTER_MS)
    }
  }
}
