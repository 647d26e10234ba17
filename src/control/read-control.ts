import { isoTime } from '../events/times.ts'
import {
  type AttributeOf,
  map,
  nullable,
  number,
  or,
  orNull,
  rowsOf,
  rowType,
  text,
} from '../platform/dynamodb/rows.ts'
import type { Condition, Tables } from '../platform/dynamodb/tables.ts'
import { createLeases, type HeldRow } from '../platform/lease.ts'
import { isDrain } from './drains.ts'
import { SYNC_CONTROL } from './tables.ts'

/** A change of a read's cut date by hand. Dates are ISO 8601; null: nothing was read yet. */
export interface CutDateChange {
  readonly at: string
  readonly by: string
  readonly reason: string
  /** Of the cut date after the change. */
  readonly revision: number
  readonly before: string | null
  readonly after: string | null
}

/** How far a read has read. Times are ISO 8601. */
export interface ReadUntil {
  /** Everything before it was read. */
  readonly until: string
  /** When that was acknowledged by the broker. */
  readonly at: string
}

/** State of a read between its runs. */
export interface ReadControl {
  readonly read: string
  /** ISO 8601: everything before it was read and acknowledged. Null: nothing was read yet. */
  readonly cut_date: string | null
  /** The run that moved it last. */
  readonly cut_date_run: string | null
  /** Grows with each change of the cut date; changes are conditional on it, never on the date itself. */
  readonly revision: number
  /** Fence token of the last lease. */
  readonly fence: number
  /** Milliseconds UTC; 0: free. */
  readonly lease_until: number
  readonly lease_worker: string | null
  /** Run under way. */
  readonly current: string | null
  /** Run that waits. */
  readonly due: string | null
  /** Milliseconds UTC: the schedule's ticks up to here were requested. Null: none yet. */
  readonly ticks_until: number | null
  /** What was read, whatever was set by hand. Null: no run has ended since this is noted. */
  readonly read_until: ReadUntil | null
  /** The last change by hand. */
  readonly cut_date_change: CutDateChange | null
}

/**
 * Up to when a read has read all changes; null: it never completed. A cut date set by hand changes nothing: forward,
 * nothing was read; back, what was read stays read. `at` is null for runs of earlier versions.
 */
export function readUntil({ cut_date, revision, cut_date_change: byHand, read_until: noted }: ReadControl) {
  const isByHand = byHand?.revision === revision
  if (noted !== null && (isByHand || cut_date === null || cut_date <= noted.until)) return noted
  const until = isByHand ? byHand.before : cut_date
  return until === null ? null : { until, at: null }
}

export const controlRows = rowType<ReadControl>(SYNC_CONTROL, ['read'], {
  read: text,
  cut_date: orNull(text),
  cut_date_run: orNull(text),
  revision: or(number, 0),
  fence: or(number, 0),
  lease_until: or(number, 0),
  lease_worker: orNull(text),
  current: orNull(text),
  due: orNull(text),
  ticks_until: orNull(number),
  read_until: orNull(map({ until: text, at: text })),
  cut_date_change: orNull(
    map({ at: text, by: text, reason: text, revision: number, before: nullable(text), after: nullable(text) }),
  ),
})

/** The row of a read; creates it if there is none. */
export async function readControl(tables: Tables, read: string): Promise<ReadControl> {
  const rows = rowsOf(tables, controlRows)
  const found = await rows.get({ read })
  if (found !== undefined) return found
  await rows.putPart({ read, cut_date: null, revision: 0, fence: 0, lease_until: 0 }, { absent: 'read' })
  return await readControl(tables, read)
}

export async function listReadControls(tables: Tables): Promise<readonly ReadControl[]> {
  const rows = (await Array.fromAsync(rowsOf(tables, controlRows).scan())).flat()
  return rows.filter(({ read }) => read !== SIGNAL.read)
}

/** Row of no read: its revision grows whenever a run starts to wait. */
const SIGNAL = { read: '~signal' }

/** Lets idle workers read one row in place of every read's: the value changes whenever there is something new to do. */
export async function readSignal(tables: Tables): Promise<number> {
  return (await rowsOf(tables, controlRows).get(SIGNAL))?.revision ?? 0
}

