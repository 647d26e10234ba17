import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type TSchema, Type } from 'typebox'
import { keyScopes } from '../../operations/keys.ts'
import { may } from '../../operations/principal.ts'
import type { Ids } from '../../operations/scope.ts'
import { principalOf } from '../access.ts'
import type { ApiDeps } from '../dependencies.ts'
import { problems } from '../problems.ts'
import { asksForKey } from '../sign-in.ts'

const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Reach = Nullable(Type.Array(Type.String(), { description: 'Ids that the caller has access to; null: all' }))

const Caller = Type.Object({
  name: Nullable(Type.String({ description: 'Name recorded with changes, if known' })),
  signed_in: Type.Boolean({ description: 'False: this API requires no key' }),
  scopes: Type.Array(Type.String(), { description: 'All scopes, including those that a wider scope includes' }),
  demo: Type.Boolean({ description: 'True: the systems are simulated, and /v1/demo switches their faults' }),
  connections: Reach,
  systems: Reach,
})

/** The caller and their permissions, so that a page offers only what is allowed. */
export function callerRoutes(deps: ApiDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const schema = { tags: ['keys'], response: { 200: Caller, ...problems(401) } }
    app.get('/v1/caller', { schema }, async (request) => {
      const principal = principalOf(request)
      return {
        name: principal.name,
        signed_in: await asksForKey(deps),
        scopes: keyScopes.filter((scope) => may(principal, scope)),
        demo: deps.demo !== undefined,
        connections: reachOf(principal.scope.connections),
        systems: reachOf(principal.scope.systems),
      }
    })
  }
}

function reachOf(ids: Ids): string[] | null {
  return ids === 'all' ? null : [...ids].toSorted()
}
