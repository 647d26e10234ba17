import type { FastifyInstance, FastifyRequest } from 'fastify'
import { StreamError } from '../errors.ts'
import { everything, type Principal } from '../operations/principal.ts'
import { equalTexts } from '../platform/equal-texts.ts'
import { actorOf } from './request-headers.ts'

/**
 * What a route needs. `open`: nothing, so that whoever restarts the process need not have the token. `signed`: a signature
 * that its operation checks, by systems that are not to have the token. The others need the token; what a caller may do
 * beyond that, everything for now, will be decided by these names.
 */
export type Need = 'open' | 'signed' | 'caller' | 'feeds:read' | 'orders:push' | 'observe' | 'operate' | 'configure'

/** Every route there is, with what it needs; `*` stands for the rest of a path. A route that is not here does not start. */
export const routeNeeds: Readonly<Record<string, Need>> = {
  'GET /health/live': 'open',
  'GET /health/ready': 'caller',
  'GET /': 'caller',
  'GET /openapi.json': 'caller',
  'GET /docs': 'caller',
  'GET /docs/*': 'caller',

  'GET /v1/feeds/*': 'feeds:read',
  'POST /v1/orders/:source': 'orders:push',
  'POST /v1/webhooks/:system': 'signed',

  'GET /v1/tasks': 'observe',
  'GET /v1/tasks/:id': 'observe',
  'GET /v1/tasks/:id/entities': 'observe',
  'GET /v1/tasks/:id/entities/:connection/:key': 'observe',
  'GET /v1/dead-letters': 'observe',
  'GET /v1/dead-letters/:id': 'observe',
  'GET /v1/dead-letters/:id/preview': 'observe',
  'GET /v1/frontend/:connection/:entity': 'observe',
  'GET /v1/backend/:connection/:entity': 'observe',
  'GET /v1/pauses': 'observe',
  'GET /v1/parked': 'observe',
  'GET /v1/reads': 'observe',
  'GET /v1/reads/:id': 'observe',
  'GET /v1/sync-requests/:id': 'observe',
  'GET /v1/replays': 'observe',
  'GET /v1/replays/:id': 'observe',
  'GET /v1/rebuilds': 'observe',
  'GET /v1/rebuilds/:id': 'observe',

  'POST /v1/tasks/:id/retry': 'operate',
  'POST /v1/dead-letters/:id/retry': 'operate',
  'POST /v1/dead-letters/retry': 'operate',
  'POST /v1/dead-letters/:id/discard': 'operate',
  'POST /v1/dead-letters/discard': 'operate',
  'POST /v1/pauses/:stage/:connection/resume': 'operate',
  'PUT /v1/reads/:id/cut-date': 'operate',
  'POST /v1/sync-requests': 'operate',
  'POST /v1/replays': 'operate',
  'POST /v1/replays/:id/cancel': 'operate',
  'POST /v1/rebuilds': 'operate',
  'POST /v1/rebuilds/:id/switch': 'operate',
  'DELETE /v1/rebuilds/:id': 'operate',

  'GET /v1/systems': 'configure',
  'GET /v1/systems/:id': 'configure',
  'PUT /v1/systems/:id': 'configure',
  'DELETE /v1/systems/:id': 'configure',
  'GET /v1/connections': 'configure',
  'GET /v1/connections/:id': 'configure',
  'PUT /v1/connections/:id': 'configure',
  'DELETE /v1/connections/:id': 'configure',
  'GET /v1/connections/:id/metadata': 'configure',
  'PUT /v1/connections/:id/metadata': 'configure',
  'POST /v1/connections/:id/metadata/preview': 'configure',
  'GET /v1/configuration/changes': 'configure',
}

const prefixes = Object.entries(routeNeeds).flatMap(([route, need]) =>
  route.endsWith('/*') ? [{ prefix: route.slice(0, -1), need }] : [],
)

/** `HEAD` is as `GET`. Undefined: the route is not declared, or there is none. */
export function needOf(method: string, url: string | undefined): Need | undefined {
  const route = `${method === 'HEAD' ? 'GET' : method} ${url}`
  return routeNeeds[route] ?? prefixes.find(({ prefix }) => route.startsWith(prefix))?.need
}

const admitted = new WeakMap<FastifyRequest, Principal>()

/**
 * Lets in who may come in: with the token as bearer token wherever there is one. A route that does not say what it needs
 * does not start, so none is open by mistake.
 */
export function controlAccess(app: FastifyInstance, token: string | null): void {
  app.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) {
      if (needOf(one, url) !== undefined) continue
      throw new Error(`${one} ${url} is not in routeNeeds: declare there what it needs`)
    }
  })
  app.addHook('onRequest', async (request) => {
    const need = needOf(request.method, request.routeOptions.url)
    if (need === 'open' || need === 'signed') return
    const given = /^bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1]
    if (token !== null && (given === undefined || !equalTexts(given, token))) {
      throw new StreamError('unauthorized', 'send the API token as "Authorization: Bearer <token>"')
    }
    admitted.set(request, everything({ kind: 'api', name: actorOf(request) }, true))
  })
}

/** Who asks; by another name where the request itself gives one (null: it gives none). */
export function principalOf(request: FastifyRequest, name?: string | null): Principal {
  const principal = admitted.get(request)
  if (principal === undefined) throw new Error(`${request.method} ${request.url} has let nobody in`)
  return name === undefined ? principal : { ...principal, name }
}

/** Throws `configuration_invalid` where the API would be open to others without a token. */
export function checkAddress(host: string, token: string | null): void {
  if (token !== null || isLoopback(host)) return
  const message = `API_HOST: ${host} can be reached by others; set API_TOKEN, or listen on 127.0.0.1`
  throw new StreamError('configuration_invalid', message, { field: 'API_HOST' })
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}
