import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type Static, Type } from 'typebox'
import { getRun, listRuns, type Run } from '../../control/runs.ts'
import { StreamError } from '../../errors.ts'
import { listEntities } from '../../projections/list-entities.ts'
import { type TaskCounts, taskCounts, taskState } from '../../projections/task-status.ts'
import type { ApiDeps } from '../dependencies.ts'
import { problems } from '../problems.ts'
import { openSignedText, signedText } from '../signed-text.ts'
import { EntityItem, EntityQuery, Task, TaskQuery } from './task-schemas.ts'

/** Completed tasks whose counts are remembered. */
const REMEMBERED = 1000

const TaskId = Type.Object({ id: Type.String() })
const Tasks = Type.Object({ items: Type.Array(Task) })
const Entities = Type.Object({
  items: Type.Array(EntityItem),
  cursor: Type.Union([Type.String({ description: 'Of the next page' }), Type.Null()]),
})
const tags = ['tasks']

/** Tasks (runs of reads) and what became of their entities. */
export function taskRoutes(deps: ApiDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const toTask = taskReader(deps)
    const list = { tags, querystring: TaskQuery, response: { 200: Tasks, ...problems(400, 401) } }
    app.get('/v1/tasks', { schema: list }, async ({ query: { read, limit } }) => {
      const runs = await listRuns(deps.tables, { limit, ...(read === undefined ? {} : { read }) })
      const items: Static<typeof Task>[] = []
      for (const run of runs) items.push(await toTask(run))
      return { items }
    })
    const one = { tags, params: TaskId, response: { 200: Task, ...problems(401, 404) } }
    app.get('/v1/tasks/:id', { schema: one }, async ({ params }) => await toTask(await runOf(deps, params.id)))
    const response = { 200: Entities, ...problems(400, 401, 404) }
    const entities = { tags, params: TaskId, querystring: EntityQuery, response }
    app.get('/v1/tasks/:id/entities', { schema: entities }, async ({ params, query }) => {
      const run = await runOf(deps, params.id)
      return await answerEntities(deps, run, query)
    })
  }
}

async function runOf(deps: ApiDeps, id: string): Promise<Run> {
  const run = await getRun(deps.tables, id)
  if (run !== undefined) return run
  throw new StreamError('not_found', `id: there is no task "${id}"; /v1/tasks lists them`, { field: 'id' })
}

/** Counting reads every entity row; a completed task never changes again, so its counts are kept. */
function taskReader(deps: ApiDeps): (run: Run) => Promise<Static<typeof Task>> {
  const completed = new Map<string, TaskCounts>()
  return async (run) => {
    const counts = completed.get(run.id) ?? (await taskCounts(deps.tables, run.id, run.connections))
    const state = taskState(run, counts)
    if (state === 'completed') {
      const [oldest] = completed.keys()
      if (completed.size >= REMEMBERED && oldest !== undefined) completed.delete(oldest)
      completed.set(run.id, counts)
    }
    return toTask(run, state, counts)
  }
}

function toTask(run: Run, state: string, counts: TaskCounts): Static<typeof Task> {
  return {
    id: run.id,
    read: run.read,
    trigger: run.trigger,
    state,
    run_state: run.state,
    requested_at: run.requested_at,
    window_from: run.window_from,
    window_to: run.window_to,
    started_at: run.started_at,
    ended_at: run.ended_at,
    read_count: run.read_count,
    published: run.published,
    unchanged: run.unchanged,
    unreadable: run.unreadable,
    connections: { ...counts.connections },
    unrouted_failed: counts.unrouted_failed,
    missing: [...run.missing],
    error: run.error,
  }
}

interface EntityCursor {
  readonly k: 'entities'
  readonly task: string
  readonly connection: string | null
  readonly status: string | null
  readonly after: string
}

async function answerEntities(deps: ApiDeps, run: Run, query: Static<typeof EntityQuery>) {
  const connection = query.connection ?? null
  const status = query.status ?? null
  const filter = { task: run.id, connections: run.connections, connection, status }
  const after = query.cursor === undefined ? null : placeOf(deps.cursorKey, query.cursor, filter)
  const { rows, next } = await listEntities(deps.tables, filter, query.limit, after)
  const cursor: EntityCursor | null =
    next === null ? null : { k: 'entities', task: run.id, connection, status, after: next }
  return {
    items: rows.map((row) => ({ ...row, history: [...row.history] })),
    cursor: cursor === null ? null : signedText(deps.cursorKey, cursor),
  }
}

function placeOf(key: string, text: string, filter: Pick<EntityCursor, 'task' | 'connection' | 'status'>): string {
  const cursor = openSignedText(key, text) as EntityCursor | undefined
  const fields = ['task', 'connection', 'status'] as const
  const other = cursor?.k === 'entities' ? fields.find((name) => cursor[name] !== filter[name]) : 'cursor'
  if (cursor !== undefined && other === undefined) return cursor.after
  const field = other ?? 'cursor'
  const message = `${field}: the cursor was not given for this; keep the parameters, or begin without a cursor`
  throw new StreamError('cursor_invalid', message, { field })
}
