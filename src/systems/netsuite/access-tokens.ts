import type { Logger } from 'pino'
import { StreamError } from '../../errors.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Governors } from '../../platform/governor/governors.ts'
import { createHttp, type Http, type HttpAnswer, type HttpRequest } from '../../platform/http.ts'
import type { HttpFailure } from '../../platform/http-errors.ts'
import type { NetworkRules } from '../../platform/network-rules.ts'
import { withoutEnd } from '../../platform/without-end.ts'
import { untilAborted } from '../kit/until-aborted.ts'
import { textOf, wireOf } from '../kit/wire.ts'
import { type CertificateCredentials, createAssertionSigner } from './client-assertion.ts'

/** Access tokens of one integration, one at a time. */
export interface AccessTokens {
  /** One that does not end soon. */
  current(): Promise<string>
  /** Another one than the token that NetSuite refused. */
  after(refused: string): Promise<string>
}

const PATH = '/services/rest/auth/oauth2/v1/token'
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
/** A token that ends sooner is renewed: a request may wait for its turn before it is sent. */
const MARGIN_MS = 5 * 60_000
const USUAL_SECONDS = 3600
const TIMEOUT_MS = 30_000

interface Token {
  readonly text: string
  readonly renewAt: number
}

/** A token is asked for when it is needed, once for all that wait for it. Throws `configuration_invalid` for the key. */
export function createAccessTokens(
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
  // Not the account's governor: the call that waits for the token has its turn there already.
  const governor = governors.of(`netsuite token ${account}`, { concurrency: 1 })
  const http = createHttp({ baseUrl, timeoutMs: TIMEOUT_MS, governor, logger, network, classify: tokenRefusedError })
  let held: Token | undefined
  let renewal: Promise<string> | undefined
  const ask = async (): Promise<string> => {
    const askedAt = clock.now()
    const answer = await http.request({
      method: 'POST',
      path: PATH,
      form: [
        ['grant_type', 'client_credentials'],
        ['client_assertion_type', ASSERTION_TYPE],
        ['client_assertion', await sign(url, askedAt)],
      ],
    })
    held = tokenOf(answer, askedAt)
    return held.text
  }
  const renew = (): Promise<string> => {
    renewal ??= ask().finally(() => {
      renewal = undefined
    })
    return renewal
  }
  return {
    current: async () => (held !== undefined && clock.now() < held.renewAt ? held.text : await renew()),
    after: async (refused) => (held !== undefined && held.text !== refused ? held.text : await renew()),
  }
}

/** Half of a short life is margin enough. */
function tokenOf({ json }: HttpAnswer, askedAt: number): Token {
  const { access_token: text, expires_in: life } = wireOf(json)
  if (typeof text !== 'string' || text === '') {
    throw new StreamError('target_unavailable', 'NetSuite answered the request for an access token without one')
  }
  const seconds = Number(textOf(life) ?? USUAL_SECONDS)
  const lifeMs = (Number.isFinite(seconds) && seconds > 0 ? seconds : USUAL_SECONDS) * 1000
  return { text, renewAt: askedAt + Math.max(lifeMs - MARGIN_MS, lifeMs / 2) }
}

function tokenRefusedError({ status, json }: HttpFailure): StreamError | undefined {
  if (status !== 400 && status !== 401 && status !== 403) return undefined
  const { error, error_description: description } = wireOf(json)
  const said = [error, description].map(textOf).filter((text) => text !== null)
  const words = said.length === 0 ? `HTTP ${status}` : said.join(': ')
  const message = `NetSuite gives no access token (${words}): check clientId, certificateId and privateKey, that the certificate has not ended, and that its mapping names a user and role`
  return new StreamError('credentials_refused', message, { details: { status } })
}

/** Requests with a token; one that is refused with 401 has had no effect and is sent once more, with another token. */
export function withAccessToken(http: Http, tokens: AccessTokens): Http {
  const send = async (request: HttpRequest, token: string) => {
    return await http.request({ ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } })
  }
  return {
    async request(request) {
      const token = await untilAborted(tokens.current(), request.signal)
      try {
        return await send(request, token)
      } catch (error) {
        if (!(error instanceof StreamError) || error.code !== 'credentials_refused') throw error
        return await send(request, await untilAborted(tokens.after(token), request.signal))
      }
    },
    for: (kind) => withAccessToken(http.for(kind), tokens),
  }
}
