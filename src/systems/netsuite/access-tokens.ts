import type { Logger } from 'pino'
import { StreamError } from '../../errors.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Governors } from '../../platform/governor/governors.ts'
import { createHttp, type HttpAnswer } from '../../platform/http.ts'
import type { HttpFailure } from '../../platform/http-errors.ts'
import type { NetworkRules } from '../../platform/network-rules.ts'
import { withoutEnd } from '../../platform/without-end.ts'
import { type AccessToken, type AccessTokens, createAccessTokens } from '../kit/access-tokens.ts'
import { textOf, wireOf } from '../kit/wire.ts'
import { type CertificateCredentials, createAssertionSigner } from './client-assertion.ts'

const PATH = '/services/rest/auth/oauth2/v1/token'
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const USUAL_SECONDS = 3600
const TIMEOUT_MS = 30_000

/** Access tokens requested with a certificate. Throws `configuration_invalid` for an unusable key. */
export function netsuiteTokens(
  { baseUrl, account, credentials }: { baseUrl: string; account: string; credentials: CertificateCredentials },
  {
    clock,
    logger,
    governors,
    network,
  }: {
    clock: Clock
    logger: Logger
    governors: Governors
    network: NetworkRules
  },
): AccessTokens {
  const sign = createAssertionSigner(credentials)
  const url = `${withoutEnd(baseUrl, '/')}${PATH}`
  // Not the account's governor: the call that waits for the token already holds a permit there.
  const governor = governors.of(`netsuite token ${account}`, { concurrency: 1 }, 'sign-in')
  const http = createHttp({ baseUrl, timeoutMs: TIMEOUT_MS, governor, logger, network, classify: tokenRefusedError })
  const ask = async (askedAt: number): Promise<AccessToken> => {
    const answer = await http.request({
      method: 'POST',
      path: PATH,
      form: [
        ['grant_type', 'client_credentials'],
        ['client_assertion_type', ASSERTION_TYPE],
        ['client_assertion', await sign(url, askedAt)],
      ],
    })
    return tokenOf(answer)
  }
  return createAccessTokens(ask, () => clock.now())
}

function tokenOf({ json }: HttpAnswer): AccessToken {
  const { access_token: text, expires_in: life } = wireOf(json)
  if (typeof text !== 'string' || text === '') {
    throw new StreamError('target_unavailable', 'NetSuite answered the request for an access token without one')
  }
  const seconds = Number(textOf(life) ?? USUAL_SECONDS)
  return { text, lifeMs: (Number.isFinite(seconds) && seconds > 0 ? seconds : USUAL_SECONDS) * 1000 }
}

function tokenRefusedError({ status, json }: HttpFailure): StreamError | undefined {
  if (status !== 400 && status !== 401 && status !== 403) return undefined
  const { error, error_description: description } = wireOf(json)
  const said = [error, description].map(textOf).filter((text) => text !== null)
  const words = said.length === 0 ? `HTTP ${status}` : said.join(': ')
  const message = `NetSuite refused an access token (${words}): check clientId, certificateId and privateKey, that the certificate has not expired, and that its mapping names a user and role`
  return new StreamError('credentials_refused', message, { details: { status } })
}

export function isTokenRefusal(error: unknown): error is StreamError {
  return error instanceof StreamError && error.code === 'credentials_refused'
}
