import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type TSchema, Type } from 'typebox'
import { feedHistory, feedNamed } from '../../operations/history/feed-history.ts'
import { cursorKeyOf, principalOf } from '../access.ts'
import type { ApiDeps } from '../dependencies.ts'
import { answerPage, fieldCursor, placeOfFieldCursor } from '../page-cursor.ts'
import { PathText } from '../path-text.ts'
import { problems } from '../problems.ts'
import { timeParameter } from '../time-parameter.ts'

const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Text = Type.String()
const Value = Type.Unknown({ description: 'null: the field is missing' })

const Path = Type.Object({
  connection: PathText('Id of the connection'),
  key: PathText('The SKU, or the complete key of the row'),
})

const Query = Type.Object(
  {
    feed: Type.Optional(Type.String({ minLength: 1, description: 'Changes in this feed only' })),
    since: Type.Optional(
      Type.String({ description: 'ISO 8601 with zone: changes since then, and the last one before' }),
    ),
    limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
    cursor: Type.Optional(Type.String({ minLength: 1 })),
  },
  { additionalProperties: false },
)

const History = Type.Object({
  items: Type.Array(
    Type.Object({
      feed: Text,
      source: Text,
      at: Type.String({ description: "When it was appended to the feed's topic" }),
      occurred_at: Nullable(Type.String({ description: "The source's own time of the change" })),
      read_at: Text,
      task: Nullable(Type.String({ description: 'The run that read it; null: it was pushed' })),
      event_id: Text,
      mapping_revision: Type.Integer(),
      partition: Type.Integer(),
      offset: Text,
      first: Type.Boolean({ description: 'There was no row before it' }),
      deleted: Type.Boolean(),
      data: Type.Object({}, { additionalProperties: true, description: 'The row after it' }),
      changes: Nullable(
        Type.Array(Type.Object({ field: Text, before: Value, after: Value }), {
          description:
            'null: the row before it is further back; the next page has the change again, with its changes. Empty: the row was the same before',
        }),
      ),
    }),
    { description: 'Newest first' },
  ),
  looked_back_to: Nullable(
    Type.String({
      description: 'This page and those before it have every change since then; null: they have all changes',
    }),
  ),
  cursor: Nullable(Type.String({ description: 'Continues further back; null: there are no more' })),
})

/** Changes of a key in the feeds. */
export function historyRoutes({ operations, cursorKey }: ApiDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const response = { 200: History, ...problems(400, 401, 404) }
    const schema = { tags: ['feeds'], params: Path, querystring: Query, response }
    app.get('/v1/history/:connection/:key', { schema }, async (request) => {
      const { connection, key } = request.params
      const { limit, cursor } = request.query
      const feed = feedNamed(operations.feeds, request.query.feed ?? null)
      const filter = { connection, key, feed, since: timeParameter('since', request.query.since) }
      const sealing = cursorKeyOf(request, cursorKey)
      const after = placeOfFieldCursor(sealing, 'history', filter, cursor)
      const page = await feedHistory(operations, principalOf(request), { ...filter, limit, after })
      const toItem = (change: (typeof page.items)[number]) => {
        return { ...change, changes: change.changes === null ? null : [...change.changes] }
      }
      const answer = answerPage(page, toItem, (next) => fieldCursor(sealing, 'history', filter, next))
      return { ...answer, looked_back_to: page.looked_back_to }
    })
  }
}
