import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { KeyScope } from '../control/keys/api-key.ts'
import { StreamError } from '../errors.ts'
import { may, type Principal } from '../operations/principal.ts'
import { isLoopback } from '../platform/loopback.ts'
import type { ApiDeps } from './dependencies.ts'
import { isMistypedPage } from './mistyped-page.ts'
import { keyWithin } from './sealed-text.ts'
import { type Caller, createSignIn } from './sign-in.ts'

/**
 * The permission that a route needs. `open`: none, so that probes need no key. `signed`: a signature that the operation
 * checks, for systems without a key. `caller`: any key. The others are scopes of keys. The operation checks whether the
 * caller has access to the route's connection or system.
 */
export type Need = 'open' | 'signed' | 'caller' | Exclude<KeyScope, 'persons:read'>

/**
 * All routes with the permissions they need; `*` is the rest of a path. The API does not start with a route missing
 * here.
 */
export const routeNeeds: Readonly<Record<string, Need>> = {
  'GET /health/live': 'open',
  'GET /health/ready': 'caller',
  'GET /': 'open',
  'GET /orders': 'open',
  'GET /orders/*': 'open',
  'GET /problems': 'open',
  'GET /problems/*': 'open',
  'GET /connections': 'open',
  'GET /connections/*': 'open',
  'GET /systems/*': 'open',
  'GET /system': 'open',
  'GET /new/*': 'open',
  'GET /products': 'open',
  'GET /products/*': 'open',
  'GET /tasks': 'open',
  'GET /tasks/*': 'open',
  'GET /demo': 'open',
  'GET /resync': 'open',
  'GET /resync/*': 'open',
  'GET /keys': 'open',
  'GET /audit': 'open',
  'GET /assets/:name': 'open',
  'GET /share/:token': 'signed',
  'POST /share/:token': 'signed',
  'GET /v1': 'caller',
  'GET /openapi.json': 'caller',
  'GET /docs': 'caller',
  'GET /docs/*': 'caller',

  'GET /v1/caller': 'caller',
  'GET /v1/events': 'observe',

  // Only in the demo.
  'GET /v1/demo': 'observe',
  'PUT /v1/demo/:scenario': 'operate',

  'GET /v1/feeds/*': 'feeds:read',
  'POST /v1/feeds/*': 'feeds:read',
  'POST /v1/orders/:source': 'orders:push',
  'POST /v1/orders/:source/:number/fulfilments': 'fulfil',
  'POST /v1/webhooks/:system': 'signed',

  'GET /v1/status': 'observe',
  'GET /v1/subscription-status': 'observe',
  'GET /v1/outgoing-events': 'observe',
  'GET /v1/figures': 'observe',
  'GET /v1/history/:connection/:key': 'observe',
  'GET /v1/pulls': 'observe',
  'GET /v1/orders': 'observe',
  'GET /v1/orders/:source/:number': 'observe',
  'GET /v1/orders/:source/:number/steps/:step': 'observe',
  'GET /v1/orders/:source/:number/shares': 'observe',
  'GET /v1/order-holds': 'observe',
  // The operation also needs `persons:read`.
  'POST /v1/persons/orders': 'observe',
  'GET /v1/tasks': 'observe',
  'GET /v1/tasks/:id': 'observe',
  'GET /v1/tasks/:id/entities': 'observe',
  'GET /v1/tasks/:id/entities/:connection/:key': 'observe',
  'GET /v1/dead-letters': 'observe',
  'GET /v1/dead-letters/money': 'observe',
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
  'GET /v1/replay-targets': 'observe',
  'GET /v1/replays/:id': 'observe',
  'GET /v1/rebuilds': 'observe',
  'GET /v1/rebuilds/:id': 'observe',

  'PUT /v1/orders/:source/:number/hold': 'operate',
  'POST /v1/orders/:source/:number/release': 'operate',
  'POST /v1/orders/:source/:number/share': 'operate',
  'POST /v1/orders/:source/:number/shares/:id/revoke': 'operate',
  'POST /v1/orders/:source/:number/cancel': 'operate',
  'POST /v1/orders/:source/:number/resend': 'operate',
  'POST /v1/tasks/:id/retry': 'operate',
  'POST /v1/tasks/:id/cancel': 'operate',
  'POST /v1/dead-letters/:id/retry': 'operate',
  'POST /v1/dead-letters/retry': 'operate',
  'POST /v1/dead-letters/:id/discard': 'operate',
  'POST /v1/dead-letters/discard': 'operate',
  'PUT /v1/pauses/:stage/:connection': 'operate',
  'POST /v1/pauses/:stage/:connection/resume': 'operate',
  'POST /v1/parked/try': 'operate',
  'PUT /v1/reads/:id/cut-date': 'operate',
  'POST /v1/subscriptions/:id/replay': 'operate',
  'POST /v1/subscriptions/:id/resume': 'operate',
  'POST /v1/subscriptions/:id/skip': 'operate',
  'POST /v1/sync-requests': 'operate',
  'POST /v1/replays': 'operate',
  'POST /v1/replays/:id/cancel': 'operate',
  'POST /v1/rebuilds': 'operate',
  'POST /v1/rebuilds/:id/switch': 'operate',
  'POST /v1/rebuilds/:id/undo': 'operate',
  'DELETE /v1/rebuilds/:id': 'operate',

  'GET /v1/system/processes': 'operate',
  'GET /v1/system/consumers': 'operate',
  'GET /v1/system/topics': 'operate',
  'GET /v1/system/tables': 'operate',
  'GET /v1/system/versions': 'operate',
  'POST /v1/system/test': 'operate',

  'GET /v1/systems': 'configure',
  'GET /v1/systems/:id': 'configure',
  'PUT /v1/systems/:id': 'configure',
  'DELETE /v1/systems/:id': 'configure',
  'GET /v1/recipients': 'configure',
  'GET /v1/recipients/:id': 'configure',
  'PUT /v1/recipients/:id': 'configure',
  'DELETE /v1/recipients/:id': 'configure',
  'POST /v1/recipients/:id/test': 'configure',
  'GET /v1/subscriptions': 'configure',
  'GET /v1/subscriptions/:id': 'configure',
  'PUT /v1/subscriptions/:id': 'configure',
  'DELETE /v1/subscriptions/:id': 'configure',
  'GET /v1/connections': 'configure',
  'GET /v1/connections/:id': 'configure',
  'PUT /v1/connections/:id': 'configure',
  'DELETE /v1/connections/:id': 'configure',
  'POST /v1/systems/:id/test': 'configure',
  'POST /v1/connections/:id/test': 'configure',
  'GET /v1/connections/:id/metadata': 'configure',
  'PUT /v1/connections/:id/metadata': 'configure',
  'DELETE /v1/connections/:id/metadata': 'configure',
  'POST /v1/connections/:id/metadata/preview': 'configure',
  'POST /v1/connections/:id/order-map/preview': 'configure',
  'GET /v1/configuration/schema': 'configure',
  'GET /v1/configuration/changes': 'configure',

  'GET /v1/audit': 'administer',
  'POST /v1/persons/forget': 'administer',
  'GET /v1/keys': 'administer',
  'POST /v1/keys': 'administer',
  'GET /v1/keys/:id': 'administer',
  'POST /v1/keys/:id/rotate': 'administer',
  'POST /v1/keys/:id/revoke': 'administer',
}

