import { createHash } from 'node:crypto'
import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { StreamError } from '../errors.ts'
import { isFields } from '../events/fields.ts'
import { needOf } from './access.ts'
import { placeOf } from './connections.ts'
import { HttpError } from './http-error.ts'

export interface RequestLimits {
  /** Per key; per address if no key is needed. */
  readonly requestsPerMinute: number
  /** Refused requests per address. */
  readonly refusalsPerMinute: number
}

export interface LimitOptions extends RequestLimits {
  /** Whether a request has a valid key. */
  readonly hasKey: (request: FastifyRequest) => Promise<boolean>
}

type Limiter = ReturnType<FastifyInstance['createRateLimit']>
type Counted = Extract<Awaited<ReturnType<Limiter>>, { isAllowed: false }>

const WINDOW_MS = 60_000
/** Keys of entities that count as one request: as many as the tables read at once. */
const KEYS_A_REQUEST = 100
/** Maximum number of remembered callers; those silent for longest are forgotten first. */
const REMEMBERED = 20_000

/**
 * Limits requests per minute, and sends the remaining number (`RateLimit`, `RateLimit-Policy`). Requests with a valid
 * key count only for the key, independent of others at the same address. A request with `keys` in its body counts as one
 * for each 100 of them. Call it after access control.
 */
export function limitRequests(
  app: FastifyInstance,
  { requestsPerMinute, refusalsPerMinute, hasKey }: LimitOptions,
): { refusalOf(request: FastifyRequest, error: StreamError): Promise<HttpError | null> } {
  let callers: Limiter | undefined
  let refusals: Limiter | undefined
  app.register(rateLimit, { global: false, timeWindow: WINDOW_MS, cache: REMEMBERED })
  app.after(() => {
    const keyGenerator = async (request: FastifyRequest) => callerOf(request, await hasKey(request))
    callers = app.createRateLimit({ max: requestsPerMinute, keyGenerator })
    refusals = app.createRateLimit({ max: refusalsPerMinute, keyGenerator: ({ ip }) => placeOf(ip) })
  })
  const isSigned = ({ method, routeOptions }: FastifyRequest) => needOf(method, routeOptions.url) === 'signed'
  app.addHook('onRequest', async (request, reply) => {
    // Does not read the body from an address that was refused too often, to save the signature check.
    const before = isSigned(request) ? await counted(refusals, request, { increment: false }) : null
    if (before !== null && before.remaining === 0) throw tooMany('address', before)
    const now = await counted(callers, request)
    if (now === null) return
    if (now.isExceeded) throw tooMany('caller', now)
    reply.headers(fields('caller', now))
  })
  app.addHook('preHandler', async (request, reply) => {
    let last: Counted | null = null
    for (let counts = 1; counts < requestsFor(request.body); counts += 1) last = await counted(callers, request)
    if (last === null) return
    if (last.isExceeded) throw tooMany('caller', last)
    reply.headers(fields('caller', last))
  })
  return {
    async refusalOf(request, { code }) {
      if (code !== 'unauthorized' && code !== 'forbidden') return null
      // A caller whose key lacks a scope is known, and counts as a caller.
      const [limiter, policy] = code === 'forbidden' ? [callers, 'caller'] : [refusals, 'address']
      const now = await counted(limiter, request)
      return now?.isExceeded === true ? tooMany(policy, now) : null
    },
  }
}

/** As how many requests a body counts. */
function requestsFor(body: unknown): number {
  const keys = isFields(body) ? body['keys'] : undefined
  return Array.isArray(keys) ? Math.max(1, Math.ceil(keys.length / KEYS_A_REQUEST)) : 1
}

async function counted(
  limiter: Limiter | undefined,
  request: FastifyRequest,
  options?: { readonly increment: boolean },
): Promise<Counted | null> {
  const count = await limiter?.(request, options)
  return count === undefined || count.isAllowed ? null : count
}

function callerOf({ headers: { authorization = '' }, ip }: FastifyRequest, hasKey: boolean): string {
  if (!hasKey) return placeOf(ip)
  return createHash('sha256').update(authorization).digest('base64url')
}

/** Headers as in draft-ietf-httpapi-ratelimit-headers. */
function fields(policy: string, { max, remaining, ttlInSeconds }: Counted): Readonly<Record<string, string>> {
  return {
    'ratelimit-policy': `"${policy}";q=${max};w=${WINDOW_MS / 1000}`,
    ratelimit: `"${policy}";r=${remaining};t=${ttlInSeconds}`,
  }
}

function tooMany(policy: string, count: Counted): HttpError {
  const after = Math.max(1, count.ttlInSeconds)
  const message = `this ${policy} has sent too many requests; try again in ${after} s`
  const headers = { ...fields(policy, count), 'retry-after': String(after) }
  return new HttpError(429, message, { code: 'too_many_requests', headers })
}
