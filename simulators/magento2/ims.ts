import { randomBytes } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { MagentoError } from './magento-error.ts'

/**
 * A credential of Adobe's Developer Console, and the shop's part of the address. Not secret: it only opens a simulator.
 */
export const imsCredentials = {
  clientId: 'sim-ims-client-0000000000000001',
  clientSecret: 'sim-ims-secret-0000000000000001',
  organization: '0123456789ABCDEF@AdobeOrg',
  tenant: 'SimTenant0001',
} as const

/** Scope that Commerce requires of a token. */
const SCOPE = 'commerce.accs'
const SECONDS = 86_399

/** Adobe's identity service, and the checks of the gateway of Commerce as a Cloud Service. */
export interface Ims {
  /** @throws MagentoError 401 or 403 for calls that the gateway refuses */
  check(request: FastifyRequest): void
  /** Ends all tokens, as after a day. */
  endTokens(): void
}

export function createIms(app: FastifyInstance): Ims {
  const tokens = new Set<string>()
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, new URLSearchParams(String(body))),
  )
  app.post<{ Body: URLSearchParams }>('/ims/token/v3', async ({ body }, reply) => {
    const reason = refusal(body)
    if (reason !== null) return reply.code(400).send({ error: reason, error_description: `${reason} of the request` })
    const token = randomBytes(24).toString('base64url')
    tokens.add(token)
    return { access_token: token, token_type: 'bearer', expires_in: SECONDS }
  })
  return {
    endTokens: () => tokens.clear(),
    check({ headers }) {
      const token = /^Bearer\s+(.+)$/i.exec(headers.authorization ?? '')?.[1]?.trim()
      if (headers['x-api-key'] !== imsCredentials.clientId) throw new MagentoError(403, 'Api Key is invalid')
      if (token === undefined || !tokens.has(token)) throw new MagentoError(401, 'Oauth token is not valid')
      if (headers['x-gw-ims-org-id'] !== imsCredentials.organization)
        throw new MagentoError(403, 'Profile is not valid')
    },
  }
}

function refusal(form: URLSearchParams): string | null {
  if (form.get('grant_type') !== 'client_credentials') return 'unsupported_grant_type'
  const { clientId, clientSecret } = imsCredentials
  if (form.get('client_id') !== clientId || form.get('client_secret') !== clientSecret) return 'invalid_client'
  return (form.get('scope') ?? '').split(/[\s,]+/).includes(SCOPE) ? null : 'invalid_scope'
}
