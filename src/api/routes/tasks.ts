import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type Static, Type } from 'typebox'
import { cancelTask } from '../../operations/cancel-task.ts'
import { listTasks, movedCutDate, showTask, type TaskStatus, windowProof } from '../../operations/tasks.ts'
import { cursorKeyOf, principalOf } from '../access.ts'
import type { ApiDeps } from '../dependencies.ts'
import { answerPage, pageCursor, placeOfCursor } from '../page-cursor.ts'
import { PathText } from '../path-text.ts'
import { problems } from '../problems.ts'
import { timeParameter } from '../time-parameter.ts'
import { CancelTaskBody, Task, TaskQuery } from './task-schemas.ts'

const TaskId = Type.Object({ id: PathText() })
const Tasks = Type.Object({
  items: Type.Array(Task),
  cursor: Type.Union([Type.String({ description: 'Cursor of the next page' }), Type.Null()]),
})
const tags = ['tasks']

/** Tasks (runs of reads) and their state. */
export function taskRoutes({ operations, ...deps }: ApiDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const list = { tags, querystring: TaskQuery, response: { 200: Tasks, ...problems(400, 401) } }
    app.get('/v1/tasks', { schema: list }, async (request) => {
      const { read = null, state = null, limit, cursor } = request.query
      const cursorKey = cursorKeyOf(request, deps.cursorKey)
      const time = timeParameter('since', request.query.since)
      const filter = { read, state, since: time === null ? null : new Date(time).toISOString() }
      const after = placeOfCursor(cursorKey, 'tasks', filter, cursor)
      const page = await listTasks(operations, principalOf(request), { filter, limit, after })
      return answerPage(page, toTask, (next) => pageCursor(cursorKey, 'tasks', filter, next))
    })
    const one = { tags, params: TaskId, response: { 200: Task, ...problems(401, 404) } }
    app.get('/v1/tasks/:id', { schema: one }, async (request) =>
      toTask(await showTask(operations, principalOf(request), request.params.id)),
    )
    const answers = { 202: Task, ...problems(400, 401, 403, 404, 409) }
    const cancel = { tags, params: TaskId, body: CancelTaskBody, response: answers }
    app.post('/v1/tasks/:id/cancel', { schema: cancel }, async (request, reply) => {
      const wanted = { task: request.params.id, reason: request.body.reason }
      return reply.code(202).send(toTask(await cancelTask(operations, principalOf(request), wanted)))
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
    reason: run.reason,
    backfill_from: run.backfill_from,
    merged_into: run.merged_into,
    window_from: run.window_from,
    window_to: run.window_to,
    started_at: run.started_at,
    ended_at: run.ended_at,
    read_count: run.read_count,
    keys: run.keys,
    reached_at: run.reached_at,
    expected: run.expected,
    gone: run.gone,
    listed: run.listed,
    proof: windowProof(run),
    cut_date_moved: movedCutDate(run),
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
