import { randomUUID } from 'node:crypto'
import { SAP_B1_CREDENTIALS } from './credentials.ts'
import { SapProblem, sessionOver } from './problems.ts'

interface Session {
  readonly node: string
  lastUse: number
}

/** Answer of a login: its body and its cookies; the session's cookie has no path. */
export interface LoggedIn {
  body: { SessionId: string; Version: string; SessionTimeout: number }
  cookies: readonly string[]
}

/**
 * The sessions of a Service Layer with two nodes behind a load balancer: a request without its node's cookie finds no
 * session.
 */
export class Sessions {
  readonly #open = new Map<string, Session>()
  readonly #now: () => number
  #timeoutMinutes = 30
  #made = 0

  constructor(now: () => number) {
    this.#now = now
  }

  logIn(body: unknown): LoggedIn {
    const { CompanyDB, UserName, Password } = Object(body) as Record<string, unknown>
    const { companyDb, username, password } = SAP_B1_CREDENTIALS
    if (CompanyDB !== companyDb || UserName !== username || Password !== password) {
      throw new SapProblem(401, -304, 'Fail to get DB Credentials from SLD: invalid login credential')
    }
    this.#made += 1
    const id = randomUUID()
    const node = `.node${(this.#made % 2) + 1}`
    this.#open.set(id, { node, lastUse: this.#now() })
    return {
      body: { SessionId: id, Version: '1000220', SessionTimeout: this.#timeoutMinutes },
      cookies: [`B1SESSION=${id};HttpOnly;`, `ROUTEID=${node}; path=/b1s`],
    }
  }

  /** Renews the session of the cookies. @throws SapProblem 301 when there is none, or it was idle for too long */
  check(cookieHeader: string | undefined): void {
    const cookies = new Map((cookieHeader ?? '').split(/;\s*/).map((pair) => pair.split('=', 2) as [string, string]))
    const id = cookies.get('B1SESSION') ?? ''
    const session = this.#open.get(id)
    if (session === undefined || cookies.get('ROUTEID') !== session.node) throw sessionOver()
    if (this.#now() - session.lastUse > this.#timeoutMinutes * 60_000) {
      this.#open.delete(id)
      throw sessionOver()
    }
    session.lastUse = this.#now()
  }

  logOut(cookieHeader: string | undefined): void {
    this.check(cookieHeader)
    const id = /B1SESSION=([^;]*)/.exec(cookieHeader ?? '')?.[1] ?? ''
    this.#open.delete(id)
  }

  /** Ends all sessions, as a restart of the nodes does. */
  expireAll(): number {
    const count = this.#open.size
    this.#open.clear()
    return count
  }
}
