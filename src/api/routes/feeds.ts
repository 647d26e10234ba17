import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { countFeedRows, readFeedItem, readFeedItems } from '../../operations/feed-items.ts'
import { readFeedPage } from '../../operations/feed-page.ts'
import { checkReached } from '../../operations/known-connection.ts'
import { notePull } from '../../operations/pulls/note-pull.ts'
import type { Feed } from '../../projections/projection.ts'
import { cursorKeyOf, principalOf } from '../access.ts'
import { DOCUMENT_BYTES } from '../body-sizes.ts'
import { compressed } from '../compressed.ts'
import type { ApiDeps } from '../dependencies.ts'
import { unlessUnchanged } from '../entity-tags.ts'
import { nextCursor, readCursor } from '../feed-cursor.ts'
import { feedFields, feedItemOf } from '../feed-fields.ts'
import { asNdjson } from '../ndjson-pages.ts'
import { nextLink } from '../next-link.ts'
import { problems } from '../problems.ts'
import { timeParameter } from '../time-parameter.ts'
import {
  ConnectionQuery,
  FeedCount,
  FeedQuery,
  feedAnswer,
  feedItem,
  ItemQuery,
  ItemsQuery,
  itemsAnswer,
  keyPath,
  keysBody,
} from './feed-schemas.ts'

type PageRequest = FastifyRequest<{ Querystring: Static<typeof FeedQuery> }>

const tags = ['feeds']
const answers = problems(400, 401, 404)

/** The feeds: pages by cursor, rows by key, counts. */
export function feedRoutes(deps: ApiDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    for (const feed of deps.operations.feeds) {
      const item = feedItem(feed)
      await app.register(pageRoute(deps, feed, item))
      await app.register(itemRoutes(deps, feed, item))
      app.get(
        `/v1/feeds/${feed.entity}/count`,
        { schema: { tags, querystring: ConnectionQuery, response: { 200: FeedCount, ...answers } } },
        (request) =>
          countFeedRows(deps.operations, principalOf(request), { feed, connection: request.query.connection }),
      )
    }
  }
}

type Item = ReturnType<typeof feedItem>

function pageRoute(deps: ApiDeps, feed: Feed, item: Item): FastifyPluginAsyncTypebox {
  return async (app) => {
    const unchanged = { description: 'Unchanged: the caller has the answer already (If-None-Match)', type: 'null' }
    const response = { 200: feedAnswer(item), 304: unchanged, ...answers, ...problems(410) }
    app.get(
      `/v1/feeds/${feed.entity}`,
      {
        schema: { tags, querystring: FeedQuery, response },
        preSerialization: asNdjson(item),
        onSend: [unlessUnchanged, compressed],
      },
      (request, reply) => answerPage(deps, feed, request, reply),
    )
  }
}

function itemRoutes({ operations }: ApiDeps, feed: Feed, item: Item): FastifyPluginAsyncTypebox {
  return async (app) => {
    const path = `/v1/feeds/${feed.entity}/items`
    const { parts } = feed.key
    const rows = { 200: Type.Object({ items: Type.Array(item) }), ...answers }
    app.get(
      `${path}/${parts.map((part) => `:${part}`).join('/')}`,
      { schema: { tags, params: keyPath(feed.key), querystring: ItemQuery, response: rows } },
      async (request) => {
        const { connection, fields } = request.query
        const chosen = feedFields(feed, fields)
        const key = parts.map((part) => request.params[part] ?? '')
        const found = await readFeedItem(operations, principalOf(request), { feed, connection, key })
        return { items: found.map((row) => feedItemOf(feed, row, chosen)) }
      },
    )
    const many = { 200: itemsAnswer(feed, item), ...answers }
    app.post(
      path,
      {
        schema: { tags, querystring: ItemsQuery, body: keysBody(feed), response: many },
        bodyLimit: DOCUMENT_BYTES,
        onSend: compressed,
      },
      async (request) => {
        const { connection, source, fields } = request.query
        const chosen = feedFields(feed, fields)
        const keys = request.body.keys.map((key) => [key].flat())
        const wanted = { feed, connection, sources: sourcesIn(source), keys }
        const found = await readFeedItems(operations, principalOf(request), wanted)
        return {
          items: found.rows.map((row) => feedItemOf(feed, row, chosen)),
          missing: found.missing.map((key) => (key.length === 1 ? key.join() : key)),
        }
      },
    )
  }
}

async function answerPage(deps: ApiDeps, feed: Feed, request: PageRequest, reply: FastifyReply) {
  const { query } = request
  const now = deps.clock.now()
  const fields = feedFields(feed, query.fields)
  // First: a reader that is told to begin again would lose its place over a wrong key.
  await checkReached(deps.operations, principalOf(request), query.connection)
  const cursorKey = cursorKeyOf(request, deps.cursorKey)
  const given = query.cursor === undefined ? null : readCursor(cursorKey, query.cursor, now)
  const filter = {
    connection: query.connection,
    sources: sourcesIn(query.source),
    from: timeParameter('updated_from', query.updated_from),
    to: timeParameter('updated_to', query.updated_to),
  }
  const wanted = { feed, filter, cursor: given?.cursor ?? null, limit: query.limit }
  const page = await readFeedPage(deps.operations, principalOf(request), wanted)
  // HEAD returns no rows.
  if (request.method === 'GET') notePull(deps.operations, principalOf(request), wanted, page)
  if (page.retryAfter !== null) reply.header('retry-after', page.retryAfter)
  const hasNews = page.items.length > 0 || !page.complete
  const cursor = nextCursor(cursorKey, given, { cursor: page.cursor, hasNews }, now)
  if (page.asOf !== null) reply.header('as-of', page.asOf)
  if (!page.complete) reply.header('link', nextLink(request.url, cursor))
  return {
    items: page.items.map((row) => feedItemOf(feed, row, fields)),
    cursor,
    complete: page.complete,
  }
}

/** The distinct ids in a parameter, sorted; null: the parameter is missing. */
function sourcesIn(text: string | undefined): readonly string[] | null {
  return text === undefined ? null : [...new Set(text.split(','))].toSorted()
}
