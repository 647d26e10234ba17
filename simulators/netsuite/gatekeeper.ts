import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { createOAuth1Verifier } from '../harness/oauth1.ts'
import { NETSUITE_CREDENTIALS } from './credentials.ts'
import { NetSuiteProblem } from './problems.ts'

/**
 * Counts the requests that are under way in the account, from their arrival to their end (those a fault holds back too),
 * and tells of each how many there were when it came. Control routes don't count.
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

/** Refuses what comes over the concurrency limit (429), then what is not signed by the account's token (401). */
export function guard(app: FastifyInstance, limit: number, position: (request: IncomingMessage) => number): void {
  const verify = createOAuth1Verifier({ credentials: NETSUITE_CREDENTIALS, realm: NETSUITE_CREDENTIALS.account })
  app.addHook('onRequest', async (request, reply) => {
    if (position(request.raw) > limit) {
      const detail = 'Concurrent request limit exceeded. Request blocked.'
      throw new NetSuiteProblem(429, { detail, code: 'CONCURRENCY_LIMIT_EXCEEDED' })
    }
    const refusal = verify({
      method: request.method,
      url: `http://${request.host}${request.raw.url}`,
      authorization: request.headers.authorization,
    })
    if (refusal === undefined) return
    const challenge = `error="${refusal.problem}", error_description="Invalid login attempt."`
    reply.header('www-authenticate', `OAuth realm="${NETSUITE_CREDENTIALS.account}", ${challenge}`)
    const detail = 'Invalid login attempt. For more details, see the Login Audit Trail.'
    throw new NetSuiteProblem(401, { detail, code: 'INVALID_LOGIN' })
  })
}