const prefixes = Object.entries(routeNeeds).flatMap(([route, need]) =>
  route.endsWith('/*') ? [{ prefix: route.slice(0, -1), need }] : [],
)

/** Cache of known routes, because each request needs it several times. */
const found = new Map<string, Need | undefined>()

/** `HEAD` is treated like `GET`. Undefined: the route is not declared, or does not exist. */
export function needOf(method: string, url: string | undefined): Need | undefined {
  const route = `${method === 'HEAD' ? 'GET' : method} ${url}`
  if (!found.has(route)) {
    found.set(route, routeNeeds[route] ?? prefixes.find(({ prefix }) => route.startsWith(prefix))?.need)
  }
  return found.get(route)
}

const admitted = new WeakMap<FastifyRequest, Caller>()

/**
 * Admits callers whose bearer token (a key or the token) is valid and has the scope that the route needs. Refuses to
 * start with an undeclared route, so that no route is open by mistake.
 */
export function controlAccess(app: FastifyInstance, deps: ApiDeps): void {
  const signIn = createSignIn(deps)
  app.addHook('onRoute', (route) => {
    for (const one of [route.method].flat()) {
      const need = needOf(one, route.url)
      if (need === undefined) throw new Error(`${one} ${route.url} is not in routeNeeds: declare its permission there`)
      // For readers of the OpenAPI document, and for a test.
      if (route.schema !== undefined) route.schema = { ...route.schema, 'x-needs': need } as typeof route.schema
    }
  })
  app.addHook('onRequest', async (request) => {
    const need = needOf(request.method, request.routeOptions.url)
    // A browser gets the page's "not found" without a key.
    if (need === 'open' || need === 'signed' || isMistypedPage(request)) return
    const caller = await signIn(request)
    admitted.set(request, caller)
    if (need === undefined || need === 'caller' || may(caller.principal, need)) return
    throw new StreamError('forbidden', `the key lacks the scope ${need}; use one that has it`)
  })
}

/**
 * The caller. A caller without a key of their own may give another name in the request (null: none); a caller with a
 * key always has the key's name.
 */
export function principalOf(request: FastifyRequest, name?: string | null): Principal {
  const { principal, key } = callerOf(request)
  return name === undefined || key !== null ? principal : { ...principal, name }
}

/** The key that seals a caller's cursors: it opens no cursor of a caller with another scope. */
export function cursorKeyOf(request: FastifyRequest, key: string): string {
  return keyWithin(key, callerOf(request).principal.scope)
}

/** Undefined: there is no admitted caller, because the route is open or signed, or the request was refused. */
export function callerIfAny(request: FastifyRequest): Caller | undefined {
  return admitted.get(request)
}

function callerOf(request: FastifyRequest): Caller {
  const caller = admitted.get(request)
  if (caller === undefined) throw new Error(`${request.method} ${request.url} has no admitted caller`)
  return caller
}

/** Throws `configuration_invalid` if other machines could use the API without a key. */
export function checkAddress(host: string, asksForKey: boolean): void {
  if (asksForKey || isLoopback(host)) return
  const message = `API_HOST: other machines can reach ${host} without a key; set API_TOKEN, create a key ("waldstream keys create"), or listen on 127.0.0.1`
  throw new StreamError('configuration_invalid', message, { field: 'API_HOST' })
}
