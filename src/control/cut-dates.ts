import { StreamError } from '../errors.ts'
import { rowsOf } from '../platform/dynamodb/rows.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import { type CutDateChange, controlRows, listReadControls, type ReadControl, readControl } from './read-control.ts'

export interface CutDateDeps {
  readonly tables: Tables
  /** Stores a change in the list of all changes; repeatable. */
  readonly note: (read: string, change: CutDateChange) => Promise<void>
}

export interface CutDateRequest {
  readonly cutDate: string | null
  /** The revision that the caller read. */
  readonly revision: number
  readonly reason: string
  readonly by: string
  /** Milliseconds. */
  readonly now: number
}

/**
 * Sets a cut date by hand. Compares the revision that the caller read, and refuses while a run is under way, because it
 * reads by the old date. Also refuses a future date: it would skip what changes until then. Throws `state_conflict`,
 * `request_invalid`.
 */
export async function setCutDate(deps: CutDateDeps, read: string, request: CutDateRequest): Promise<ReadControl> {
  const { cutDate, revision, reason, by, now } = request
  if (cutDate !== null && Date.parse(cutDate) > now) {
    const message = 'cut_date: is in the future; changes until then would never be read'
    throw new StreamError('request_invalid', message, { field: 'cut_date' })
  }
  const control = await readControl(deps.tables, read)
  await settle(deps, control)
  // Compared before it is increased: a number from the caller never becomes the row's revision.
  if (control.revision !== revision) throw stateConflictError(control, revision)
  const at = new Date(now).toISOString()
  const change = { at, by, reason, revision: revision + 1, before: control.cut_date, after: cutDate }
  const done = await rowsOf(deps.tables, controlRows).update(
    { read },
    { set: { cut_date: cutDate, revision: revision + 1, cut_date_change: change } },
    { mine: { allOf: [{ attribute: 'revision', is: '=', value: revision }, { absent: 'current' }] } },
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
  const message = `run ${current} of ${read} is under way with the old cut date; try again when it has ended`
  return new StreamError('state_conflict', message)
}

/** Adds the notes of changes whose process ended between the change and its note. */
export async function settleCutDates(deps: CutDateDeps): Promise<void> {
  for (const control of await listReadControls(deps.tables)) await settle(deps, control)
}

async function settle({ note }: CutDateDeps, { read, cut_date_change: change }: ReadControl): Promise<void> {
  if (change !== null) await note(read, change)
}
