import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type Static, Type } from 'typebox'
import { StreamError } from '../../errors.ts'
import { versionOfRank } from '../../events/version.ts'
import { runOf } from '../../operations/list-tasks.ts'
import { retryTask } from '../../operations/retry-task.ts'
import { rowsOf } from '../../platform/dynamodb/rows.ts'
import { type EntityRow, entityKey, entityRows, UNROUTED } from '../../projections/entity-row.ts'
import { listEntities } from '../../projections/list-entities.ts'
import { actorOf } from '../actor.ts'
import type { ApiDeps } from '../dependencies.ts'
import { problems } from '../problems.ts'
import { openSignedText, signedText } from '../signed-text.ts'
import { EntityItem, EntityParams, EntityQuery, RetriedTask, RetryTaskBody } from './task-schemas.ts'

const TaskId = Type.Object({ id: Type.String() })
const Entities = Type.Object({
  items: Type.Array(EntityItem),
  cursor: Type.Union([Type.String({ description: 'Of the next page' }), Type.Null()]),
})
const tags = ['tasks']

/** What became of a task's entities, and the retry of those that failed. */
export function taskEntityRoutes(deps: ApiDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const response = { 200: Entities, ...problems(400, 401, 404) }
    const list = { tags, params: TaskId, querystring: EntityQuery, response }
    app.get('/v1/tasks/:id/entities', { schema: list }, async ({ params, query }) => {
      return await answerEntities(deps, params.id, query)
    })
    const one = { tags, params: EntityParams, response: { 200: EntityItem, ...problems(401, 404) } }
    app.get('/v1/tasks/:id/entities/:connection/:key', { schema: one }, async ({ params }) => {
      const { connection, key } = params
      const entity = entityKey(connection === UNROUTED ? null : connection, key)
      const row = await rowsOf(deps.tables, entityRows).get({ task: params.id, entity })
      if (row !== undefined) return toItem(row)
      const message = `key: task ${params.id} has no entity "${key}" for ${connection}; /v1/tasks/{id}/entities lists them`
      throw new StreamError('not_found', message, { field: 'key' })
    })
    const answers = { 200: RetriedTask, ...problems(400, 401, 404, 409) }
    const retry = { tags, params: TaskId, body: RetryTaskBody, response: answers }
    // Everything in the body may be left out, so the body may be too.
    const preValidation = async (request: { body: unknown }) => {
      request.body ??= {}
    }
    app.post('/v1/tasks/:id/retry', { schema: retry, preValidation }, async (request) => {
      const { reason = null, limit, rate, dryRun } = request.body
      const done = await retryTask(deps, request.params.id, { by: actorOf(request), reason, limit, rate, dryRun })
      return { ...done, skipped: [...done.skipped] }
    })
  }
}

interface EntityCursor {
  readonly k: 'entities'
  readonly task: string
  readonly connection: string | null
  readonly status: string | null
  readonly after: string
}

async function answerEntities(deps: ApiDeps, id: string, query: Static<typeof EntityQuery>) {
  const run = await runOf(deps.tables, id)
  const connection = query.connection ?? null
  const status = query.status ?? null
  const filter = { task: run.id, connections: run.connections, connection, status }
  const after = query.cursor === undefined ? null : placeOf(deps.cursorKey, query.cursor, filter)
  const { rows, next } = await listEntities(deps.tables, filter, query.limit, after)
  const cursor: EntityCursor | null =
    next === null ? null : { k: 'entities', task: run.id, connection, status, after: next }
  return { items: rows.map(toItem), cursor: cursor === null ? null : signedText(deps.cursorKey, cursor) }
}

function toItem({ rank, history, ...row }: EntityRow): Static<typeof EntityItem> {
  const changes = history.map(({ rank: of, ...change }) => ({ ...change, version: versionOfRank(of) }))
  return { ...row, version: versionOfRank(rank), history: changes }
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
