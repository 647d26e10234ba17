import { StreamError } from '../errors.ts'
import { isoTime } from '../events/times.ts'
import { rowsOf } from '../platform/dynamodb/rows.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import { drainKey } from './drains.ts'
import { clearDue } from './read-control.ts'
import { changeRun, getRun, type Run, runRows } from './runs.ts'
import { controlKey } from './sweeps.ts'

/** Error code of a canceled run. */
const CANCELED = 'canceled'

export interface Cancel {
  readonly by: string
  readonly reason: string
  readonly now: number
}

/**
 * Ends a run early: a waiting one at once, a running one within a heartbeat of its worker. What it published stays; the
 * cut date does not move, so that the next run reads the window (Guarantee 1). Repeatable. Throws `not_found`, and
 * `state_conflict` for a run that is over.
 */
export async function cancelRun(tables: Tables, id: string, { by, reason, now }: Cancel): Promise<Run> {
  const rows = rowsOf(tables, runRows)
  const cancel = { by, reason }
  const ended = { cancel, state: 'failed', ended_at: isoTime(now), error: errorOf(cancel) } as const
  const waited = await rows.update({ id }, { set: ended }, { attribute: 'state', is: '=', value: 'due' })
  if (!waited) await rows.update({ id }, { set: { cancel } }, { attribute: 'state', is: '=', value: 'running' })
  const run = await getRun(tables, id)
  if (run === undefined) throw new StreamError('not_found', `there is no run ${id}`, { field: 'id' })
  if (run.cancel === null) throw new StreamError('state_conflict', `id: run ${id} is over`, { field: 'id' })
  // Also after a crash between the two writes: otherwise a finished run that still waits would be taken up once in
  // vain.
  if (run.ended_at !== null) {
    const key = run.queue_url === null ? controlKey(run.read, run.trigger) : drainKey(run.read, id)
    await clearDue(tables, key, id)
  }
  return run
}

/** Called by the worker that holds it: ends the run as requested. */
export async function noteCanceled(tables: Tables, { id, cancel }: Run, fence: number, now: number): Promise<void> {
  const ended = { state: 'failed', ended_at: isoTime(now), error: errorOf(cancel) } as const
  await changeRun(tables, { id, fence }, { set: ended })
}

function errorOf(cancel: Run['cancel']): NonNullable<Run['error']> {
  const message = cancel === null ? 'it was canceled' : `canceled by ${cancel.by}: ${cancel.reason}`
  return { code: CANCELED, message }
}
