import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { createOAuth1Verifier } from '../harness/oauth1.ts'
import type { TokenDesk } from './access-tokens.ts'
import { NETSUITE_CREDENTIALS } from './credentials.ts'
import { NetSuiteProblem } from './problems.ts'
import { type AccountRules, assertLanguage } from './rules.ts'

/**
 * Counts the requests under way in the account, from arrival to end (including those that a fault delays), and returns
 * for each the count at its arrival. Control routes don't count.
 */
export function watchConcurrency(app: FastifyInstance): (request: IncomingMessage) => number {
  const arrivedAs = new WeakMap<IncomingMessage, number>()
  let underWay = 0
  app.server.prependListener('request', (request: IncomingMessage, response) => {
    if (request.url?.startsWith('/_sim/')) return
    underWay += 1
    arrivedAs.set(request, underWay)
    response.once('close', () => {
      underWay -= 1
    })
  })
  return (request) => arrivedAs.get(request) ?? 0
}

/** Checks before a request is served. */
interface Entrance {
  /** Maximum concurrent requests of the account. */
  limit: number
  position: (request: IncomingMessage) => number
  tokens: TokenDesk
  rules: AccountRules
}

/**
 * Refuses requests over the concurrency limit (429), then those without a valid signature of the account's token or a
 * valid bearer token (401).
 */
export function guard(app: FastifyInstance, { limit, position, tokens, rules }: Entrance): void {
  const verify = createOAuth1Verifier({ credentials: NETSUITE_CREDENTIALS, realm: NETSUITE_CREDENTIALS.account })
  app.addHook('onRequest', async (request, reply) => {
    if (position(request.raw) > limit) {
      const detail = 'Concurrent request limit exceeded. Request blocked.'
      throw new NetSuiteProblem(429, { detail, code: 'CONCURRENCY_LIMIT_EXCEEDED' })
    }
    const { authorization } = request.headers
    const bearer = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1]
    const scheme = bearer === undefined ? `OAuth realm="${NETSUITE_CREDENTIALS.account}"` : 'Bearer'
    const problem =
      bearer === undefined
        ? verify({ method: request.method, url: `http://${request.host}${request.raw.url}`, authorization })?.problem
        : tokens.isValid(bearer)
          ? undefined
          : 'invalid_token'
    if (problem === undefined) return assertLanguage(rules, request.headers['accept-language'])
    reply.header('www-authenticate', `${scheme}, error="${problem}", error_description="Invalid login attempt."`)
    const detail = 'Invalid login attempt. For more details, see the Login Audit Trail.'
    throw new NetSuiteProblem(401, { detail, code: 'INVALID_LOGIN' })
  })
}
