import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Static } from 'typebox'
import { CONNECTIONS } from '../../configuration/tables.ts'
import { StreamError } from '../../errors.ts'
import { listStaged, type StagedFilter } from '../../projections/list-staged.ts'
import { showStaged } from '../../projections/show-staged.ts'
import { type View, viewOf, views } from '../../projections/staged-row.ts'
import type { ApiDeps } from '../dependencies.ts'
import { unknownConnection } from '../known-connection.ts'
import { problems } from '../problems.ts'
import { openSignedText, signedText } from '../signed-text.ts'
import { timeParameter } from '../time-parameter.ts'
import { StagedList, StagedPath, StagedQuery } from './staged-schemas.ts'

const tags = ['frontend and backend']

/** What is staged of a connection towards the shop (frontend) and towards the ERP (backend). */
export function stagedRoutes(deps: ApiDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    for (const view of views) {
      const response = { 200: StagedList, ...problems(400, 401, 404) }
      const schema = { tags, params: StagedPath, querystring: StagedQuery, response }
      app.get(`/v1/${view}/:connection/:entity`, { schema }, async ({ params, query }) => {
        checkDirection(view, params)
        return await answer(deps, params, query)
      })
    }
  }
}

/** Throws `not_found`: an empty list would look as if nothing were staged. */
function checkDirection(view: View, { connection, entity }: Static<typeof StagedPath>): void {
  const right = viewOf(entity)
  if (right === view) return
  const [to, other] = view === 'backend' ? ['the ERP', 'the shop'] : ['the shop', 'the ERP']
  const message = `entity: no ${entity} go towards ${to}, they go towards ${other}: see /v1/${right}/${connection}/${entity}`
  throw new StreamError('not_found', message, { field: 'entity' })
}

interface StagedCursor extends StagedFilter {
  readonly k: 'staged'
  readonly after: string
}

async function answer(
  deps: ApiDeps,
  { connection, entity }: Static<typeof StagedPath>,
  query: Static<typeof StagedQuery>,
): Promise<Static<typeof StagedList>> {
  const { status = null, key = null } = query
  const times = { since: timeParameter('since', query.since), until: timeParameter('until', query.until) }
  const filter: StagedFilter = { connection, entity, status, key, ...times }
  const after = query.cursor === undefined ? null : placeOf(deps.cursorKey, query.cursor, filter)
  const page = await listStaged(deps.tables, filter, query.limit, after)
  if (page.rows.length === 0) await checkConfigured(deps, connection)
  const { items, next } = await showStaged(deps.staged, page, query.payloads)
  const cursor: StagedCursor | null = next === null ? null : { k: 'staged', ...filter, after: next }
  return { items: [...items], cursor: cursor === null ? null : signedText(deps.cursorKey, cursor) }
}

async function checkConfigured({ tables }: ApiDeps, connection: string): Promise<void> {
  const item = await tables.get(CONNECTIONS, { kind: 'connection', id: connection })
  if (item === undefined) throw await unknownConnection(tables, connection)
}

function placeOf(key: string, text: string, filter: StagedFilter): string {
  const cursor = openSignedText(key, text) as StagedCursor | undefined
  const fields = ['connection', 'entity', 'status', 'key', 'since', 'until'] as const
  const other = cursor?.k === 'staged' ? fields.find((name) => cursor[name] !== filter[name]) : 'cursor'
  if (cursor !== undefined && other === undefined) return cursor.after
  const field = other ?? 'cursor'
  const message = `${field}: the cursor was not given for this; keep the parameters, or begin without a cursor`
  throw new StreamError('cursor_invalid', message, { field })
}
