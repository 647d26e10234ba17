import { StreamError } from '../errors.ts'
import { rowsOf } from '../platform/dynamodb/rows.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import { type CutDateChange, controlRows, listReadControls, type ReadControl, readControl } from './read-control.ts'

export interface CutDateDeps {
  readonly tables: Tables
  /** Keeps a change where all changes are listed; repeatable. */
  readonly note: (read: string, change: CutDateChange) => Promise<void>
}

export interface CutDateRequest {
  readonly cutDate: string | null
  /** The revision that was read. */
  readonly revision: number
  readonly reason: string
  readonly by: string
  /** Milliseconds. */
  readonly now: number
}

/**
 * Sets a cut date by hand: compared by the revision that was read, and refused while a run is under way, which reads by
 * the old one. A date in the future would leave out what changes until then. Throws `state_conflict`, `request_invalid`.
 */
export async function setCutDate(deps: CutDateDeps, read: string, request: CutDateRequest): Promise<ReadControl> {
  const { cutDate, revision, reason, by, now } = request
  if (cutDate !== null && Date.parse(cutDate) > now) {
    const message = 'cut_date: lies in the future; what changes until then would never be read'
    throw new StreamError('request_invalid', message, { field: 'cut_date' })
  }
  const control = await readControl(deps.tables, read)
  await settle(deps, control)
  // Compared before it is counted on: a number of the caller's never becomes a row's.
  if (control.revision !== revision) throw stateConflictError(control, revision)
  const at = new Date(now).toISOString()
  const change = { at, by, reason, revision: revision + 1, before: control.cut_date, after: cutDate }
  const done = await rowsOf(deps.tables, controlRows).update(
    { read },
    { set: { cut_date: cutDate, revision: revision + 1, cut_date_change: change } },
    { allOf: [{ attribute: 'revision', is: '=', value: revision }, { absent: 'current' }] },
  )
  const after = await readControl(deps.tables, read)
  if (!done) throw stateConflictError(after, revision)
  await settle(deps, after)
  return after
}

function stateConflictError({ read, current, revision: is }: ReadControl, revision: number): StreamError {
  if (is !== revision) {
    const message = `revision: the cut date of ${read} is at revision ${is} now, not ${revision}; read it again`
    return new StreamError('state_conflict', message, { field: 'revision' })
  }
  const message = `run ${current} of ${read} is under way and reads by the old cut date; ask again when it has ended`
  return new StreamError('state_conflict', message)
}

/** Whoever ended between a change and its note is made up for. */
export async function settleCutDates(deps: CutDateDeps): Promise<void> {
  for (const control of await listReadControls(deps.tables)) await settle(deps, control)
}

async function settle({ note }: CutDateDeps, { read, cut_date_change: change }: ReadControl): Promise<void> {
  if (change !== null) await note(read, change)
}
