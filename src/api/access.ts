import type { FastifyInstance } from 'fastify'
import { StreamError } from '../errors.ts'
import { equalTexts } from '../platform/equal-texts.ts'

/** Answers without a token, so that whoever restarts the process need not know it. */
const OPEN_PATH = '/health/live'

/** Hooks are signed with a secret of their own, by systems that are not to have the token. */
const SIGNED_PATHS = '/v1/webhooks/'

/** Asks for the token as bearer token wherever there is one. */
export function askForToken(app: FastifyInstance, token: string | null): void {
  if (token === null) return
  app.addHook('onRequest', async (request) => {
    if (request.url.split('?', 1)[0] === OPEN_PATH) return
    if (request.method === 'POST' && request.url.startsWith(SIGNED_PATHS)) return
    const given = /^bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1]
    if (given === undefined || !equalTexts(given, token)) {
      throw new StreamError('unauthorized', 'send the API token as "Authorization: Bearer <token>"')
    }
  })
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
