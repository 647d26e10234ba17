import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Static } from 'typebox'
import { StreamError } from '../../errors.ts'
import { listStaged, viewOf, views } from '../../operations/staged.ts'
import type { View } from '../../projections/staged-row.ts'
import { cursorKeyOf, principalOf } from '../access.ts'
import type { ApiDeps } from '../dependencies.ts'
import { answerPage, fieldCursor, placeOfFieldCursor } from '../page-cursor.ts'
import { problems } from '../problems.ts'
import { timeParameter } from '../time-parameter.ts'
import { StagedList, StagedPath, StagedQuery } from './staged-schemas.ts'

const tags = ['frontend and backend']

/** Staged entities of a connection, for the shop (frontend) and for the ERP (backend). */
export function stagedRoutes({ operations, ...deps }: ApiDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    for (const view of views) {
      const response = { 200: StagedList, ...problems(400, 401, 404) }
      const schema = { tags, params: StagedPath, querystring: StagedQuery, response }
      app.get(`/v1/${view}/:connection/:entity`, { schema }, async (request) => {
        checkDirection(view, request.params)
        const cursorKey = cursorKeyOf(request, deps.cursorKey)
        const filter = filterOf(request.params, request.query)
        const { payloads, limit, cursor } = request.query
        const after = placeOfFieldCursor(cursorKey, 'staged', filter, cursor)
        const page = await listStaged(operations, principalOf(request), { filter, payloads, limit, after })
        return answerPage(
          page,
          (row) => row,
          (next) => fieldCursor(cursorKey, 'staged', filter, next),
        )
      })
    }
  }
}

/** Throws `not_found`: an empty list would look as if the connection had no staged entities. */
function checkDirection(view: View, { connection, entity }: Static<typeof StagedPath>): void {
  const right = viewOf(entity)
  if (right === view) return
  const [to, other] = view === 'backend' ? ['the ERP', 'the shop'] : ['the shop', 'the ERP']
  const message = `entity: ${entity} go to ${other}, not to ${to}; see /v1/${right}/${connection}/${entity}`
  throw new StreamError('not_found', message, { field: 'entity' })
}

function filterOf({ connection, entity }: Static<typeof StagedPath>, query: Static<typeof StagedQuery>) {
  const { status = null, key = null } = query
  const [since, until] = [timeParameter('since', query.since), timeParameter('until', query.until)]
  return { connection, entity, status, key, since, until }
}
