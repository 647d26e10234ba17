import { describe, expect, it } from 'vitest'
import { StreamError } from '../../../../src/errors.ts'
import type { Http, HttpRequest } from '../../../../src/platform/http.ts'
import { createSession } from '../../../../src/systems/sap-b1/session.ts'

/** A Service Layer that gives session 1, 2, … with these further headers, or fails. */
function server(cookies: (n: number) => readonly string[], fails: readonly number[] = []) {
  const asked: HttpRequest[] = []
  const http: Http = {
    for: () => http,
    async request(request) {
      const n = asked.push(request)
      await new Promise((resolve) => setImmediate(resolve))
      if (fails.includes(n)) throw new StreamError('target_unavailable', 'down')
      const headers = new Headers(cookies(n).map((cookie) => ['set-cookie', cookie] as [string, string]))
      return { status: 200, headers, text: '', json: { SessionId: `id${n}`, SessionTimeout: 30 } }
    },
  }
  const login = { companyDb: 'DB', username: 'u', password: 'p' }
  return { asked, session: createSession(http, '/b1s/v2/Login', login) }
}

const both = (n: number) => [`B1SESSION=s${n};HttpOnly;`, `ROUTEID=.node${n}; path=/b1s`]

describe('a session', () => {
  it('is begun once for all who ask, and has both cookies', async () => {
    const { asked, session } = server(both)
    expect(await Promise.all([session.cookie(), session.cookie()])).toEqual(
      Array(2).fill('B1SESSION=s1; ROUTEID=.node1'),
    )
    expect(asked).toMatchObject([{ path: '/b1s/v2/Login', json: { CompanyDB: 'DB', UserName: 'u', Password: 'p' } }])
  })

  it('is renewed by one login, however many find it over at the same moment, and whoever comes late has the new one', async () => {
    const { asked, session } = server(both)
    const first = await session.cookie()
    const renewed = await Promise.all([session.renewed(first), session.renewed(first), session.renewed(first)])
    expect(new Set(renewed)).toEqual(new Set(['B1SESSION=s2; ROUTEID=.node2']))
    expect(await session.renewed(first)).toBe('B1SESSION=s2; ROUTEID=.node2')
    expect(await session.cookie()).toBe('B1SESSION=s2; ROUTEID=.node2')
    expect(asked).toHaveLength(2)
  })

  it('of a server that gives no cookie is that of its answer', async () => {
    expect(await server(() => []).session.cookie()).toBe('B1SESSION=id1')
  })

  it('that could not be begun is begun by who asks next', async () => {
    const { session } = server(both, [1])
    await expect(session.cookie()).rejects.toMatchObject({ code: 'target_unavailable' })
    expect(await session.cookie()).toBe('B1SESSION=s2; ROUTEID=.node2')
  })
})
