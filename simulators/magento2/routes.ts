import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Authorization } from './authorization.ts'
import { type Ims, imsCredentials } from './ims.ts'
import { MagentoError, sendJson } from './magento-error.ts'
import { routePermissions } from './route-permissions.ts'
import { type SearchSettings, search } from './search.ts'
import { parseSearchCriteria } from './search-criteria.ts'
import { selectFields } from './sparse-fields.ts'

/** A REST request: its decoded parameters and its body. */
export interface RestCall {
  parameters: Readonly<Record<string, string>>
  body: unknown
  /** The query as sent, without the question mark. */
  query: string
}

/** Adds one route below `/rest/<store>/V1`. The handler returns the body, which is reduced to `fields=` on request. */
export type AddRoute = (
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  handle: (call: RestCall) => unknown,
) => void

const stores = new Set(['default', 'all'])

/**
 * `/rest/V1` is the default store; `below`: path segment instead of V1. Calls are first authorized for the route's ACL
 * resource.
 */
export function createRoutes(
  app: FastifyInstance,
  { authorization, ims }: { authorization: Authorization; ims: Ims },
  below = 'V1',
  code = 200,
): AddRoute {
  return (method, path, handle) => {
    const resource = routePermissions[`${method} ${path}`]
    if (resource === undefined) throw new Error(`no permission is known for ${method} ${path}`)
    const answer = (request: FastifyRequest, reply: FastifyReply, store: string) => {
      const parameters = request.params as Record<string, string>
      if (!stores.has(store)) {
        throw new MagentoError(404, "The store that was requested wasn't found. Verify the store and try again.")
      }
      const query = request.raw.url?.split('?', 2)[1] ?? ''
      const body = handle({ parameters, body: request.body, query })
      const fields = new URLSearchParams(query).get('fields')
      return sendJson(reply.code(code), fields === null ? body : selectFields(body, fields))
    }
    const handler = async (request: FastifyRequest, reply: FastifyReply) => {
      if (resource !== 'anonymous') authorization.check(request, resource)
      return answer(request, reply, (request.params as Record<string, string>)['store'] ?? 'default')
    }
    // Commerce as a Cloud Service: no store in the address, and the queue's part after the version.
    const inCloud = async (request: FastifyRequest, reply: FastifyReply) => {
      ims.check(request)
      authorization.checkAccess(resource)
      return answer(request, reply, String(request.headers['store'] ?? 'default'))
    }
    app.route({ method, url: `/rest/${below}${path}`, handler })
    app.route({ method, url: `/rest/:store/${below}${path}`, handler })
    const cloud = below.replace(/^(.+)\/V1$/, 'V1/$1')
    if (resource !== 'anonymous')
      app.route({ method, url: `/${imsCredentials.tenant}/${cloud}${path}`, handler: inCloud })
  }
}

/** Answers a list call: finds rows, then renders each as REST does. */
export function answerSearch<T>(
  rows: readonly T[],
  query: string,
  settings: SearchSettings<T>,
  render: (row: T) => unknown,
): object {
  const criteria = parseSearchCriteria(query)
  const { maximumPageSize: max } = settings.switches
  if (max !== null && (criteria.page_size ?? 0) > max) {
    throw new MagentoError(400, 'Maximum SearchCriteria pageSize is %max', { parameters: { max } })
  }
  const result = search(rows, criteria, settings)
  return { ...result, items: result.items.map(render) }
}

/** A whole number in a path. @throws MagentoError 400 like the vendor for a text instead of a number */
export function integerParameter(call: RestCall, name: string): number {
  const text = call.parameters[name] ?? ''
  if (/^\d+$/.test(text)) return Number(text)
  throw typeError(name, text, 'int')
}

export function typeError(field: string, value: unknown, expected: string): MagentoError {
  const shown = typeof value === 'object' ? 'array' : String(value)
  const type = `The "${shown}" value's type is invalid. The "${expected}" type was expected. Verify and try again.`
  return new MagentoError(400, `Error occurred during "${field}" processing. ${type}`)
}
