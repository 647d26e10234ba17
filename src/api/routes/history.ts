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
const Value = Type.Unknown({ description: 'null: it is not there' })

const Path = Type.Object({
  connection: PathText('Id of the connection'),
  key: PathText('The SKU, or the whole key of the row'),
})

const Query = Type.Object(
  {
    feed: Type.Optional(Type.String({ minLength: 1, description: 'Changes in this feed only' })),
    since: Type.Optional(
      Type.String({ description: 'ISO 8601 with zone: changes since then, and the one before them' }),
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
      at: Type.String({ description: 'When it came to the topic of the feed' }),
      occurred_at: Nullable(Type.String({ description: "The source's own time of it" })),
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
            'null: what was before it lies further back; it comes again with its changes on the next page. Empty: the row was so before',
        }),
      ),
    }),
    { description: 'The newest first' },
  ),
  looked_back_to: Nullable(
    Type.String({ description: 'Every change since then is on this page or one before it; null: there are no others' }),
  ),
  cursor: Nullable(Type.String({ description: 'Looks further back; null: there is nothing more' })),
})

/** What changed of a key in the feeds. */
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
