import { setTimeout as delay } from 'node:timers/promises'

const LOOK_EVERY_MS = 25

/**
 * Resolves with the first answer that is not undefined, null or false. A look that fails counts as no answer: what is
 * looked at may be down. Rejects after `withinMs`, saying what was waited for and what the last look failed with.
 */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined | null | false> | T | undefined | null | false,
  withinMs = 60_000,
): Promise<T> {
  const deadline = performance.now() + withinMs
  for (let failure: unknown; ; ) {
    try {
      const found = await look()
      if (found !== undefined && found !== null && found !== false) return found
    } catch (error) {
      failure = error
    }
    if (performance.now() > deadline) throw new Error(`waited ${withinMs} ms for: ${what}`, { cause: failure })
    await delay(LOOK_EVERY_MS)
  }
}
