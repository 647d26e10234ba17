import { randomBytes } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { createOAuth1Verifier, type OAuthCredentials } from '../harness/oauth1.ts'
import { MagentoError, notAuthorized } from './magento-error.ts'
import type { Switches } from './switches.ts'

/** The integration of a new shop. Not secret: it only opens a simulator. */
export const magentoCredentials: OAuthCredentials = {
  consumerKey: 'sim-magento-consumer-key-00000001',
  consumerSecret: 'sim-magento-consumer-secret-00001',
  token: 'sim-magento-access-token-00000001',
  tokenSecret: 'sim-magento-token-secret-00000001',
}

/** The administrator who may request a bearer token. */
export const magentoAdmin = { username: 'admin', password: 'sim-magento-Passw0rd' }

/** The integration's access token alone, for shops that allow it (`integrationAsBearer`). */
export const magentoBearerToken: string = magentoCredentials.token

/** Authorization of calls. Admin tokens are valid until they are ended. */
export interface Authorization {
  /** @throws MagentoError 401 or 400 when the call is not authorized for the ACL resource */
  check(request: FastifyRequest, resource: string): void
  /** @throws MagentoError 401 for a wrong name or password, 400 if a second factor is required */
  issueAdminToken(body: unknown): string
  /** Like `check`, for a call that passed the gateway of Commerce as a Cloud Service. @throws MagentoError 401 */
  checkAccess(resource: string): void
  /** Ends all administrators' tokens, as after four hours. */
  endAdminTokens(): void
}

export function createAuthorization(switches: Switches): Authorization {
  const verify = createOAuth1Verifier({ credentials: magentoCredentials })
  const tokens = new Set<string>()
  const isGood = (token: string) => tokens.has(token) || (switches.integrationAsBearer && token === magentoBearerToken)
  return {
    check(request, resource) {
      const { authorization } = request.headers
      if (authorization === undefined) throw notAuthorized(resource)
      const bearer = /^Bearer\s+(.+)$/i.exec(authorization)?.[1]
      if (bearer !== undefined) {
        if (!isGood(bearer.trim()) || switches.denied.includes(resource)) throw notAuthorized(resource)
        return
      }
      const url = `http://${request.headers.host ?? 'localhost'}${request.raw.url ?? ''}`
      const refusal = verify({ method: request.method, url, authorization })
      if (refusal === undefined && switches.denied.includes(resource)) throw notAuthorized(resource)
      if (refusal === undefined) return
      throw new MagentoError(refusal.status, refusal.message, { code: refusal.code })
    },
    checkAccess(resource) {
      if (switches.denied.includes(resource)) throw notAuthorized(resource)
    },
    endAdminTokens: () => tokens.clear(),
    issueAdminToken(body) {
      const { username, password } = Object(body) as Partial<typeof magentoAdmin>
      if (username === magentoAdmin.username && password === magentoAdmin.password) {
        if (switches.twoFactor) {
          const parameters = { active_providers: 'google' }
          throw new MagentoError(400, 'Please use the 2fa provider-specific endpoints to obtain a token.', {
            parameters,
          })
        }
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
