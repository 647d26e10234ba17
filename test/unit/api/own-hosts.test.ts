import { describe, expect, it } from 'vitest'
import { apiFixture, usualHttp } from '../../worlds/api-fixture.ts'
import { operationsOf, pathOf, usualValue } from '../../worlds/api-operations.ts'

const { app } = apiFixture()
const operations = await operationsOf(app)
const posts = operations.filter(({ method, path }) => method === 'POST' && !path.includes('webhooks'))

const ask = async (headers: Record<string, string>, url = '/v1/tasks', method: 'GET' | 'POST' = 'GET') => {
  const answer = await app.inject({ method, url, headers })
  return [answer.statusCode, answer.statusCode < 400 ? null : answer.json().code]
}

describe('an API that asks for no key', () => {
  it.each(['localhost', 'localhost:8080', '127.0.0.1:1', '[::1]', '[::1]:8080', 'LOCALHOST:80'])(
    'answers to %s',
    async (host) => {
      expect(await ask({ host })).toEqual([200, null])
    },
  )

  it.each([
    ...['evil.example', 'evil.example:8080', 'localhost.evil.example', '127.0.0.1.nip.io', 'xlocalhost', '10.0.0.1'],
    ...['localhost:x', 'localhost@evil.example', '[::1].evil.example', '0.0.0.0', '127.1', '2130706433', 'localhost.'],
  ])('does not answer to %s', async (host) => {
    expect(await ask({ host })).toEqual([421, 'host_refused'])
  })

  it('refuses a foreign host for every operation but what needs no key anyway', async () => {
    for (const operation of operations) {
      const url = pathOf(operation, usualValue)
      const headers = { host: 'evil.example', 'x-actor': 'page', 'content-type': 'application/json' }
      const { statusCode } = await app.inject({ method: operation.method, url, headers })
      const isFree = url === '/health/live' || url.startsWith('/v1/webhooks/')
      expect([operation.method, url, statusCode === 421]).toEqual([operation.method, url, !isFree])
    }
  })

  it('does not believe what is forwarded', async () => {
    expect(await ask({ host: 'evil.example', 'x-forwarded-host': 'localhost' })).toEqual([421, 'host_refused'])
    expect(await ask({ host: 'localhost', 'x-forwarded-host': 'evil.example' })).toEqual([200, null])
  })

  it.each(['https://evil.example', 'null', 'http://localhost.evil.example', 'file://', 'chrome-extension://abc'])(
    'refuses pages of %s',
    async (origin) => {
      expect(await ask({ origin })).toEqual([403, 'origin_refused'])
      expect(await ask({ origin, 'x-actor': 'page' }, '/v1/replays', 'POST')).toEqual([403, 'origin_refused'])
    },
  )

  it('takes pages of its own', async () => {
    expect(await ask({ origin: 'http://127.0.0.1:8080' })).toEqual([200, null])
    expect(await ask({ origin: 'http://localhost:8080' })).toEqual([200, null])
  })

  it('takes no POST that a page could send without asking first, for every operation', async () => {
    expect(posts.length).toBeGreaterThan(8)
    for (const operation of posts) {
      const url = pathOf(operation, usualValue)
      const simple = [{}, { 'content-type': 'text/plain' }, { 'content-type': 'application/x-www-form-urlencoded' }]
      for (const headers of simple)
        expect([url, await ask(headers, url, 'POST')]).toEqual([url, [403, 'origin_refused']])
      for (const site of ['cross-site', 'same-site']) {
        const headers = { 'content-type': 'application/json', 'sec-fetch-site': site }
        expect([url, await ask(headers, url, 'POST')]).toEqual([url, [403, 'origin_refused']])
      }
      for (const headers of [{ 'content-type': 'application/json' }, { 'x-actor': 'me' }]) {
        const [status] = await ask(headers, url, 'POST')
        expect([url, status]).not.toEqual([url, 403])
      }
    }
  })

  it('answers to the names that it was given', async () => {
    const named = apiFixture({ http: { ...usualHttp, allowedHosts: ['waldstream.internal', 'other:81'] } }).app
    const to = async (host: string) => (await named.inject({ url: '/v1/tasks', headers: { host } })).statusCode
    expect(await Promise.all(['waldstream.internal', 'Waldstream.internal:8080', 'other:81'].map(to))).toEqual([
      200, 200, 200,
    ])
    expect(await Promise.all(['other', 'other:82', 'x.waldstream.internal'].map(to))).toEqual([421, 421, 421])
  })
})

it('leaves callers with a key alone: they may come by any name', async () => {
  const keyed = apiFixture({ token: 'secret' }).app
  const headers = { host: 'waldstream.example', origin: 'https://shop.example', authorization: 'Bearer secret' }
  expect((await keyed.inject({ url: '/v1/tasks', headers })).statusCode).toBe(200)
  expect((await keyed.inject({ url: '/v1/tasks', headers: { host: 'evil.example' } })).statusCode).toBe(401)
})
