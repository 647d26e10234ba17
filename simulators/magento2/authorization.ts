import { randomBytes } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { createOAuth1Verifier, type OAuthCredentials } from '../harness/oauth1.ts'
import { MagentoError, notAuthorized } from './magento-error.ts'

/** The integration of a new shop. Nothing secret: it opens a simulator. */
export const magentoCredentials: OAuthCredentials = {
  consumerKey: 'sim-magento-consumer-key-00000001',
  consumerSecret: 'sim-magento-consumer-secret-00001',
  token: 'sim-magento-access-token-00000001',
  tokenSecret: 'sim-magento-token-secret-00000001',
}

/** The administrator who may ask for a bearer token. */
export const magentoAdmin = { username: 'admin', password: 'sim-magento-Passw0rd' }

/** The integration's access token alone, for shops that allow it (`integrationAsBearer`). */
export const magentoBearerToken: string = magentoCredentials.token

/** Who may call. Admin tokens live as long as the process. */
export interface Authorization {
  /** @throws MagentoError 401 or 400 when the call is not authorized for the ACL resource */
  check(request: FastifyRequest, resource: string): void
  /** @throws MagentoError 401 for wrong names or passwords */
  issueAdminToken(body: unknown): string
}

/** `integrationAsBearer`: whether the integration's token alone is enough, as before Magento 2.4.4. */
export function createAuthorization(integrationAsBearer: boolean): Authorization {
  const verify = createOAuth1Verifier({ credentials: magentoCredentials })
  const tokens = new Set<string>(integrationAsBearer ? [magentoBearerToken] : [])
  return {
    check(request, resource) {
      const { authorization } = request.headers
      if (authorization === undefined) throw notAuthorized(resource)
      const bearer = /^Bearer\s+(.+)$/i.exec(authorization)?.[1]
      if (bearer !== undefined) {
        if (!tokens.has(bearer.trim())) throw notAuthorized(resource)
        return
      }
      const url = `http://${request.headers.host ?? 'localhost'}${request.raw.url ?? ''}`
      const refusal = verify({ method: request.method, url, authorization })
      if (refusal === undefined) return
      throw new MagentoError(refusal.status, refusal.message, { code: refusal.code })
    },
    issueAdminToken(body) {
      const { username, password } = Object(body) as Partial<typeof magentoAdmin>
      if (username === magentoAdmin.username && password === magentoAdmin.password) {
        const token = randomBytes(16).toString('hex')
        tokens.add(token)
        return token
      }
      const message =
        'The account sign-in was incorrect or your account is disabled temporarily. Please wait and try again later.'
      throw new MagentoError(401, message)
    },
  }
}
