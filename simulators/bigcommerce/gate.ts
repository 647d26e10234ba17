import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { BIGCOMMERCE_CREDENTIALS } from './credentials.ts'
import { sendProblem } from './problems.ts'

export interface Quota {
  requests: number
  windowMs: number
}

/** Access and rate limits. */
export interface Gate {
  /** The accepted access token. */
  token(): string
  renewToken(token: string): void
  setQuota(quota: Quota): void
  setB2bPerMinute(requests: number): void
}

interface Window {
  startedAt: number
  used: number
}

const B2B_MINUTE = 60_000

/**
 * Checks token, quota and content type of every call. The quota counts requests in fixed windows, for all callers
 * together; every answer says what is left. v2 answers XML to callers that do not ask for JSON.
 */
export function addGate(app: FastifyInstance, initial: { quota: Quota; b2bPerMinute: number }): Gate {
  let { quota, b2bPerMinute } = initial
  let token: string = BIGCOMMERCE_CREDENTIALS.accessToken
  const core: Window = { startedAt: 0, used: 0 }
  const b2b: Window = { startedAt: 0, used: 0 }
  app.addHook('onRequest', async (request, reply) => {
    const url = request.raw.url ?? ''
    if (url.startsWith('/stores/')) await admitCore(request, reply, url)
    else if (url.startsWith('/api/v3/io/')) await admitB2b(request, reply)
  })

  async function admitCore(request: FastifyRequest, reply: FastifyReply, url: string): Promise<void> {
    const left = take(core, quota.requests, quota.windowMs)
    const reset = Math.max(0, core.startedAt + quota.windowMs - Date.now())
    // Real gateways vary the spelling.
    reply.headers({
      'X-Rate-Limit-Time-Window-Ms': String(quota.windowMs),
      'x-rate-limit-time-reset-ms': String(reset),
      'X-Rate-Limit-Requests-Quota': String(quota.requests),
      'X-RATE-LIMIT-REQUESTS-LEFT': String(Math.max(0, left)),
    })
    if (left < 0) return sendProblem(reply, url, 429, 'Too many requests')
    const store = /^\/stores\/([^/]+)\//.exec(url)?.[1]
    if (store !== BIGCOMMERCE_CREDENTIALS.storeHash) return sendProblem(reply, url, 404, 'No such store')
    if (request.headers['x-auth-token'] !== token) return sendProblem(reply, url, 401, 'X-Auth-Token is not valid')
    const accepts = request.headers.accept ?? ''
    if (url.includes('/v2/') && !accepts.includes('json')) {
      await reply.code(200).type('application/xml').send('<?xml version="1.0" encoding="UTF-8"?><orders></orders>')
    }
  }

  async function admitB2b(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    if (take(b2b, b2bPerMinute, B2B_MINUTE) < 0) return b2bProblem(reply, 429, 'Too Many Requests')
    const { headers } = request
    const both = headers['authtoken'] !== undefined && headers['x-store-hash'] !== undefined
    const right = headers['x-auth-token'] === token && headers['x-store-hash'] === BIGCOMMERCE_CREDENTIALS.storeHash
    if (both || !right) return b2bProblem(reply, 401, 'Unauthorized')
  }

  return {
    token: () => token,
    renewToken(next) {
      token = next
    },
    setQuota(next) {
      quota = next
      Object.assign(core, { startedAt: 0, used: 0 })
    },
    setB2bPerMinute(next) {
      b2bPerMinute = next
      Object.assign(b2b, { startedAt: 0, used: 0 })
    },
  }
}

/** What is left after one more request; negative: over the limit. */
function take(window: Window, requests: number, windowMs: number): number {
  if (Date.now() - window.startedAt >= windowMs) Object.assign(window, { startedAt: Date.now(), used: 0 })
  window.used += 1
  return requests - window.used
}

export async function b2bProblem(reply: FastifyReply, code: number, message: string, data: object = {}): Promise<void> {
  await reply.code(code).send({ code, data, meta: { message } })
}
