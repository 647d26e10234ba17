import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type TSchema, Type } from 'typebox'
import { pullEvents } from '../../operations/outgoing/pull-events.ts'
import { replayEvents, resumeSubscription, skipEvent } from '../../operations/outgoing/replay-events.ts'
import { listSubscriptions } from '../../operations/outgoing/subscription-status.ts'
import { principalOf } from '../access.ts'
import type { ApiDeps } from '../dependencies.ts'
import { answerList } from '../page-cursor.ts'
import { problems } from '../problems.ts'
import { timeParameter } from '../time-parameter.ts'
import { DocumentId } from './configuration-schemas.ts'
import { SubscriptionAnswer, toSubscription } from './subscription-schemas.ts'

const tags = ['outgoing events']
const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Text = Type.String()
const Time = (description: string) => Type.Optional(Type.String({ maxLength: 40, description }))
const Cursor = Type.Optional(
  Type.String({
    minLength: 1,
    maxLength: 12_000,
    description: 'Cursor of an earlier answer or of the status of a subscription',
  }),
)

const Query = Type.Object(
  {
    subscription: Type.String({
      minLength: 1,
      maxLength: 100,
      description: 'Id of the subscription whose events are read',
    }),
    cursor: Cursor,
    from: Time('Without a cursor: events at this time (ISO 8601) or later; all stored events by default'),
    limit: Type.Integer({ minimum: 1, maximum: 500, default: 100, description: 'Approximate number of events' }),
  },
  { additionalProperties: false },
)

const Events = Type.Object({
  items: Type.Array(
    Type.Object({
      id: Type.String({ description: 'Same as the webhook-id of the webhook: process each id once' }),
      type: Text,
      timestamp: Type.String({ description: 'When Waldstream learned of the event' }),
      data: Type.Object({}, { additionalProperties: true, description: 'Content, by type' }),
    }),
  ),
  cursor: Type.String({ description: 'Send it with the next request' }),
  complete: Type.Boolean({ description: 'False: more events can be read at once' }),
  visible_until: Nullable(
    Type.String({ description: 'Events before it are visible. If it is minutes old, Waldstream is behind' }),
  ),
})

const Replay = Type.Object(
  {
    from: Time('Events at this time (ISO 8601) or later; give exactly one of from and cursor'),
    cursor: Cursor,
    preview: Type.Boolean({ default: false, description: 'Only count the events; do not send them' }),
  },
  { additionalProperties: false },
)

const Skip = Type.Object(
  {
    event: Type.String({ minLength: 1, maxLength: 100, description: 'Id of a refused event, from the status' }),
    reason: Type.String({ minLength: 1, maxLength: 500, description: 'Stored in the audit trail' }),
  },
  { additionalProperties: false },
)

const Replayed = Type.Object({
  subscription: Text,
  preview: Type.Boolean(),
  events: Type.Record(Type.String(), Type.Integer(), { description: 'Number of events from there on, by type' }),
  complete: Type.Boolean({ description: 'False: there are more events than were counted' }),
  first_at: Nullable(Text),
})

/** Outgoing events of sellers and vendors: status of subscriptions, pull, replay, resume and skip. */
export function outgoingEventRoutes({ operations }: ApiDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const Statuses = Type.Object({ items: Type.Array(SubscriptionAnswer) })
    app.get(
      '/v1/subscription-status',
      { schema: { tags, response: { 200: Statuses, ...problems(401) } } },
      async (request) => {
        const { items } = answerList(await listSubscriptions(operations, principalOf(request)))
        return { items: items.map(toSubscription) }
      },
    )
    const pull = { tags, querystring: Query, response: { 200: Events, ...problems(400, 401, 404, 410) } }
    app.get('/v1/outgoing-events', { schema: pull }, async (request) => {
      const { subscription, cursor = null, from, limit } = request.query
      const wanted = { subscription, cursor, from: timeParameter('from', from), limit }
      const { items, ...rest } = await pullEvents(operations, principalOf(request), wanted)
      return { items: items.map(({ data, ...event }) => ({ ...event, data: { ...data } })), ...rest }
    })
    const answers = problems(400, 401, 404, 409, 410)
    const replay = { tags, params: DocumentId, body: Replay, response: { 200: Replayed, 202: Replayed, ...answers } }
    app.post('/v1/subscriptions/:id/replay', { schema: replay }, async (request, reply) => {
      const { from, cursor = null, preview } = request.body
      const wanted = { subscription: request.params.id, from: timeParameter('from', from), cursor, preview }
      const replayed = await replayEvents(operations, principalOf(request), wanted)
      return await reply.code(preview ? 200 : 202).send({ ...replayed, events: { ...replayed.events } })
    })
    const resumed = { description: 'Resumed: sends its waiting events', type: 'null' }
    const resume = { tags, params: DocumentId, response: { 204: resumed, ...problems(401, 404, 409) } }
    app.post('/v1/subscriptions/:id/resume', { schema: resume }, async (request, reply) => {
      await resumeSubscription(operations, principalOf(request), request.params.id)
      return await reply.code(204).send(null)
    })
    const skipped = { description: 'Skipped: later events of its order or SKU are sent', type: 'null' }
    const skip = { tags, params: DocumentId, body: Skip, response: { 204: skipped, ...problems(400, 401, 404, 409) } }
    app.post('/v1/subscriptions/:id/skip', { schema: skip }, async (request, reply) => {
      await skipEvent(operations, principalOf(request), { subscription: request.params.id, ...request.body })
      return await reply.code(204).send(null)
    })
  }
}
