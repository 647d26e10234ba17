import { randomBytes } from 'node:crypto'
import type { Clock } from '../../platform/clock.ts'
import type { Http, OutgoingRequest } from '../../platform/http.ts'
import { oauth1Header } from '../kit/oauth1.ts'
import { type AdminLogin, withBearer, withLogin } from './sign-in.ts'

/** An integration's four secrets (OAuth 1.0a). */
interface IntegrationSecrets {
  readonly consumerKey: string
  readonly consumerSecret: string
  readonly accessToken: string
  readonly accessTokenSecret: string
}

/** An integration's secrets or, where the shop allows it, its token alone; or an administrator's name and password. */
export type Magento2Credentials = IntegrationSecrets | { readonly bearer: string } | AdminLogin

/** The header of a signed call; none where calls bear a token. */
export function signature(
  credentials: Magento2Credentials,
  { method, url }: OutgoingRequest,
  clock: Clock,
): Record<string, string> {
  if (!('consumerKey' in credentials)) return {}
  const { consumerKey, consumerSecret, accessToken, accessTokenSecret } = credentials
  const request = { method, url, nonce: randomBytes(16).toString('hex'), timestamp: Math.floor(clock.now() / 1000) }
  const secrets = { consumerKey, consumerSecret, token: accessToken, tokenSecret: accessTokenSecret }
  return { authorization: oauth1Header(request, secrets) }
}

/** Calls with what the credentials are, where they are no signature. */
export function authorized(http: Http, credentials: Magento2Credentials, root: string): Http {
  if ('bearer' in credentials) return withBearer(http, credentials.bearer, root)
  return 'username' in credentials ? withLogin(http, credentials, root) : http
}
