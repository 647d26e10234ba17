import { getRun, pageRuns, type Run } from '../control/runs.ts'
import { StreamError } from '../errors.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import { knownCounts } from '../projections/task-counts.ts'
import { stateOfRun, type TaskCounts, type TaskState, taskState } from '../projections/task-status.ts'

/** A task: a run of a read, with its state and what became of its entities. */
export interface TaskStatus {
  readonly run: Run
  readonly state: TaskState
  readonly counts: TaskCounts
}

export interface TaskFilter {
  readonly read: string | null
  readonly state: TaskState | null
  /** ISO 8601. */
  readonly since: string | null
}

/** Tells how tasks stand. */
export type ReadTask = (run: Run) => Promise<TaskStatus>

/** Completed tasks whose counts are remembered. */
const REMEMBERED = 1000
/** Runs read in one go, and how many such goes one call may take. */
const CHUNK = 50
const CHUNKS = 10

/** A completed task never changes again, so its counts are kept. */
export function taskReader(tables: Tables): ReadTask {
  const completed = new Map<string, TaskCounts>()
  return async (run) => {
    const counts = completed.get(run.id) ?? (await knownCounts(tables, run.id, run.connections))
    const state = taskState(run, counts)
    if (state === 'completed') {
      const [oldest] = completed.keys()
      if (completed.size >= REMEMBERED && oldest !== undefined) completed.delete(oldest)
      completed.set(run.id, counts)
    }
    return { run, state, counts }
  }
}

/** The newest first, after the place `after`; with a rare state a call may answer few or none and yet a `next`. */
export async function listTasks(
  tables: Tables,
  readTask: ReadTask,
  { read, state, since }: TaskFilter,
  limit: number,
  after: string | null,
): Promise<{ readonly tasks: readonly TaskStatus[]; readonly next: string | null }> {
  const tasks: TaskStatus[] = []
  const size = state === null ? limit : CHUNK
  let last = after
  for (let chunk = 0; chunk < CHUNKS; chunk += 1) {
    const from = { ...(read === null ? {} : { read }), ...(since === null ? {} : { since }) }
    const page = await pageRuns(tables, { ...from, limit: size, ...(last === null ? {} : { after: last }) })
    for (const run of page.runs) {
      if (state !== null && (stateOfRun(run) ?? state) !== state) continue
      const task = await readTask(run)
      if (state !== null && task.state !== state) continue
      tasks.push(task)
      if (tasks.length === limit && state !== null) return { tasks, next: placeOf(run) }
    }
    last = page.next
    if (last === null || state === null) return { tasks, next: last }
  }
  return { tasks, next: last }
}

/** Where a run is in the lists. */
function placeOf({ requested_at, id }: Run): string {
  return `${requested_at}#${id}`
}

/** Throws `not_found`. */
export async function runOf(tables: Tables, id: string): Promise<Run> {
  const run = await getRun(tables, id)
  if (run !== undefined) return run
  throw new StreamError('not_found', `id: there is no task "${id}"; /v1/tasks lists them`, { field: 'id' })
}
