import { expiresAfter, keptDays } from '../platform/dynamodb/expiry.ts'
import { byName, list, map, number, or, orNull, rowsOf, rowType, text } from '../platform/dynamodb/rows.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import { SYNC_TASK_COUNTS } from './tables.ts'
import { type ConnectionCounts, type TaskCounts, taskCounts } from './task-status.ts'

/** Counts that took less time than this are not stored: counting again is as quick. */
const WORTH_KEEPING_MS = 100
/** While a large task is under way, its counts may be this many times older than it takes to count. */
const TIMES_OLDER = 10

interface Kept {
  /** `version` when the counting began. */
  readonly counted_version: number
  readonly connections: readonly string[]
  readonly counts: TaskCounts
  /** Milliseconds. */
  readonly counted_at: number
  readonly took_ms: number
}

interface CountsRow {
  readonly task: string
  /** Grows with each report. */
  readonly version: number
  /** Milliseconds. */
  readonly reported_at: number | null
  readonly kept: Kept | null
}

export const countsRows = rowType<CountsRow>(
  SYNC_TASK_COUNTS,
  ['task'],
  {
    task: text,
    version: or(number, 0),
    reported_at: orNull(number),
    kept: orNull(
      map<Kept>({
        counted_version: number,
        connections: list(text),
        counts: map<TaskCounts>({
          published: number,
          connections: byName(map<ConnectionCounts>({ statuses: byName(number), ended: number })),
          unrouted_failed: number,
        }),
        counted_at: number,
        took_ms: number,
      }),
    ),
  },
  ({ reported_at, kept }) => {
    const at = reported_at ?? kept?.counted_at
    return at === undefined ? undefined : expiresAfter(at, keptDays.taskRows)
  },
)

/**
 * Notes a new report about a task, after its rows were written: earlier counts are out of date. After a crash between
 * the two, the redelivery notes it again.
 */
export async function noteReported(tables: Tables, task: string, at: number): Promise<void> {
  await rowsOf(tables, countsRows).update({ task }, { set: { reported_at: at }, increment: { version: 1 } })
}

/**
 * The counts of a task. Those of a large task are stored until something new is reported, so that its page loads
 * quickly; while reports arrive, they are recounted only at intervals and may lag by some seconds.
 */
export async function knownCounts(
  tables: Tables,
  task: string,
  connections: readonly string[],
  now: () => number = Date.now,
): Promise<TaskCounts> {
  const rows = rowsOf(tables, countsRows)
  const { version, kept } = (await rows.get({ task })) ?? { version: 0, kept: null }
  if (kept !== null && isGood(kept, version, connections, now())) return kept.counts
  const begun = now()
  const counts = await taskCounts(tables, task, connections)
  const counted_at = now()
  const took_ms = counted_at - begun
  if (took_ms >= WORTH_KEEPING_MS) {
    const counted: Kept = { counted_version: version, connections, counts, counted_at, took_ms }
    await rows.update({ task }, { set: { kept: counted } })
  }
  return counts
}

function isGood(kept: Kept, version: number, connections: readonly string[], now: number): boolean {
  if (JSON.stringify(kept.connections) !== JSON.stringify(connections)) return false
  const age = now - kept.counted_at
  return kept.counted_version === version || (age >= 0 && age < kept.took_ms * TIMES_OLDER)
}
