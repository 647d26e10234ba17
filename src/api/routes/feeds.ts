import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { splitKey } from '../../events/entities.ts'
import { countFeedRows, readFeedItem, readFeedPage } from '../../operations/feeds.ts'
import { notePull } from '../../operations/pulls/note-pull.ts'
import type { Scoped } from '../../operations/scope.ts'
import type { FeedRow } from '../../projections/feed-row.ts'
import type { Feed } from '../../projections/projection.ts'
import { cursorKeyOf, principalOf } from '../access.ts'
import type { ApiDeps } from '../dependencies.ts'
import { unlessUnchanged } from '../entity-tags.ts'
import { nextCursor, readCursor } from '../feed-cursor.ts'
import { problems } from '../problems.ts'
import { timeParameter } from '../time-parameter.ts'
import { ConnectionQuery, FeedQuery, feedAnswer, feedItem, keyPath } from './feed-schemas.ts'

type PageRequest = FastifyRequest<{ Querystring: Static<typeof FeedQuery> }>

/** The feeds: pages by cursor, single rows, counts. */
export function feedRoutes(deps: ApiDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    for (const feed of deps.operations.feeds) {
      const path = `/v1/feeds/${feed.entity}`
      const answers = problems(400, 401, 404)
      const tags = ['feeds']
      const unchanged = { description: 'As If-None-Match says it has it already', type: 'null' }
      const page = { 200: feedAnswer(feed), 304: unchanged, ...answers, ...problems(410) }
      app.get(
        path,
        { schema: { tags, querystring: FeedQuery, response: page }, onSend: unlessUnchanged },
        (request, reply) => answerPage(deps, feed, request, reply),
      )
      const { parts } = feed.key
      const params = keyPath(feed.key)
      const rows = { 200: Type.Object({ items: Type.Array(feedItem(feed)) }), ...answers }
      app.get(
        `${path}/items/${parts.map((part) => `:${part}`).join('/')}`,
        { schema: { tags, params, querystring: ConnectionQuery, response: rows } },
        async (request) => {
          const key = parts.map((part) => request.params[part] ?? '')
          const wanted = { feed, connection: request.query.connection, key }
          return { items: toItems(feed, await readFeedItem(deps.operations, principalOf(request), wanted)) }
        },
      )
      const Count = Type.Object({ rows: Type.Integer(), deleted: Type.Integer() })
      app.get(
        `${path}/count`,
        { schema: { tags, querystring: ConnectionQuery, response: { 200: Count, ...answers } } },
        (request) =>
          countFeedRows(deps.operations, principalOf(request), { feed, connection: request.query.connection }),
      )
    }
  }
}

async function answerPage(deps: ApiDeps, feed: Feed, request: PageRequest, reply: FastifyReply) {
  const { query } = request
  const now = deps.clock.now()
  const cursorKey = cursorKeyOf(request, deps.cursorKey)
  const given = query.cursor === undefined ? null : readCursor(cursorKey, query.cursor, now)
  const filter = {
    connection: query.connection,
    source: query.source ?? null,
    from: timeParameter('updated_from', query.updated_from),
    to: timeParameter('updated_to', query.updated_to),
  }
  const wanted = { feed, filter, cursor: given?.cursor ?? null, limit: query.limit }
  const page = await readFeedPage(deps.operations, principalOf(request), wanted)
  // HEAD gives no rows.
  if (request.method === 'GET') notePull(deps.operations, principalOf(request), wanted, page)
  if (page.retryAfter !== null) reply.header('retry-after', page.retryAfter)
  return {
    items: toItems(feed, page.items),
    cursor: nextCursor(cursorKey, given, page.cursor, now),
    complete: page.complete,
  }
}

function toItems({ key: { parts } }: Feed, rows: Scoped<FeedRow>) {
  return rows.map(({ connection, source, key, updated_at, position, deleted, data }) => {
    return { connection, source, ...splitKey(parts, key), updated_at, position, deleted, data }
  })
}
