import { randomBytes } from 'node:crypto'
import type { Clock } from '../../platform/clock.ts'
import type { Http, OutgoingRequest } from '../../platform/http.ts'
import { withAccessToken } from '../kit/access-tokens.ts'
import { oauth1Header } from '../kit/oauth1.ts'
import { type ImsCredentials, imsHeaders, imsTokens, isTokenRefusal } from './ims-tokens.ts'
import { type AdminLogin, withBearer, withLogin } from './sign-in.ts'

/** An integration's four secrets (OAuth 1.0a). */
interface IntegrationSecrets {
  readonly consumerKey: string
  readonly consumerSecret: string
  readonly accessToken: string
  readonly accessTokenSecret: string
}

/**
 * An integration's secrets; its token alone, if the shop allows it; an administrator's name and password; or an Adobe
 * credential for Commerce as a Cloud Service.
 */
export type Magento2Credentials = IntegrationSecrets | { readonly bearer: string } | AdminLogin | ImsCredentials

/** Dependencies for requesting tokens. */
type TokenDeps = Parameters<typeof imsTokens>[1]

/** The headers of a signed call, or those besides a token. */
export function signature(
  credentials: Magento2Credentials,
  { method, url }: OutgoingRequest,
  clock: Clock,
): Record<string, string> {
  if ('clientId' in credentials) return imsHeaders(credentials)
  if (!('consumerKey' in credentials)) return {}
  const { consumerKey, consumerSecret, accessToken, accessTokenSecret } = credentials
  const request = { method, url, nonce: randomBytes(16).toString('hex'), timestamp: Math.floor(clock.now() / 1000) }
  const secrets = { consumerKey, consumerSecret, token: accessToken, tokenSecret: accessTokenSecret }
  return { authorization: oauth1Header(request, secrets) }
}

/** Adds authentication to calls for credentials that do not sign requests. */
export function authorized(http: Http, credentials: Magento2Credentials, root: string, deps: TokenDeps): Http {
  if ('clientId' in credentials) return withAccessToken(http, imsTokens(credentials, deps), isTokenRefusal)
  if ('bearer' in credentials) return withBearer(http, credentials.bearer, root)
  return 'username' in credentials ? withLogin(http, credentials, root) : http
}
