import { setImmediate as nextTurn } from 'node:timers/promises'

/** So many milliseconds nothing else may have had its turn. */
const TURN_MS = 20

/**
 * Lets whatever else there is to do have its turn, where it has waited long; to be awaited often in work that waits for
 * nothing. `time`: the milliseconds of the caller's clock, so that a simulation, where no time passes meanwhile, is not left.
 */
export function yieldOften(time: () => number): () => Promise<void> {
  let last = time()
  return async () => {
    if (time() - last <= TURN_MS) return
    await nextTurn()
    last = time()
  }
}
