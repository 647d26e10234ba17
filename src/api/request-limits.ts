import { createHash } from 'node:crypto'
import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { StreamError } from '../errors.ts'
import { needOf } from './access.ts'
import { placeOf } from './connections.ts'
import { HttpError } from './http-error.ts'

export interface RequestLimits {
  /** Of one key; of one address where no key is needed. */
  readonly requestsPerMinute: number
  /** Of one address: requests that are let in nowhere. */
  readonly refusalsPerMinute: number
}

export interface LimitOptions extends RequestLimits {
  /** Whether a request has shown a key. */
  readonly hasKey: (request: FastifyRequest) => Promise<boolean>
}

type Limiter = ReturnType<FastifyInstance['createRateLimit']>
type Counted = Extract<Awaited<ReturnType<Limiter>>, { isAllowed: false }>

const WINDOW_MS = 60_000
/** Callers that are remembered; the longest silent ones are forgotten. */
const REMEMBERED = 20_000

/**
 * Counts requests by the minute, and says how many are left (`RateLimit`, `RateLimit-Policy`). Whoever comes with a valid
 * key is counted by it alone: others at the same address take nothing from them. To be called after access is controlled.
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
    // A body is not read for those who were refused often: its signature would have to be computed.
    const before = isSigned(request) ? await counted(refusals, request, { increment: false }) : null
    if (before !== null && before.remaining === 0) throw tooMany('address', before)
    const now = await counted(callers, request)
    if (now === null) return
    if (now.isExceeded) throw tooMany('caller', now)
    tell(reply, 'caller', now)
  })
  return {
    async refusalOf(request, { code }) {
      if (code !== 'unauthorized' && code !== 'forbidden') return null
      // One whose key lacks a scope is known, and counted as such.
      const [limiter, policy] = code === 'forbidden' ? [callers, 'caller'] : [refusals, 'address']
      const now = await counted(limiter, request)
      return now?.isExceeded === true ? tooMany(policy, now) : null
    },
  }
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

function tell(reply: FastifyReply, policy: string, count: Counted): void {
  reply.headers(fields(policy, count))
}

/** As draft-ietf-httpapi-ratelimit-headers has them. */
function fields(policy: string, { max, remaining, ttlInSeconds }: Counted): Readonly<Record<string, string>> {
  return {
    'ratelimit-policy': `"${policy}";q=${max};w=${WINDOW_MS / 1000}`,
    ratelimit: `"${policy}";r=${remaining};t=${ttlInSeconds}`,
  }
}

function tooMany(policy: string, count: Counted): HttpError {
  const after = Math.max(1, count.ttlInSeconds)
  const message = `this ${policy} has sent too many requests; ask again in ${after} s`
  const headers = { ...fields(policy, count), 'retry-after': String(after) }
  return new HttpError(429, message, { code: 'too_many_requests', headers })
}
