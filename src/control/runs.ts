import { StreamError } from '../errors.ts'
import { expiresAfter, keptDays } from '../platform/dynamodb/expiry.ts'
import {
  list,
  map,
  number,
  oneOf,
  or,
  orNull,
  type RowChange,
  rowsOf,
  rowType,
  text,
} from '../platform/dynamodb/rows.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import { SWEEP_ACCEPTED } from './sweeps.ts'
import { SYNC_RUN_LISTS, SYNC_RUNS } from './tables.ts'

/** `merged`: the request was joined to another run that had not begun yet, `merged_into`. */
export type RunState = 'due' | 'running' | 'ended' | 'failed' | 'incomplete' | 'merged'

/** One run of a read: a task. Times are ISO 8601 UTC; counts are of entities. */
export interface Run {
  readonly id: string
  readonly read: string
  readonly trigger: string
  readonly reason: string | null
  readonly state: RunState
  readonly requested_at: string
  /** Read again from here instead of the cut date. */
  readonly backfill_from: string | null
  /** The queue to drain, if the request named one. */
  readonly queue_url: string | null
  /** What happened to that queue after the run, in words; null: nothing yet. */
  readonly queue_end: string | null
  readonly window_from: string | null
  readonly window_to: string | null
  readonly started_at: string | null
  readonly ended_at: string | null
  /** Rows returned by the source; a row read again in the overlap or the proof counts again. */
  readonly read_count: number
  readonly published: number
  readonly unchanged: number
  readonly unreadable: number
  /** Times of the source that were too far in the future and were capped. */
  readonly capped: number
  readonly pages: number
  /** Position to resume from after a takeover. */
  readonly reached: { readonly changedAt: string; readonly id: string } | null
  /** Connections that subscribed to the read when the run began. */
  readonly connections: readonly string[]
  readonly merged_requests: readonly string[]
  readonly merged_into: string | null
  /** Keys that the proof of the window found unread, at most 100 (state `incomplete`). */
  readonly missing: readonly string[]
  /** Keys of the window that its first reading missed. */
  readonly missed: number
  /** Rows returned again by the later readings. */
  readonly read_again: number
  /** Distinct keys that were read. */
  readonly keys: number
  /** Digest of each key read with its change time; null before the end. */
  readonly digest: string | null
  /** ISO 8601: the first reading has returned everything that changed before; null: its source does not say. */
  readonly reached_at: string | null
  /** Rows that the source listed at the end, to compare with what was read; null: none was listed. */
  readonly listed: number | null
  /** Keys that a sweep expects at the source: published and not deleted; null: not a sweep. */
  readonly expected: number | null
  /** How many of these are no longer there; null: not known yet. */
  readonly gone: number | null
  readonly error: { readonly code: string; readonly message: string } | null
  /** Who canceled it, and why. */
  readonly cancel: { readonly by: string; readonly reason: string } | null
  /** Fence token of the worker that holds it: only that worker may change the row. */
  readonly fence: number
}

const NEW_RUN = {
  state: 'due',
  window_from: null,
  window_to: null,
  started_at: null,
  ended_at: null,
  read_count: 0,
  published: 0,
  unchanged: 0,
  unreadable: 0,
  capped: 0,
  pages: 0,
  reached: null,
  connections: [],
  merged_into: null,
  missing: [],
  missed: 0,
  read_again: 0,
  keys: 0,
  digest: null,
  reached_at: null,
  listed: null,
  expected: null,
  gone: null,
  error: null,
  cancel: null,
  fence: 0,
  queue_url: null,
  queue_end: null,
} as const

export type RunRequest = Pick<Run, 'id' | 'read' | 'trigger' | 'reason' | 'requested_at' | 'backfill_from'> &
  Partial<Pick<Run, 'queue_url'>>

export const runRows = rowType<Run>(
  SYNC_RUNS,
  ['id'],
  {
    id: text,
    read: text,
    trigger: text,
    reason: orNull(text),
    state: oneOf('due', 'running', 'ended', 'failed', 'incomplete', 'merged'),
    requested_at: text,
    backfill_from: orNull(text),
    queue_url: orNull(text),
    queue_end: orNull(text),
    window_from: orNull(text),
    window_to: orNull(text),
    started_at: orNull(text),
    ended_at: orNull(text),
    read_count: number,
    published: number,
    unchanged: number,
    unreadable: number,
    capped: number,
    pages: number,
    reached: orNull(map({ changedAt: text, id: text })),
    connections: or(list(text), []),
    merged_requests: or(list(text), []),
    merged_into: orNull(text),
    missing: or(list(text), []),
    // Runs of earlier versions lack these four.
    missed: or(number, 0),
    read_again: or(number, 0),
    keys: or(number, 0),
    digest: orNull(text),
    reached_at: orNull(text),
    listed: orNull(number),
    expected: orNull(number),
    gone: orNull(number),
    error: orNull(map({ code: text, message: text })),
    cancel: orNull(map({ by: text, reason: text })),
    fence: number,
  },
  // A waiting run never expires: its read waits for it.
  ({ state, requested_at, ended_at }) => {
    const end = state === 'merged' ? requested_at : ended_at
    return end == null ? undefined : expiresAfter(Date.parse(end), keptDays.runs)
  },
)

