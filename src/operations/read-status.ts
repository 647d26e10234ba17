import type { Read } from '../configuration/model.ts'
import { readConfiguration } from '../configuration/read-configuration.ts'
import { listReadControls, type ReadControl } from '../control/read-control.ts'
import { listRuns, type Run } from '../control/runs.ts'
import { lastTick, nextTick } from '../control/scheduler.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'

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
  /** Keys that the first reading did not have, and rows that were given again for it. */
  readonly missing: number
  readonly read_again: number
  readonly digest: string | null
}

/** A read as it is configured and where it stands. */
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
  /** Of the cut date. */
  readonly revision: number
  readonly lease: { readonly worker: string; readonly until: string } | null
  /** Ids of tasks. */
  readonly current: string | null
  readonly due: string | null
  /** The last ones, newest first. */
  readonly windows: readonly WindowStatus[]
}

const DAY = 86_400_000
const NEVER: Omit<ReadControl, 'read'> = {
  ...{ cut_date: null, cut_date_run: null, revision: 0, fence: 0, lease_until: 0, lease_worker: null },
  ...{ current: null, due: null, ticks_until: null, cut_date_change: null },
}

/** Every configured read, or the one with this id, with its last windows. */
export async function readStatuses(
  tables: Tables,
  now: number,
  options: { readonly windows: number; readonly id?: string },
): Promise<readonly ReadStatus[]> {
  const { systems } = await readConfiguration(tables)
  const reads = systems.flatMap((system) => system.reads).filter(({ id }) => id === (options.id ?? id))
  const controls = new Map((await listReadControls(tables)).map((control) => [control.read, control]))
  return await Promise.all(
    reads.map(async (read) => {
      const runs = await listRuns(tables, { read: read.id, limit: options.windows })
      return toStatus(read, controls.get(read.id) ?? { read: read.id, ...NEVER }, runs, now)
    }),
  )
}

function toStatus(read: Read, control: ReadControl, runs: readonly Run[], now: number): ReadStatus {
  const { id, system, entity, scope, schedule, zone } = read
  const { cut_date, revision, lease_until, lease_worker, current, due } = control
  const iso = (time: number | null) => (time === null ? null : new Date(time).toISOString())
  const held = lease_until > now && lease_worker !== null
  return {
    ...{ id, system, entity, scope, schedule, zone },
    next_tick: iso(nextTick(read, now)),
    last_tick: iso(lastTick(read, now - 32 * DAY, now)),
    ...{ cut_date, revision, current, due },
    lease: held ? { worker: lease_worker, until: new Date(lease_until).toISOString() } : null,
    windows: runs.filter(({ window_to }) => window_to !== null).map(toWindow),
  }
}

function toWindow(run: Run): WindowStatus {
  const { trigger, ended_at, keys, published, unchanged, unreadable, read_again, digest } = run
  return {
    ...{ task: run.id, state: run.state, trigger, from: run.window_from, to: run.window_to, ended_at },
    ...{ read: run.read_count, keys, published, unchanged, unreadable, missing: run.missed, read_again, digest },
  }
}