/** Notes the waiting run; false if another one waits already. */
export async function setDue(tables: Tables, read: string, run: string): Promise<boolean> {
  const free: Condition<AttributeOf<ReadControl>> = {
    anyOf: [{ absent: 'due' }, { attribute: 'due', is: '=', value: run }],
  }
  const rows = rowsOf(tables, controlRows)
  if (!(await rows.update({ read }, { set: { due: run } }, free))) return false
  await rows.update(SIGNAL, { increment: { revision: 1 } })
  return true
}

/** The run does not wait any more; one that began meanwhile is left alone. Deletes the row of a drain. */
export async function clearDue(tables: Tables, read: string, run: string): Promise<void> {
  const rows = rowsOf(tables, controlRows)
  const waits: Condition<AttributeOf<ReadControl>> = { attribute: 'due', is: '=', value: run }
  if (isDrain(read)) await rows.delete({ read }, { allOf: [waits, { absent: 'current' }] })
  else await rows.update({ read }, { remove: ['due'] }, waits)
}

export interface Lease {
  readonly read: string
  readonly run: string
  readonly fence: number
  /** Milliseconds UTC: its end, unless it is renewed. */
  readonly until: number
  readonly cutDate: string | null
  readonly revision: number
  readonly readUntil: ReadUntil | null
}

/**
 * Takes the read for a worker: the run whose worker died, otherwise the one that waits. The fence token grows with each
 * lease, so that a worker that lost it can't write any more. Undefined if there is nothing to do or it is taken.
 */
export async function takeLease(
  tables: Tables,
  control: ReadControl,
  worker: { readonly id: string; readonly now: number; readonly leaseMs: number },
): Promise<Lease | undefined> {
  const run = control.current ?? control.due
  if (run === null || control.lease_until > worker.now) return undefined
  const lease = {
    read: control.read,
    run,
    fence: control.fence + 1,
    until: worker.now + worker.leaseMs,
    cutDate: control.cut_date,
    revision: control.revision,
    readUntil: control.read_until,
  }
  const taken = await leasesOf(tables).take(
    heldRow(lease),
    { now: worker.now, until: lease.until },
    {
      set: { lease_worker: worker.id, current: run },
      ...(control.current === null ? { remove: ['due'] } : {}),
      // As it was read. The revision too: if the cut date was set by hand meanwhile, that is the date to read from.
      when: [
        { attribute: 'fence', is: '=', value: control.fence },
        { attribute: 'revision', is: '=', value: control.revision },
      ],
    },
  )
  return taken === null ? undefined : lease
}

/** False: another worker holds the lease now. */
export async function renewLease(tables: Tables, lease: Lease, until: number): Promise<boolean> {
  return (await leasesOf(tables).extend(heldRow(lease), until)) !== null
}

/** Gives the read back without a run under way; deletes the row of a drain. */
export async function endLease(tables: Tables, lease: Lease): Promise<boolean> {
  if (isDrain(lease.read)) return await leasesOf(tables).drop(heldRow(lease))
  return (await leasesOf(tables).release(heldRow(lease), { remove: ['current', 'lease_worker'] })) !== null
}

/** Gives the read back with its run still under way, for the next worker to continue. */
export async function releaseLease(tables: Tables, lease: Lease): Promise<boolean> {
  return (await leasesOf(tables).release(heldRow(lease))) !== null
}

/**
 * Guarantee 1: called after everything up to `cutDate` is acknowledged; conditional on revision and fence, not on the
 * date.
 */
export async function moveCutDate(tables: Tables, lease: Lease, cutDate: string, now: number): Promise<boolean> {
  const { run, revision, readUntil } = lease
  // After a cut date was set back by hand, a run may end before what was read already.
  const isFurther = readUntil === null || readUntil.until < cutDate
  const read_until = isFurther ? { until: cutDate, at: isoTime(now) } : readUntil
  const set = { cut_date: cutDate, cut_date_run: run, read_until, revision: revision + 1 }
  const asRead: Condition = { attribute: 'revision', is: '=', value: lease.revision }
  return (await leasesOf(tables).change(heldRow(lease), { set }, [asRead])) !== null
}

const leasesOf = (tables: Tables) => createLeases(tables, SYNC_CONTROL, { until: 'lease_until', token: 'fence' })

function heldRow({ read, fence }: Lease): HeldRow {
  return { key: { read }, token: fence }
}
