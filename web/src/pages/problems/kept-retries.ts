import type { RetryRun } from './retry-run.ts'

/** Of this window, until it is closed: a reload finds it again. */
const NAME = 'waldstream.retries'

/** Keeps those that are not over. */
export function keepRetries(runs: readonly RetryRun[]): void {
  const kept = runs.filter(({ state }) => state !== 'ended').map((run) => ({ ...run, error: null }))
  if (kept.length === 0) sessionStorage.removeItem(NAME)
  else sessionStorage.setItem(NAME, JSON.stringify(kept))
}

export function keptRetries(): readonly RetryRun[] {
  return JSON.parse(sessionStorage.getItem(NAME) ?? '[]') as readonly RetryRun[]
}
