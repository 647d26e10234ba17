import { setImmediate as nextTurn } from 'node:timers/promises'

/** Longest time, in milliseconds, without a turn for other work. */
const TURN_MS = 20

/**
 * Yields to other work that has waited long; await it often in work that does not wait otherwise. `time`: milliseconds
 * of the caller's clock, so that a simulation, whose time does not pass meanwhile, is not interrupted.
 */
export function yieldOften(time: () => number): () => Promise<void> {
  let last = time()
  return async () => {
    if (time() - last <= TURN_MS) return
    await nextTurn()
    last = time()
  }
}
