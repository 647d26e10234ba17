import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type Static, Type } from 'typebox'
import type { Replay as ReplayRow } from '../../control/replays/replay.ts'
import {
  cancelReplay,
  listReplays,
  listReplayTargets,
  parseOffsets,
  previewReplay,
  replayOutcome,
  requestReplay,
  showReplay,
  type TriedSample,
  type WantedReplay,
} from '../../operations/replays.ts'
import { principalOf } from '../access.ts'
import type { ApiDeps } from '../dependencies.ts'
import { answerList } from '../page-cursor.ts'
import { PathText } from '../path-text.ts'
import { problems } from '../problems.ts'
import { timeParameter } from '../time-parameter.ts'
import { Replay, ReplayBody, ReplayOutcome, ReplayPreview, ReplayTargets } from './replay-schemas.ts'

const tags = ['replays']
const Id = Type.Object({ id: PathText() })
const Limit = Type.Object(
  { limit: Type.Integer({ minimum: 1, maximum: 500, default: 50 }) },
  { additionalProperties: false },
)

/** Replays of stored events through a processor. */
export function replayRoutes({ operations }: ApiDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const ask = { tags, body: ReplayBody, response: { 200: ReplayPreview, 202: Replay, ...problems(400, 401) } }
    app.post('/v1/replays', { schema: ask }, async (request, reply) => {
      const { preview, by: name = null } = request.body
      const [by, wanted] = [principalOf(request, name), wantedOf(request.body)]
      if (preview) {
        const { amounts, samples, ...counts } = await previewReplay(operations, by, wanted)
        return { ...counts, amounts: [...amounts], samples: samples.map(toSample) }
      }
      return await reply.code(202).send(toReplay(await requestReplay(operations, by, wanted)))
    })
    const Items = Type.Object({ items: Type.Array(Replay) })
    const list = { tags, querystring: Limit, response: { 200: Items, ...problems(400, 401) } }
    app.get('/v1/replays', { schema: list }, async (request) => {
      const { items } = answerList(await listReplays(operations, principalOf(request), request.query.limit))
      return { items: items.map(toReplay) }
    })
    const targets = { tags, response: { 200: ReplayTargets, ...problems(401) } }
    app.get('/v1/replay-targets', { schema: targets }, async (request) => {
      return { items: [...(await listReplayTargets(operations, principalOf(request)))] }
    })
    const one = { tags, params: Id, response: { 200: ReplayOutcome, ...problems(401, 404) } }
    app.get('/v1/replays/:id', { schema: one }, async (request) => {
      const by = principalOf(request)
      const replay = toReplay(await showReplay(operations, by, request.params.id))
      return { ...replay, connections: await replayOutcome(operations, by, replay.id) }
    })
    const cancel = { tags, params: Id, response: { 202: Replay, ...problems(401, 404, 409) } }
    app.post('/v1/replays/:id/cancel', { schema: cancel }, async (request, reply) =>
      reply.code(202).send(toReplay(await cancelReplay(operations, principalOf(request), request.params.id))),
    )
  }
}

function wantedOf(body: Static<typeof ReplayBody>): WantedReplay {
  const time = (name: 'from' | 'to') => {
    const at = timeParameter(name, body[name])
    return at === null ? null : new Date(at).toISOString()
  }
  const { topic, processor, connection = null, source = null, key = null, reason = null, rate } = body
  return {
    topic,
    processor,
    connection,
    source,
    key,
    reason,
    rate,
    from: time('from'),
    to: time('to'),
    offsets: body.offsets === undefined ? null : parseOffsets(body.offsets),
    allVersions: body.all_versions,
  }
}

function toSample({ effects, ...sample }: TriedSample) {
  const tried = effects?.map((effect) => ({ ...effect, changes: [...effect.changes] })) ?? null
  return { ...sample, effects: tried }
}

function toReplay(row: ReplayRow): Static<typeof Replay> {
  const { id, state, topic, processor, connection, source, key, trigger, by, reason, rate, requested_at } = row
  const { started_at, ended_at, selected, sent, cancel, error } = row
  const asked = { id, state, topic, processor, connection, source, key, all_versions: row.allVersions }
  return { ...asked, trigger, by, reason, rate, requested_at, started_at, ended_at, selected, sent, cancel, error }
}
