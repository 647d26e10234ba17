import { StreamError } from '../../errors.ts'
import type { Http, HttpAnswer, HttpRequest } from '../../platform/http.ts'
import { untilAborted } from '../kit/until-aborted.ts'

/** List calls that need only their own permission. */
const LISTS = ['/orders', '/products', '/inventory/source-items', '/store/storeConfigs']

/**
 * Makes calls with only an integration's token. A shop that does not allow this answers exactly as for a missing
 * permission, so if the first call is denied, others are tried, and the error says which of the two applies.
 */
export function withBearer(http: Http, token: string, root: string): Http {
  let accepted = false
  const over = (view: Http): Http => ({
    for: (kind) => over(view.for(kind)),
    async request(request) {
      try {
        const answer = await view.request(withToken(request, token))
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
          `has none of the needed permissions, or its token was revoked. Use its four OAuth secrets (${error.message})`
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
      await http.request(withToken(request, token))
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
 * Makes calls with an administrator's token, which the shop expires after some hours: a denied call requests a new
 * token once, and calls denied at the same time share it.
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
        return await view.request(withToken(request, await untilAborted(used, request.signal)))
      } catch (error) {
        const ended = isRefusal(error, 'permission_missing') || isRefusal(error, 'credentials_refused')
        // A rejected sign-in clears the session: its error is final.
        if (!ended || error.details['status'] !== 401 || session === undefined) throw error
        const renewed = session === used ? begin() : session
        return await view.request(withToken(request, await untilAborted(renewed, request.signal)))
      }
    },
  })
  return over(http)
}

/** Has no signal: aborting one call must not abort the sign-in that others share. */
async function signIn(http: Http, { username, password }: AdminLogin, root: string): Promise<string> {
  const path = `${root}/integration/admin/token`
  const { json }: HttpAnswer = await http.request({
    method: 'POST',
    path,
    expects: 'json',
    json: { username, password },
  })
  if (typeof json === 'string' && json !== '') return json
  throw new StreamError('credentials_refused', 'Magento returned no token for the sign-in', { details: { path } })
}

function withToken(request: HttpRequest, token: string): HttpRequest {
  return { ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } }
}

function isRefusal(error: unknown, code: 'permission_missing' | 'credentials_refused'): error is StreamError {
  return error instanceof StreamError && error.code === code
}