interface RunPlace {
  readonly list: string
  readonly place: string
  readonly id: string
}

/** A place expires with its run, or later: no run waits longer than the rows of tasks are stored. */
export const runPlaces = rowType<RunPlace>(
  SYNC_RUN_LISTS,
  ['list', 'place'],
  { list: text, place: text, id: text },
  ({ place = '' }) => expiresAfter(Date.parse(place.split('#', 1)[0] ?? ''), keptDays.taskRows),
)

/**
 * False if the run exists already. Its places in the lists are written first: a place without a run is skipped, but a
 * run without a place would not be found.
 */
export async function createRun(tables: Tables, request: RunRequest, merged: string | null = null): Promise<boolean> {
  const state = merged === null ? {} : { state: 'merged' as const, merged_into: merged }
  const { id, requested_at } = request
  const place = { place: `${requested_at}#${id}`, id }
  await rowsOf(tables, runPlaces).putMany([ALL, request.read].map((list) => ({ list, ...place })))
  // No merged requests yet: DynamoDB has no empty set.
  return await rowsOf(tables, runRows).putPart({ ...NEW_RUN, ...request, ...state }, { absent: 'id' })
}

export async function getRun(tables: Tables, id: string): Promise<Run | undefined> {
  return await rowsOf(tables, runRows).get({ id })
}

/** The list of all runs; no read has this name. */
const ALL = '*'

export interface RunFilter {
  /** Only of this read. */
  readonly read?: string
  /** ISO 8601: requested then or later. */
  readonly since?: string
  readonly limit: number
  /** Place to continue after. */
  readonly after?: string
}

/** Newest runs first, by the time they were requested; `next` is null at the end. */
export async function pageRuns(
  tables: Tables,
  { read = ALL, since, limit, after }: RunFilter,
): Promise<{ readonly runs: readonly Run[]; readonly next: string | null }> {
  const range = {
    partition: read,
    descending: true,
    limit,
    ...(since === undefined ? {} : { from: since }),
    ...(after === undefined ? {} : { before: after }),
  }
  const places = await rowsOf(tables, runPlaces).query(range)
  const found = await rowsOf(tables, runRows).listMany(places.map(({ id }) => ({ id })))
  const byId = new Map(found.map((run) => [run.id, run]))
  const runs = places.flatMap(({ id }) => byId.get(id) ?? [])
  return { runs, next: places.length < limit ? null : (places.at(-1)?.place ?? null) }
}

/** Like `pageRuns`, but only the first page. */
export async function listRuns(tables: Tables, filter: RunFilter): Promise<readonly Run[]> {
  return (await pageRuns(tables, filter)).runs
}

/** A change by the worker with this fence token; false when another has taken the run over (Guarantee 1). */
export async function changeRun(
  tables: Tables,
  run: { id: string; fence: number },
  change: RowChange<Run>,
): Promise<boolean> {
  return await rowsOf(tables, runRows).update(
    { id: run.id },
    { ...change, set: { ...change.set, fence: run.fence } },
    { attribute: 'fence', is: '<=', value: run.fence },
  )
}

/** Like `changeRun`; throws `lease_lost` when another worker has taken the run over. */
export async function changeHeldRun(
  tables: Tables,
  run: { readonly id: string; readonly fence: number },
  set: Partial<Run>,
): Promise<void> {
  if (await changeRun(tables, run, { set })) return
  throw new StreamError('lease_lost', `run ${run.id} was taken over by another worker`)
}

/**
 * Joins a request to a run that has not begun; false if it has begun meanwhile. If a joined request asks to read again
 * from a date, the run begins at the earliest date asked for, so that no request gets less than it asked for.
 */
export async function mergeRequest(
  tables: Tables,
  run: string,
  request: { readonly requestId: string; readonly from: string | null; readonly accept?: boolean },
): Promise<boolean> {
  const waiting = await getRun(tables, run)
  const dates = [waiting?.backfill_from ?? null, request.from].filter((date) => date !== null)
  const change = {
    addToSet: { merged_requests: [request.requestId] },
    set: {
      backfill_from: dates.toSorted()[0] ?? null,
      ...(request.accept === true ? { trigger: SWEEP_ACCEPTED } : {}),
    },
  }
  return await rowsOf(tables, runRows).update({ id: run }, change, { attribute: 'state', is: '=', value: 'due' })
}
