import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type Static, Type } from 'typebox'
import { StreamError } from '../../errors.ts'
import { joinKey, splitKey } from '../../events/entities.ts'
import type { FeedRow } from '../../projections/feed-row.ts'
import { readMeta } from '../../projections/feed-table.ts'
import type { Feed } from '../../projections/projection.ts'
import { type FeedFilter, type FeedPage, goalOf, isComplete, readFeed } from '../../projections/read-feed.ts'
import { countRows, readItem } from '../../projections/read-rows.ts'
import type { ApiDeps } from '../dependencies.ts'
import { expired, type FeedCursor, readCursor, writeCursor } from '../feed-cursor.ts'
import { checkKnown } from '../known-connection.ts'
import { problems } from '../problems.ts'
import { timeParameter } from '../time-parameter.ts'
import { ConnectionQuery, FeedQuery, feedAnswer, feedItem, keyParts } from './feed-schemas.ts'

type Query = Static<typeof FeedQuery>

/** The feeds: pages by cursor, single rows, counts. */
export function feedRoutes(deps: ApiDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    for (const feed of deps.feeds) {
      const path = `/v1/feeds/${feed.entity}`
      const answers = problems(400, 401, 404)
      const tags = ['feeds']
      const page = { 200: feedAnswer(feed), ...answers, ...problems(410) }
      app.get(path, { schema: { tags, querystring: FeedQuery, response: page } }, (request, reply) =>
        answerPage(deps, feed, request.query, (seconds) => reply.header('retry-after', seconds)),
      )
      const { parts } = feed.key
      const params = Type.Object(keyParts(feed.key))
      const rows = { 200: Type.Object({ items: Type.Array(feedItem(feed)) }), ...answers }
      app.get(
        `${path}/items/${parts.map((part) => `:${part}`).join('/')}`,
        { schema: { tags, params, querystring: ConnectionQuery, response: rows } },
        ({ query: { connection }, params: given }) =>
          answerItem(
            deps,
            feed,
            connection,
            parts.map((part) => given[part] ?? ''),
          ),
      )
      const Count = Type.Object({ rows: Type.Integer(), deleted: Type.Integer() })
      app.get(
        `${path}/count`,
        { schema: { tags, querystring: ConnectionQuery, response: { 200: Count, ...answers } } },
        async ({ query: { connection } }) => {
          const meta = await readMeta(deps.tables, feed)
          await checkKnown(deps.tables, meta, connection, null)
          return await countRows({ ...deps, feed, meta }, connection)
        },
      )
    }
  }
}

async function answerPage(deps: ApiDeps, feed: Feed, query: Query, retryAfter: (seconds: number) => void) {
  const now = deps.clock.now()
  const cursor = query.cursor === undefined ? undefined : readCursor(deps.cursorKey, query.cursor, now)
  const filter = filterOf(query, feed, cursor)
  const meta = await readMeta(deps.tables, feed)
  const { generation } = meta
  if (cursor !== undefined && cursor.generation !== generation) throw expired('the feed was made again since')
  await checkKnown(deps.tables, meta, filter.connection, filter.source)
  const page = await readFeed({ ...deps, feed, meta }, filter, cursor?.places ?? {}, query.limit)
  const complete = isComplete(page, filter, now, deps.settleMs)
  if (!complete && page.rows.length === 0) retryAfter(secondsUntil(deps, filter, page, now))
  return {
    items: page.rows.map((row) => toItem(feed, row)),
    cursor: writeCursor(deps.cursorKey, { feed: feed.entity, generation, filter, places: page.places }, now),
    complete,
  }
}

/** The filter of the cursor where there is one; what the request names must be the same. */
function filterOf(query: Query, feed: Feed, cursor: FeedCursor | undefined): FeedFilter {
  const asked: FeedFilter = {
    connection: query.connection,
    source: query.source ?? null,
    from: timeParameter('updated_from', query.updated_from),
    to: timeParameter('updated_to', query.updated_to),
  }
  const from = asked.from ?? cursor?.filter.from ?? null
  const to = asked.to ?? cursor?.filter.to ?? null
  if (from !== null && to !== null && from >= to) {
    const message = 'updated_to: must be later than updated_from'
    throw new StreamError('request_invalid', message, { field: 'updated_to' })
  }
  if (cursor === undefined) return asked
  const names = { connection: 'connection', source: 'source', from: 'updated_from', to: 'updated_to' } as const
  if (cursor.feed !== feed.entity) throw otherThanCursor('cursor', `it is one of the ${cursor.feed} feed`)
  for (const [key, field] of Object.entries(names) as [keyof FeedFilter, string][]) {
    if (asked[key] !== null && asked[key] !== cursor.filter[key]) {
      throw otherThanCursor(field, 'the cursor was given for another')
    }
  }
  return cursor.filter
}

function otherThanCursor(field: string, why: string): StreamError {
  const message = `${field}: ${why}; keep the parameters while following a cursor, or begin without one`
  return new StreamError('cursor_invalid', message, { field })
}

/** When asking again makes sense: the end of the slot, else when the projector may have caught up. */
function secondsUntil(deps: ApiDeps, filter: FeedFilter, page: FeedPage, now: number): number {
  const seconds = (ms: number, most: number) => Math.min(Math.max(Math.ceil(ms / 1000), 1), most)
  if (filter.to !== null && filter.to > now) return seconds(filter.to + deps.settleMs - now, 3600)
  return seconds(goalOf(filter, now, deps.settleMs) - page.frontier, 10)
}

/** `key`: its parts. */
async function answerItem(deps: ApiDeps, feed: Feed, connection: string, key: readonly string[]) {
  const meta = await readMeta(deps.tables, feed)
  await checkKnown(deps.tables, meta, connection, null)
  const rows = await readItem({ ...deps, feed, meta }, connection, joinKey(key))
  if (rows.length > 0) return { items: rows.map((row) => toItem(feed, row)) }
  const field = feed.key.parts.join(', ')
  const message = `${field}: connection ${connection} has no row of "${key.join('", "')}" in ${feed.entity}`
  throw new StreamError('not_found', message, { field })
}

function toItem({ key: { parts } }: Feed, { connection, source, key, updated_at, position, deleted, data }: FeedRow) {
  return { connection, source, ...splitKey(parts, key), updated_at, position, deleted, data }
}
