import type { Run } from '../control/runs.ts'
import { isSweep } from '../control/sweeps.ts'

/** Runs of a read that failed since its last good one, with the commands that show and repeat them. */
export interface FailedRuns {
  readonly count: number
  /** True: there may be more of them, before the runs that were looked at. */
  readonly more: boolean
  /** ISO 8601: the end of the newest. */
  readonly last_at: string | null
  /** The newest. */
  readonly task: string
  readonly code: string
  /** Null: hidden from callers who do not see the read's system. */
  readonly message: string | null
  readonly fix: string
}

/** Whether the run read its whole window. Sweeps do not: they search for deletions and read no changes. */
export function isGood({ state, trigger }: Run): boolean {
  return state === 'ended' && !isSweep(trigger)
}

/** The failed runs before the last good one, of ended runs with the newest first; null if the newest did not fail. */
export function failedRunsOf(
  ended: readonly Run[],
  { seesSystem }: { readonly seesSystem: boolean },
): FailedRuns | null {
  const [last] = ended
  if (last === undefined || last.state === 'ended') return null
  const good = ended.findIndex(isGood)
  const failed = ended.slice(0, good < 0 ? ended.length : good).filter(({ state }) => state !== 'ended')
  const { code, message } = failureOfRun(last) ?? { code: last.state, message: null }
  return {
    count: failed.length,
    more: good < 0,
    last_at: last.ended_at,
    task: last.id,
    code,
    message: seesSystem ? message : null,
    fix: wayOutOfRun(last),
  }
}

/** Why a run did not read its whole window; null: it has not ended, or it did. */
export function failureOfRun({
  state,
  error,
  missing,
}: Run): { readonly code: string; readonly message: string } | null {
  if (error !== null) return error
  if (state !== 'incomplete') return null
  return { code: state, message: `the source lists ${missing.length} entities that it did not return` }
}

/** The cut date stays after a failure: each next run reads the window again, but not that of a backfill, or a queue. */
export function wayOutOfRun({ id, read, trigger, backfill_from, queue_url }: Run): string {
  const [look, again] = [`waldstream tasks show ${id}`, `waldstream sync ${read}`]
  if (backfill_from !== null) return `${look}; after the fix: ${again} --from ${backfill_from}`
  if (queue_url !== null) return `${look}; after the fix, with the queue that it names: ${again} --queue-url URL`
  return `${look}; after the fix, at the next scheduled run or at once: ${again}${isSweep(trigger) ? ' --sweep' : ''}`
}
