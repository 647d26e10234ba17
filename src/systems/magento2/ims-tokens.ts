import type { Logger } from 'pino'
import { StreamError } from '../../errors.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Governors } from '../../platform/governor/governors.ts'
import { createHttp } from '../../platform/http.ts'
import type { HttpFailure } from '../../platform/http-errors.ts'
import type { NetworkRules } from '../../platform/network-rules.ts'
import { type AccessToken, type AccessTokens, createAccessTokens } from '../kit/access-tokens.ts'
import { textOf, wireOf } from '../kit/wire.ts'

/** An OAuth server-to-server credential of a project in Adobe's Developer Console, for Commerce as a Cloud Service. */
export interface ImsCredentials {
  readonly clientId: string
  readonly clientSecret: string
  /** Adobe's Identity Management Service: `https://ims-na1.adobelogin.com` */
  readonly imsAddress: string
  /** `…@AdobeOrg` */
  readonly organization: string
  readonly scopes: string
  /** Sent in the header `Store`, because the address has no store. Empty: not sent. */
  readonly store: string
}

const PATH = '/ims/token/v3'
const USUAL_SECONDS = 3600
const TIMEOUT_MS = 30_000

/** Access tokens for a client secret; they are valid for a day. */
export function imsTokens(
  { clientId, clientSecret, imsAddress, scopes }: ImsCredentials,
  { clock, logger, governors, network }: { clock: Clock; logger: Logger; governors: Governors; network: NetworkRules },
): AccessTokens {
  // Not the shop's governor: the call that waits for the token already holds a permit there.
  const governor = governors.of(`magento2 token ${clientId}`, { concurrency: 1 }, 'sign-in')
  const http = createHttp({
    baseUrl: imsAddress,
    timeoutMs: TIMEOUT_MS,
    governor,
    logger,
    network,
    classify: tokenRefusedError,
  })
  const ask = async (): Promise<AccessToken> => {
    const { json } = await http.request({
      method: 'POST',
      path: PATH,
      form: [
        ['grant_type', 'client_credentials'],
        ['client_id', clientId],
        ['client_secret', clientSecret],
        ['scope', scopes],
      ],
    })
    const { access_token: text, expires_in: life } = wireOf(json)
    if (typeof text !== 'string' || text === '') {
      throw new StreamError('target_unavailable', 'Adobe returned no access token')
    }
    const seconds = Number(textOf(life) ?? USUAL_SECONDS)
    return { text, lifeMs: (Number.isFinite(seconds) && seconds > 0 ? seconds : USUAL_SECONDS) * 1000 }
  }
  return createAccessTokens(ask, () => clock.now())
}

function tokenRefusedError({ status, json }: HttpFailure): StreamError | undefined {
  if (status !== 400 && status !== 401 && status !== 403) return undefined
  const { error, error_description: description } = wireOf(json)
  const reasons = [error, description].map(textOf).filter((text) => text !== null)
  const reason = reasons.length === 0 ? `HTTP ${status}` : reasons.join(': ')
  const message = `Adobe refused an access token (${reason}): check clientId, clientSecret and settings.imsScopes, and that the project in the Developer Console includes the API of Commerce as a Cloud Service`
  return new StreamError('credentials_refused', message, { details: { status } })
}

/** Headers of every call besides the token. */
export function imsHeaders({ clientId, organization, store }: ImsCredentials): Record<string, string> {
  return { 'x-api-key': clientId, 'x-gw-ims-org-id': organization, ...(store === '' ? {} : { store }) }
}

/** A missing permission is reported by Magento itself; a 401 of the gateway means that the token is refused. */
export function isTokenRefusal(error: unknown): error is StreamError {
  return error instanceof StreamError && error.code === 'credentials_refused' && error.details['status'] === 401
}
