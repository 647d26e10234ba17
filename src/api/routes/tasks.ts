import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type Static, Type } from 'typebox'
import { listTasks, runOf, type TaskStatus, taskReader } from '../../operations/list-tasks.ts'
import type { ApiDeps } from '../dependencies.ts'
import { pageCursor, placeOfCursor } from '../page-cursor.ts'
import { problems } from '../problems.ts'
import { timeParameter } from '../time-parameter.ts'
import { Task, TaskQuery } from './task-schemas.ts'

const TaskId = Type.Object({ id: Type.String() })
const Tasks = Type.Object({
  items: Type.Array(Task),
  cursor: Type.Union([Type.String({ description: 'Of the next page' }), Type.Null()]),
})
const tags = ['tasks']

/** Tasks (runs of reads) and how they stand. */
export function taskRoutes(deps: ApiDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const { tables, cursorKey } = deps
    const readTask = taskReader(tables)
    const list = { tags, querystring: TaskQuery, response: { 200: Tasks, ...problems(400, 401) } }
    app.get('/v1/tasks', { schema: list }, async ({ query }) => {
      const since = timeParameter('since', query.since)
      const filter = {
        ...{ read: query.read ?? null, state: query.state ?? null },
        since: since === null ? null : new Date(since).toISOString(),
      }
      const after = placeOfCursor(cursorKey, 'tasks', filter, query.cursor)
      const { tasks, next } = await listTasks(tables, readTask, filter, query.limit, after)
      return { items: tasks.map(toTask), cursor: pageCursor(cursorKey, 'tasks', filter, next) }
    })
    const one = { tags, params: TaskId, response: { 200: Task, ...problems(401, 404) } }
    app.get('/v1/tasks/:id', { schema: one }, async ({ params }) => {
      return toTask(await readTask(await runOf(tables, params.id)))
    })
  }
}

function toTask({ run, state, counts }: TaskStatus): Static<typeof Task> {
  return {
    id: run.id,
    read: run.read,
    trigger: run.trigger,
    state,
    run_state: run.state,
    requested_at: run.requested_at,
    merged_into: run.merged_into,
    window_from: run.window_from,
    window_to: run.window_to,
    started_at: run.started_at,
    ended_at: run.ended_at,
    read_count: run.read_count,
    published: run.published,
    unchanged: run.unchanged,
    unreadable: run.unreadable,
    missed: run.missed,
    read_again: run.read_again,
    digest: run.digest,
    connections: { ...counts.connections },
    unrouted_failed: counts.unrouted_failed,
    missing: [...run.missing],
    queue_url: run.queue_url,
    queue_end: run.queue_end,
    error: run.error,
  }
}
