import type { StreamError } from '../../errors.ts'
import type { Http, HttpRequest } from '../../platform/http.ts'
import { untilAborted } from './until-aborted.ts'

/** Access tokens of one integration, one at a time. */
export interface AccessTokens {
  /** A token that does not expire soon. */
  current(): Promise<string>
  /** A token other than the one that the system refused. */
  after(refused: string): Promise<string>
}

/** A new token and its lifetime, counted from the request for it. */
export interface AccessToken {
  readonly text: string
  readonly lifeMs: number
}

/** A token that expires sooner is renewed, because a request may wait before it is sent. */
const MARGIN_MS = 5 * 60_000

/** Requests a token when one is needed; all callers that wait share one request. */
export function createAccessTokens(ask: (askedAt: number) => Promise<AccessToken>, now: () => number): AccessTokens {
  let held: { readonly text: string; readonly renewAt: number } | undefined
  let renewal: Promise<string> | undefined
  const askNow = async (): Promise<string> => {
    const askedAt = now()
    const { text, lifeMs } = await ask(askedAt)
    // For a short lifetime, half of it is margin enough.
    held = { text, renewAt: askedAt + Math.max(lifeMs - MARGIN_MS, lifeMs / 2) }
    return text
  }
  const renew = (): Promise<string> => {
    renewal ??= askNow().finally(() => {
      renewal = undefined
    })
    return renewal
  }
  return {
    current: async () => (held !== undefined && now() < held.renewAt ? held.text : await renew()),
    after: async (refused) => (held !== undefined && held.text !== refused ? held.text : await renew()),
  }
}

/**
 * Sends requests with a token. A request whose token is refused had no effect and is sent once more with another token.
 */
export function withAccessToken(
  http: Http,
  tokens: AccessTokens,
  isRefusal: (error: unknown) => error is StreamError,
): Http {
  const send = async (request: HttpRequest, token: string) => {
    return await http.request({ ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } })
  }
  return {
    async request(request) {
      const token = await untilAborted(tokens.current(), request.signal)
      try {
        return await send(request, token)
      } catch (error) {
        if (!isRefusal(error)) throw error
        return await send(request, await untilAborted(tokens.after(token), request.signal))
      }
    },
    for: (kind) => withAccessToken(http.for(kind), tokens, isRefusal),
  }
}
