import type { RetryRun } from './retry-run.ts'

/** Per window, until it is closed: a reload finds it again. */
const NAME = 'waldstream.retries'

/** Stores unfinished retries. */
export function keepRetries(runs: readonly RetryRun[]): void {
  const kept = runs.filter(({ state }) => state !== 'ended').map((run) => ({ ...run, error: null }))
  if (kept.length === 0) sessionStorage.removeItem(NAME)
  else sessionStorage.setItem(NAME, JSON.stringify(kept))
}

export function keptRetries(): readonly RetryRun[] {
  return JSON.parse(sessionStorage.getItem(NAME) ?? '[]') as readonly RetryRun[]
}
