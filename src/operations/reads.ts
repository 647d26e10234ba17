import { canBeSwept } from '../configuration/can-be-swept.ts'
import type { Read } from '../configuration/model.ts'
import { readConfiguration } from '../configuration/read-configuration.ts'
import { setCutDate as setByHand } from '../control/cut-dates.ts'
import { listPauses } from '../control/pauses.ts'
import { listReadControls, type ReadControl } from '../control/read-control.ts'
import { endOfHold, holdOf, READS } from '../control/read-holds.ts'
import { listRuns, type Run } from '../control/runs.ts'
import { lastTick, nextTick } from '../control/scheduler.ts'
import { disabledRead } from '../control/standing-holds.ts'
import { isoTime } from '../events/times.ts'
import { noteChange } from './audit.ts'
import { type Affected, assertConfirmed } from './confirmation.ts'
import type { TableDeps } from './dependencies.ts'
import { failureOfRun, wayOutOfRun } from './failed-runs.ts'
import { nameOf, notFound, type Principal } from './principal.ts'
import { type Scoped, within } from './scope.ts'

/** A window that was read, or is being read. Times are ISO 8601. */
export interface WindowStatus {
  readonly task: string
  readonly state: string
  readonly trigger: string
  readonly from: string | null
  readonly to: string | null
  readonly ended_at: string | null
  readonly read: number
  readonly keys: number
  readonly published: number
  readonly unchanged: number
  readonly unreadable: number
  /** Keys that the first pass missed, and rows that were read again for that. */
  readonly missing: number
  readonly read_again: number
  readonly digest: string | null
  /** Why it was not read completely, and what to do; null: it was, or it is being read. */
  readonly error: { readonly code: string; readonly message: string; readonly fix: string } | null
}

/** A read's configuration and state. */
export interface ReadStatus {
  readonly id: string
  readonly system: string
  readonly entity: string
  readonly scope: string
  readonly schedule: string | null
  readonly zone: string
  readonly next_tick: string | null
  readonly last_tick: string | null
  readonly cut_date: string | null
  /** Revision of the cut date. */
  readonly revision: number
  readonly lease: { readonly worker: string; readonly until: string } | null
  /** Ids of the running and the waiting task. */
  readonly current: string | null
  readonly due: string | null
  /** The reason and end of its hold (`until` null: until somebody resumes it); null: it is not held. */
  readonly held: { readonly reason: string; readonly until: string | null } | null
  /** The last windows, newest first. */
  readonly windows: readonly WindowStatus[]
  /** Settings of its sweep for deletions at the source; null: it cannot be swept. */
  readonly sweep: { readonly schedule: string | null; readonly most_gone: number } | null
}

const HOUR = 3_600_000
const DAY = 86_400_000
const NEVER: Omit<ReadControl, 'read'> = {
  cut_date: null,
  cut_date_run: null,
  revision: 0,
  fence: 0,
  lease_until: 0,
  lease_worker: null,
  current: null,
  due: null,
  ticks_until: null,
  read_until: null,
  cut_date_change: null,
}

/** Number of windows in a list of reads, and of a single read. */
const WINDOWS = { listed: 3, shown: 20 }

type Deps = Pick<TableDeps, 'tables' | 'clock' | 'systemTypes'>

/** Every configured read with its last windows. */
export async function listReads(deps: Deps, by: Principal): Promise<Scoped<ReadStatus>> {
  return await statusesOf(deps, by, () => true, WINDOWS.listed)
}

/** Throws `not_found`. */
export async function showRead(deps: Deps, by: Principal, id: string): Promise<ReadStatus> {
  const [status] = await statusesOf(deps, by, (read) => read.id === id, WINDOWS.shown)
  if (status !== undefined) return status
  const what = `there is no read "${id}"`
  throw notFound(by, {
    field: 'id',
    api: `${what}; /v1/reads lists them`,
    cli: `${what}; "waldstream reads list" lists them`,
  })
}

export interface WantedCutDate {
  readonly read: string
  /** ISO 8601; null: begin at `startFrom` again. */
  readonly cutDate: string | null
  /** The expected revision, which also confirms the effects; null: any revision. */
  readonly revision: number | null
  /** Confirms all effects. */
  readonly confirm?: boolean
  readonly reason: string
}

