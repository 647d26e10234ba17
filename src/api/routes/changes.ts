import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Static } from 'typebox'
import type { ChangeFilter } from '../../configuration/changes.ts'
import type { ApiDeps } from '../dependencies.ts'
import { pageCursor, placeOfCursor } from '../page-cursor.ts'
import { problems } from '../problems.ts'
import { timeParameter } from '../time-parameter.ts'
import { ChangeList, ChangeQuery } from './configuration-schemas.ts'

/** Who changed what of the configuration and of cut dates, and when. */
export function changeRoutes(deps: ApiDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const schema = {
      tags: ['configuration'],
      querystring: ChangeQuery,
      response: { 200: ChangeList, ...problems(400, 401) },
    }
    app.get('/v1/configuration/changes', { schema }, async ({ query }) => {
      const filter = filterOf(query)
      const after = placeOfCursor(deps.cursorKey, 'changes', filter, query.cursor)
      const { changes, next } = await deps.configuration.changes(filter, query.limit, after)
      return { items: [...changes], cursor: pageCursor(deps.cursorKey, 'changes', filter, next) }
    })
  }
}

function filterOf({ kind, id, by, from, to }: Static<typeof ChangeQuery>): ChangeFilter {
  const iso = (name: string, text: string | undefined) => {
    const time = timeParameter(name, text)
    return time === null ? null : new Date(time).toISOString()
  }
  return { kind: kind ?? null, id: id ?? null, by: by ?? null, from: iso('from', from), to: iso('to', to) }
}
