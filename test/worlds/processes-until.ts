import { setTimeout as delay } from 'node:timers/promises'

/** Between two looks: soon at first, then a tenth of what was waited already, so that looking takes no time from the work. */
const SOONEST_MS = 25
const LATEST_MS = 250

/**
 * Resolves with the first answer that is not undefined, null or false. A look that fails counts as no answer: what is
 * looked at may be down. Rejects after `withinMs`, saying what was waited for and what the last look failed with.
 */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined | null | false> | T | undefined | null | false,
  withinMs = 120_000,
): Promise<T> {
  const began = performance.now()
  for (let failure: unknown; ; ) {
    try {
      const found = await look()
      if (found !== undefined && found !== null && found !== false) return found
    } catch (error) {
      failure = error
    }
    const waited = performance.now() - began
    if (waited > withinMs) throw new Error(`waited ${withinMs} ms for: ${what}`, { cause: failure })
    await delay(Math.min(LATEST_MS, Math.max(SOONEST_MS, waited / 10)))
  }
}