/** Sets a cut date by hand. Throws `not_found`, `request_invalid`, `state_conflict`, and `confirmation_needed`. */
export async function setCutDate(
  deps: Deps & Pick<TableDeps, 'cutDates' | 'audit'>,
  by: Principal,
  { read, cutDate, revision, confirm = false, reason }: WantedCutDate,
): Promise<ReadStatus> {
  const { id, cut_date, revision: current } = await showRead(deps, by, read)
  if (revision === null) {
    const what = `setting the cut date of ${id} from ${cut_date ?? 'none'} (revision ${current}) to ${cutDate ?? 'none'}`
    assertConfirmed(by, what, { reads: 1, ...hoursOf(cut_date, cutDate) }, confirm)
  }
  const wanted = { cutDate, revision: revision ?? current, reason, by: nameOf(by), now: deps.clock.now() }
  await setByHand(deps.cutDates, id, wanted)
  const dates = { before: { cut_date }, after: { cut_date: cutDate } }
  await noteChange(deps, by, { what: 'cut-date.set', target: id, ...dates })
  return await showRead(deps, by, id)
}

/** When the date moves, the changes between the two dates are read again, or never. */
function hoursOf(before: string | null, after: string | null): Affected {
  if (before === null || after === null) return {}
  const hours = Math.ceil((Date.parse(after) - Date.parse(before)) / HOUR)
  return hours > 0 ? { 'hours that are not read': hours } : { 'hours that are read again': -hours }
}

async function statusesOf(
  { tables, clock, systemTypes }: Deps,
  by: Principal,
  wanted: (read: Read) => boolean,
  windows: number,
): Promise<Scoped<ReadStatus>> {
  const now = clock.now()
  const { systems } = await readConfiguration(tables)
  const configured = systems.flatMap((system) => system.reads).filter(wanted)
  const reads = within(by.scope, configured, ({ system }) => ({ system }))
  const holds = new Map((await listPauses(tables, READS)).map((hold) => [hold.connection, hold]))
  const controls = new Map((await listReadControls(tables)).map((control) => [control.read, control]))
  const statuses = await Promise.all(
    reads.map(async (read) => {
      const runs = await listRuns(tables, { read: read.id, limit: windows })
      const control = controls.get(read.id) ?? { read: read.id, ...NEVER }
      const { schedule, mostGone: most_gone } = read.sweep
      const sweep = canBeSwept(systemTypes, systems, read) ? { schedule, most_gone } : null
      const status = { ...toStatus(read, control, runs, now), sweep }
      const standing = disabledRead({ systems }, read.id)
      if (standing !== undefined) return { ...status, held: { reason: standing.message, until: null } }
      const hold = holdOf(holds, read.id, now)
      return { ...status, held: hold === undefined ? null : { reason: hold.message, until: endOfHold(hold) } }
    }),
  )
  return within(by.scope, statuses, ({ system }) => ({ system }))
}

function toStatus(
  read: Read,
  control: ReadControl,
  runs: readonly Run[],
  now: number,
): Omit<ReadStatus, 'held' | 'sweep'> {
  const { id, system, entity, scope, schedule, zone } = read
  const { cut_date, revision, lease_until, lease_worker, current, due } = control
  const held = lease_until > now && lease_worker !== null
  return {
    id,
    system,
    entity,
    scope,
    schedule,
    zone,
    next_tick: isoTime(nextTick(read, now)),
    last_tick: isoTime(lastTick(read, now - 32 * DAY, now)),
    cut_date,
    revision,
    current,
    due,
    lease: held ? { worker: lease_worker, until: new Date(lease_until).toISOString() } : null,
    windows: runs.filter(({ window_to }) => window_to !== null).map(toWindow),
  }
}

function toWindow(run: Run): WindowStatus {
  const { state, trigger, ended_at, keys, published, unchanged, unreadable, read_again, digest } = run
  const failure = failureOfRun(run)
  return {
    task: run.id,
    state,
    trigger,
    from: run.window_from,
    to: run.window_to,
    ended_at,
    read: run.read_count,
    keys,
    published,
    unchanged,
    unreadable,
    missing: run.missed,
    read_again,
    digest,
    error: failure === null ? null : { ...failure, fix: wayOutOfRun(run) },
  }
}
