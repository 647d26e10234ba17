import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type Static, Type } from 'typebox'
import { CONNECTIONS } from '../../configuration/tables.ts'
import type { ReplayRequest } from '../../control/replays/create-replays.ts'
import { parseOffsets } from '../../control/replays/parse-offsets.ts'
import type { Replay as ReplayRow } from '../../control/replays/replay.ts'
import type { Tables } from '../../platform/dynamodb/tables.ts'
import { taskCounts } from '../../projections/task-status.ts'
import type { ApiDeps } from '../dependencies.ts'
import { problems } from '../problems.ts'
import { timeParameter } from '../time-parameter.ts'
import { Replay, ReplayBody, ReplayOutcome, ReplayPreview } from './replay-schemas.ts'

const tags = ['replays']
const Id = Type.Object({ id: Type.String() })
const Limit = Type.Object(
  { limit: Type.Integer({ minimum: 1, maximum: 500, default: 50 }) },
  { additionalProperties: false },
)

/** Kept events sent through a processor again. */
export function replayRoutes({ replays, tables }: ApiDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const ask = { tags, body: ReplayBody, response: { 200: ReplayPreview, 202: Replay, ...problems(400, 401) } }
    app.post('/v1/replays', { schema: ask }, async ({ body }, reply) => {
      const request = requestOf(body)
      if (body.preview) return { ...(await replays.preview(request)) }
      return await reply.code(202).send(toReplay(await replays.request(request)))
    })
    const list = { tags, querystring: Limit, response: { 200: Type.Object({ items: Type.Array(Replay) }) } }
    app.get(
      '/v1/replays',
      { schema: { ...list, response: { ...list.response, ...problems(400, 401) } } },
      async (request) => ({
        items: (await replays.list(request.query.limit)).map(toReplay),
      }),
    )
    const one = { tags, params: Id, response: { 200: ReplayOutcome, ...problems(401, 404) } }
    app.get('/v1/replays/:id', { schema: one }, async ({ params }) => {
      const replay = await replays.get(params.id)
      return { ...toReplay(replay), connections: await outcome(tables, replay) }
    })
    const cancel = { tags, params: Id, response: { 202: Replay, ...problems(401, 404, 409) } }
    app.post('/v1/replays/:id/cancel', { schema: cancel }, async ({ params }, reply) =>
      reply.code(202).send(toReplay(await replays.cancel(params.id))),
    )
  }
}

function requestOf(body: Static<typeof ReplayBody>): ReplayRequest {
  const time = (name: 'from' | 'to') => {
    const at = timeParameter(name, body[name])
    return at === null ? null : new Date(at).toISOString()
  }
  const { topic, processor, connection = null, source = null, key = null, reason = null, by = null } = body
  return {
    ...{ topic, processor, connection, source, key, reason, by, from: time('from'), to: time('to') },
    offsets: body.offsets === undefined ? null : parseOffsets(body.offsets),
    ...{ allVersions: body.all_versions, trigger: 'api', rate: body.rate },
  }
}

function toReplay(row: ReplayRow): Static<typeof Replay> {
  const { id, state, topic, processor, connection, source, key, trigger, by, reason, rate, requested_at } = row
  const { started_at, ended_at, selected, sent, cancel, error } = row
  const asked = { id, state, topic, processor, connection, source, key, all_versions: row.allVersions }
  return { ...asked, trigger, by, reason, rate, requested_at, started_at, ended_at, selected, sent, cancel, error }
}

/** The stages report what is replayed under the replay's id, as they do for a task. */
async function outcome(tables: Tables, { id, connection }: ReplayRow) {
  const configured = await tables.query(CONNECTIONS, { partition: 'connection' })
  const all = configured.map((item) => String(item['id']))
  const { connections } = await taskCounts(tables, id, connection === null ? all : [connection])
  const counted = Object.entries(connections).filter(([, { statuses }]) => Object.keys(statuses).length > 0)
  return Object.fromEntries(counted.map(([name, { statuses }]) => [name, { ...statuses }]))
}
