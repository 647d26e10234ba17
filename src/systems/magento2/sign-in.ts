import { StreamError } from '../../errors.ts'
import type { Http, HttpAnswer, HttpRequest } from '../../platform/http.ts'
import { untilAborted } from '../kit/until-aborted.ts'

/** List calls that need nothing but their own permission. */
const LISTS = ['/orders', '/products', '/inventory/source-items', '/store/storeConfigs']

/**
 * Calls with an integration's token alone. A shop that does not allow that answers exactly as it does for a missing
 * permission: so when the first call is refused, others are tried, and the error says which of the two it is.
 */
export function withBearer(http: Http, token: string, root: string): Http {
  let accepted = false
  const over = (view: Http): Http => ({
    for: (kind) => over(view.for(kind)),
    async request(request) {
      try {
        const answer = await view.request(bearing(request, token))
        accepted = true
        return answer
      } catch (error) {
        if (!isRefusal(error, 'permission_missing') || accepted) throw error
        if (await isAcceptedAnywhere(view, token, root, request.signal)) {
          accepted = true
          throw error
        }
        const message =
          'Magento accepts no call with this bearer token: either the shop does not allow integration tokens as bearer ' +
          '(oauth/consumer/enable_integration_as_bearer is off, which is the default since 2.4.4), or the integration ' +
          `has none of the permissions that are needed, or its token was revoked. Use its four OAuth secrets instead (${error.message})`
        throw new StreamError('credentials_refused', message, { details: error.details })
      }
    },
  })
  return over(http)
}

async function isAcceptedAnywhere(
  http: Http,
  token: string,
  root: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  for (const list of LISTS) {
    try {
      const query = list.endsWith('storeConfigs') ? [] : ([['searchCriteria[pageSize]', '1']] as const)
      const request = {
        method: 'GET',
        path: `${root}${list}`,
        query,
        ...(signal === undefined ? {} : { signal }),
      } as const
      await http.request(bearing(request, token))
      return true
    } catch (error) {
      if (!isRefusal(error, 'permission_missing')) throw error
    }
  }
  return false
}

export interface AdminLogin {
  readonly username: string
  readonly password: string
}

/**
 * Calls with the token of an administrator, which the shop ends after some hours: a call that is refused gets a new one,
 * once, and calls that are refused together get the same.
 */
export function withLogin(http: Http, login: AdminLogin, root: string): Http {
  let session: Promise<string> | undefined
  const begin = (): Promise<string> => {
    const begun = signIn(http, login, root)
    session = begun
    begun.catch(() => {
      if (session === begun) session = undefined
    })
    return begun
  }
  const over = (view: Http): Http => ({
    for: (kind) => over(view.for(kind)),
    async request(request) {
      const used = session ?? begin()
      try {
        return await view.request(bearing(request, await untilAborted(used, request.signal)))
      } catch (error) {
        const ended = isRefusal(error, 'permission_missing') || isRefusal(error, 'credentials_refused')
        // A refused sign-in has ended the session itself: that answer is final.
        if (!ended || error.details['status'] !== 401 || session === undefined) throw error
        const renewed = session === used ? begin() : session
        return await view.request(bearing(request, await untilAborted(renewed, request.signal)))
      }
    },
  })
  return over(http)
}

/** Not for one call alone: its end must not end the others' sign-in. */
async function signIn(http: Http, { username, password }: AdminLogin, root: string): Promise<string> {
  const path = `${root}/integration/admin/token`
  const { json }: HttpAnswer = await http.request({
    method: 'POST',
    path,
    expects: 'json',
    json: { username, password },
  })
  if (typeof json === 'string' && json !== '') return json
  throw new StreamError('credentials_refused', 'Magento answered the sign-in without a token', { details: { path } })
}

function bearing(request: HttpRequest, token: string): HttpRequest {
  return { ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } }
}

function isRefusal(error: unknown, code: 'permission_missing' | 'credentials_refused'): error is StreamError {
  return error instanceof StreamError && error.code === code
}
