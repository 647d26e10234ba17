import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type Static, Type } from 'typebox'
import { isoTime } from '../../events/times.ts'
import { decideRebuild, listRebuilds, previewRebuild, requestRebuild, showRebuild } from '../../operations/rebuilds.ts'
import type { Rebuild as RebuildRow } from '../../projections/rebuild/rebuild.ts'
import { principalOf } from '../access.ts'
import type { ApiDeps } from '../dependencies.ts'
import { answerList } from '../page-cursor.ts'
import { PathText } from '../path-text.ts'
import { problems } from '../problems.ts'

const tags = ['rebuilds']
const Id = Type.Object({ id: PathText() })
const Limit = Type.Object(
  { limit: Type.Integer({ minimum: 1, maximum: 500, default: 50 }) },
  { additionalProperties: false },
)
const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) => Type.Union([type, Type.Null()])

const Body = Type.Object(
  {
    table: Type.String({ description: 'A feed table, or the name of its feed' }),
    preview: Type.Boolean({ default: false, description: 'Returns the number of events, without starting' }),
    reason: Type.Optional(Type.String({ minLength: 1 })),
    by: Type.Optional(Type.String({ minLength: 1 })),
  },
  { additionalProperties: false },
)

const Preview = Type.Object({
  table: Type.String(),
  topic: Type.String(),
  events: Type.Integer(),
  live_generation: Type.Integer(),
  next_generation: Type.Integer(),
  ends_undo_of: nullable(Type.String({ description: 'The rebuild whose switch can no longer be undone after this' })),
})

const Difference = Type.Object({
  rows_live: Type.Integer(),
  rows_rebuilt: Type.Integer(),
  only_live: Type.Integer(),
  only_rebuilt: Type.Integer(),
  differing: Type.Integer(),
  fields: Type.Record(Type.String(), Type.Integer(), { description: 'Number of differing rows, by field' }),
  samples: Type.Array(
    Type.Object(
      {
        connection: Type.String(),
        source: Type.String(),
        kind: Type.String({ description: 'only_live, only_rebuilt or differs' }),
        fields: Type.Record(Type.String(), Type.Object({ live: Type.Unknown(), rebuilt: Type.Unknown() })),
      },
      {
        additionalProperties: Type.String(),
        description: "Includes the parts of the row's key in the feed, such as sku",
      },
    ),
  ),
})

const Rebuild = Type.Object({
  id: Type.String(),
  state: Type.String({ description: 'due, building, ready, switched, ended, dropping, dropped or failed' }),
  table: Type.String(),
  generation: nullable(Type.Integer()),
  live_generation: nullable(Type.Integer({ description: 'The live generation when it began' })),
  by: nullable(Type.String()),
  reason: nullable(Type.String()),
  requested_at: Type.String(),
  ready_at: nullable(Type.String()),
  ended_at: nullable(Type.String()),
  undo_until: nullable(Type.String({ description: 'The switch can be undone until then; null: it cannot' })),
  events: Type.Integer(),
  difference: nullable(Difference),
  error: nullable(Type.Object({ code: Type.String(), message: Type.String() })),
})

const Confirm = Type.Object(
  { confirm: Type.Boolean({ default: false, description: 'Without it, 409 gives the effects' }) },
  { additionalProperties: false },
)

/** Rebuilds of feed tables from their topics. */
export function rebuildRoutes({ operations }: ApiDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const ask = { tags, body: Body, response: { 200: Preview, 202: Rebuild, ...problems(400, 401, 409) } }
    app.post('/v1/rebuilds', { schema: ask }, async (request, reply) => {
      const { table, preview, by: name = null, reason = null } = request.body
      const by = principalOf(request, name)
      if (preview) return { ...(await previewRebuild(operations, by, table)) }
      return await reply.code(202).send(toRebuild(await requestRebuild(operations, by, { table, reason })))
    })
    const Items = Type.Object({ items: Type.Array(Rebuild) })
    const list = { tags, querystring: Limit, response: { 200: Items, ...problems(400, 401) } }
    app.get('/v1/rebuilds', { schema: list }, async (request) => {
      const { items } = answerList(await listRebuilds(operations, principalOf(request), request.query.limit))
      return { items: items.map(toRebuild) }
    })
    const one = { tags, params: Id, response: { 200: Rebuild, ...problems(401, 404) } }
    app.get('/v1/rebuilds/:id', { schema: one }, async (request) =>
      toRebuild(await showRebuild(operations, principalOf(request), request.params.id)),
    )
    const response = { 200: Rebuild, ...problems(400, 401, 404, 409) }
    const change = { schema: { tags, params: Id, body: Confirm, response } }
    const drop = { schema: { tags, params: Id, querystring: Confirm, response } }
    app.post('/v1/rebuilds/:id/switch', change, async (request) => {
      const { confirm } = request.body
      const decision = { id: request.params.id, decision: 'switch', confirm } as const
      return toRebuild(await decideRebuild(operations, principalOf(request), decision))
    })
    app.post('/v1/rebuilds/:id/undo', change, async (request) => {
      const { confirm } = request.body
      const decision = { id: request.params.id, decision: 'undo', confirm } as const
      return toRebuild(await decideRebuild(operations, principalOf(request), decision))
    })
    app.delete('/v1/rebuilds/:id', drop, async (request) => {
      const { confirm } = request.query
      const decision = { id: request.params.id, decision: 'drop', confirm } as const
      return toRebuild(await decideRebuild(operations, principalOf(request), decision))
    })
  }
}

function toRebuild(row: RebuildRow): Static<typeof Rebuild> {
  const { id, state, table, generation, live_generation, by, reason, requested_at, ready_at, ended_at, events } = row
  const { difference, error } = row
  const head = { id, state, table, generation, live_generation, by, reason, requested_at, ready_at, ended_at, events }
  return {
    ...head,
    undo_until: isoTime(row.undo_until),
    difference: difference === null ? null : { ...difference, samples: [...difference.samples] },
    error,
  }
}
