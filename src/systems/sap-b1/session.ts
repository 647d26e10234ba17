import { StreamError } from '../../errors.ts'
import type { Http, HttpAnswer } from '../../platform/http.ts'
import { textOf, wireOf } from '../kit/wire.ts'
import { loginError } from './answers.ts'

export interface Login {
  readonly companyDb: string
  readonly username: string
  readonly password: string
  /** SAP's number for the language of its messages. */
  readonly language?: string
}

/** The one session that all calls of a client share. */
export interface Session {
  /** Value of the `Cookie` header; logs in if there is no session yet. */
  cookie(): Promise<string>
  /** Replaces the expired session of this cookie; concurrent calls share one login. */
  renewed(over: string): Promise<string>
}

/** `http` must classify refused logins by `classifyLogin`; `path` is that of the login. */
export function createSession(http: Http, path: string, login: Login): Session {
  let current: Promise<string> | undefined
  const begin = (): Promise<string> => {
    const made = logIn(http, path, login)
    current = made
    made.catch(() => {
      if (current === made) current = undefined
    })
    return made
  }
  return {
    cookie: () => current ?? begin(),
    async renewed(over) {
      const known = current
      if (known !== undefined && (await known) !== over) return known
      // Another call may have started the next login meanwhile.
      return current === known || current === undefined ? begin() : current
    },
  }
}

/** Classifies rejected logins. 5xx answers and web pages are handled before. */
export function classifyLogin({ status, json }: HttpAnswer): StreamError {
  return loginError(status, json)
}

async function logIn(http: Http, path: string, login: Login): Promise<string> {
  const { companyDb, username, password, language } = login
  const json = {
    CompanyDB: companyDb,
    UserName: username,
    Password: password,
    ...(language === undefined ? {} : { Language: language }),
  }
  const answer = await http.request({ method: 'POST', path, json, expects: 'json' })
  const cookies = cookiesOf(answer)
  const id = textOf(wireOf(answer.json)['SessionId'])
  if (!cookies.has('B1SESSION') && id !== null) cookies.set('B1SESSION', id)
  if (cookies.has('B1SESSION')) return [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  throw new StreamError('target_unavailable', "SAP's answer to the login has no session")
}

/** Name and value of each cookie. Paths are ignored, since B1SESSION often has none. */
function cookiesOf({ headers }: HttpAnswer): Map<string, string> {
  const pairs = headers.getSetCookie().flatMap((cookie) => {
    const [, name, value] = /^\s*([^=;\s]+)\s*=\s*([^;]*)/.exec(cookie) ?? []
    return name === undefined || value === undefined ? [] : [[name, value.trim()] as const]
  })
  return new Map(pairs)
}
