import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type Static, Type } from 'typebox'
import { versionOfRank } from '../../events/version.ts'
import { retryTask } from '../../operations/retry-task.ts'
import { listTaskEntities, showTaskEntity } from '../../operations/tasks.ts'
import type { EntityRow } from '../../projections/entity-row.ts'
import { cursorKeyOf, principalOf } from '../access.ts'
import type { ApiDeps } from '../dependencies.ts'
import { answerPage, fieldCursor, placeOfFieldCursor } from '../page-cursor.ts'
import { PathText } from '../path-text.ts'
import { problems } from '../problems.ts'
import { EntityItem, EntityParams, EntityQuery, RetriedTask, RetryTaskBody } from './task-schemas.ts'

const TaskId = Type.Object({ id: PathText() })
const Entities = Type.Object({
  items: Type.Array(EntityItem),
  cursor: Type.Union([Type.String({ description: 'Cursor of the next page' }), Type.Null()]),
})
const tags = ['tasks']

/** Entities of a task with their results, and the retry of failed ones. */
export function taskEntityRoutes({ operations, ...deps }: ApiDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const response = { 200: Entities, ...problems(400, 401, 404) }
    const list = { tags, params: TaskId, querystring: EntityQuery, response }
    app.get('/v1/tasks/:id/entities', { schema: list }, async (request) => {
      const { connection = null, status = null, limit, cursor } = request.query
      const cursorKey = cursorKeyOf(request, deps.cursorKey)
      const filter = { task: request.params.id, connection, status }
      const after = placeOfFieldCursor(cursorKey, 'entities', filter, cursor)
      const page = await listTaskEntities(operations, principalOf(request), { filter, limit, after })
      return answerPage(page, toItem, (next) => fieldCursor(cursorKey, 'entities', filter, next))
    })
    const one = { tags, params: EntityParams, response: { 200: EntityItem, ...problems(401, 404) } }
    app.get('/v1/tasks/:id/entities/:connection/:key', { schema: one }, async (request) => {
      const { id: task, connection, key } = request.params
      return toItem(await showTaskEntity(operations, principalOf(request), { task, connection, key }))
    })
    const answers = { 200: RetriedTask, ...problems(400, 401, 404, 409) }
    const retry = { tags, params: TaskId, body: RetryTaskBody, response: answers }
    app.post('/v1/tasks/:id/retry', { schema: retry }, async (request) => {
      const { reason = null, limit, rate, dryRun } = request.body
      const wanted = { task: request.params.id, reason, limit, rate, dryRun }
      const done = await retryTask(operations, principalOf(request), wanted)
      return { ...done, skipped: [...done.skipped] }
    })
  }
}

function toItem({ rank, history, ...row }: EntityRow): Static<typeof EntityItem> {
  const changes = history.map(({ rank: of, ...change }) => ({ ...change, version: versionOfRank(of) }))
  return { ...row, version: versionOfRank(rank), history: changes }
}
