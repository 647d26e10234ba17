import { systemOfRead } from '../configuration/read-id.ts'
import { getRun, pageRuns, type Run } from '../control/runs.ts'
import { rowsOf } from '../platform/dynamodb/rows.ts'
import { type EntityRow, entityKey, entityRows, UNROUTED } from '../projections/entity-row.ts'
import { listEntities } from '../projections/list-entities.ts'
import { stateOfRun, type TaskCounts, type TaskState, taskState } from '../projections/task-status.ts'
import type { TableDeps } from './dependencies.ts'
import { ownerOfResult, ownReport, seesWhole } from './own-part.ts'
import { notFound, type Principal } from './principal.ts'
import { type Page, type Scope, sees, within } from './scope.ts'

export { entityStatuses } from '../projections/entity-row.ts'
export { taskStates } from '../projections/task-status.ts'
export { movedCutDate, windowProof, windowProofs } from './window-proof.ts'

/** A task: a run of a read, with its state and the results of its entities. */
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

type Deps = Pick<TableDeps, 'tables' | 'countEntities'>

/** Runs per query, and maximum number of queries per call. */
const CHUNK = 50
const CHUNKS = 10

/** Newest first, after the place `after`. */
export async function listTasks(
  deps: Deps,
  by: Principal,
  { filter, limit, after }: { readonly filter: TaskFilter; readonly limit: number; readonly after: string | null },
): Promise<Page<TaskStatus>> {
  const { read, state, since } = filter
  const tasks: TaskStatus[] = []
  const size = state === null ? limit : CHUNK
  const page = (next: string | null) => ({ items: within(by.scope, tasks, ({ run }) => ownerOf(run)), next })
  let last = after
  for (let chunk = 0; chunk < CHUNKS; chunk += 1) {
    const from = { ...(read === null ? {} : { read }), ...(since === null ? {} : { since }) }
    const found = await pageRuns(deps.tables, { ...from, limit: size, ...(last === null ? {} : { after: last }) })
    for (const run of found.runs) {
      if (!sees(by.scope, ownerOf(run)) || (state !== null && (stateOfRun(run) ?? state) !== state)) continue
      const task = await statusOf(deps, by.scope, run)
      if (state !== null && task.state !== state) continue
      tasks.push(task)
      if (tasks.length === limit && state !== null) return page(`${run.requested_at}#${run.id}`)
    }
    last = found.next
    if (last === null || state === null) break
  }
  return page(last)
}

/** Runs without counts, newest first, after the place `after`; to find an id. */
export async function listRuns(
  deps: Pick<Deps, 'tables'>,
  by: Principal,
  { limit, after }: { readonly limit: number; readonly after: string | null },
): Promise<Page<Run>> {
  const { runs, next } = await pageRuns(deps.tables, { limit, ...(after === null ? {} : { after }) })
  return { items: within(by.scope, runs, ownerOf), next }
}

/** Throws `not_found`. */
export async function showTask(deps: Deps, by: Principal, id: string): Promise<TaskStatus> {
  return await statusOf(deps, by.scope, await findRun(deps, by, id))
}

export interface TaskEntityFilter {
  readonly task: string
  /** One connection, or `*`: the entities as read. */
  readonly connection: string | null
  readonly status: string | null
}

/** Entities of a task with their results. Throws `not_found` for an unknown task. */
export async function listTaskEntities(
  deps: Pick<Deps, 'tables'>,
  by: Principal,
  {
    filter,
    limit,
    after,
  }: { readonly filter: TaskEntityFilter; readonly limit: number; readonly after: string | null },
): Promise<Page<EntityRow>> {
  const { connections } = await findRun(deps, by, filter.task)
  const seen = by.scope.connections
  const { rows, next } = await listEntities(deps.tables, { ...filter, connections, seen }, limit, after)
  const items = rows.map((row) => ownEntity(by, row))
  return { items: within(by.scope, items, (row) => ownerOfResult(by, row)), next }
}

/** The entity, without messages of the whole order for callers who see only a connection. */
function ownEntity(by: Principal, row: EntityRow): EntityRow {
  return seesWhole(by, row.source) ? row : { ...ownReport(row), history: row.history.map(ownReport) }
}

/** Throws `not_found`. */
export async function showTaskEntity(
  { tables }: Pick<Deps, 'tables'>,
  by: Principal,
  { task, connection, key }: { readonly task: string; readonly connection: string; readonly key: string },
): Promise<EntityRow> {
  const id = connection === UNROUTED ? null : connection
  const row = await rowsOf(tables, entityRows).get({ task, entity: entityKey(id, key) })
  if (row !== undefined && sees(by.scope, ownerOfResult(by, row))) return ownEntity(by, row)
  const what = `task ${task} has no entity "${key}" for ${connection}`
  throw notFound(by, { field: 'key', api: `${what}; /v1/tasks/{id}/entities lists them`, cli: what })
}

/** Throws `not_found`. */
export async function findRun({ tables }: Pick<Deps, 'tables'>, by: Principal, id: string): Promise<Run> {
  const run = await getRun(tables, id)
  if (run !== undefined && sees(by.scope, ownerOf(run))) return run
  const what = `there is no task "${id}"`
  throw notFound(by, {
    field: 'id',
    api: `${what}; /v1/tasks lists them`,
    cli: `${what}; "waldstream tasks list" lists them`,
  })
}

function ownerOf({ read, connections }: Run) {
  return { system: systemOfRead(read), connections }
}

/** Counts and state of the connections in the scope. */
async function statusOf({ countEntities }: Deps, scope: Scope, run: Run): Promise<TaskStatus> {
  const connections = run.connections.filter((connection) => sees(scope, { connection }))
  const counts = await countEntities(run, connections)
  const shown = sees(scope, { system: systemOfRead(run.read) }) ? run : withoutSource(run)
  return { run: shown, state: taskState({ ...run, connections }, counts), counts }
}

/** The run for callers who see only a connection: without details of the source and without keys of others. */
function withoutSource(run: Run): Run {
  const { error } = run
  const message = 'the read failed; callers who see its system see the reason'
  return {
    ...run,
    reason: null,
    missing: [],
    queue_url: null,
    queue_end: null,
    error: error && { code: error.code, message },
  }
}
