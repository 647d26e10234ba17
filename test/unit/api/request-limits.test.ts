import { expect, it } from 'vitest'
import { apiFixture, usualHttp } from '../../worlds/api-fixture.ts'

const KEY = { authorization: 'Bearer secret' }

function limited(http: Partial<typeof usualHttp>, token: string | null = 'secret') {
  const { app } = apiFixture({ token, http: { ...usualHttp, ...http } })
  return async (
    url: string,
    headers: Record<string, string> = {},
    remoteAddress = '192.0.2.1',
    method: 'GET' | 'POST' = 'GET',
  ) => {
    const answer = await app.inject({ method, url, headers, remoteAddress })
    const { ratelimit, 'ratelimit-policy': policy, 'retry-after': retry } = answer.headers
    return { status: answer.statusCode, ratelimit, policy, retry, body: answer.body }
  }
}

it('says how many requests are left, and when there are none until when', async () => {
  const ask = limited({ requestsPerMinute: 3 })
  const answers = [await ask('/v1/tasks', KEY), await ask('/v1/tasks', KEY), await ask('/v1/reads', KEY)]
  expect(answers.map(({ status, ratelimit }) => [status, String(ratelimit).replace(/t=\d+/, 't=_')])).toEqual([
    [200, '"caller";r=2;t=_'],
    [200, '"caller";r=1;t=_'],
    [200, '"caller";r=0;t=_'],
  ])
  const over = await ask('/v1/tasks', KEY)
  expect(over).toMatchObject({ status: 429, policy: '"caller";q=3;w=60', retry: expect.stringMatching(/^[1-9]\d?$/) })
  expect(over.ratelimit).toMatch(/^"caller";r=0;t=\d+$/)
  expect(JSON.parse(over.body)).toMatchObject({ status: 429, code: 'too_many_requests' })
})

it('counts who has no key by their address, whatever they say of it', async () => {
  const ask = limited({ refusalsPerMinute: 2 })
  for (const key of ['a', 'b']) {
    const headers = { authorization: `Bearer ${key}`, 'x-forwarded-for': `198.51.100.${key.length}` }
    expect((await ask('/v1/tasks', headers)).status).toBe(401)
  }
  expect((await ask('/v1/reads', { 'x-forwarded-for': '198.51.100.9' })).status).toBe(429)
  expect((await ask('/v1/reads', {}, '192.0.2.2')).status).toBe(401)
  // With a valid key nothing of it matters.
  expect((await ask('/v1/tasks', KEY)).status).toBe(200)
})

it('takes the addresses of one network of IPv6 for one', async () => {
  const ask = limited({ refusalsPerMinute: 2 })
  for (const end of ['1', '2']) expect((await ask('/v1/tasks', {}, `2001:db8::${end}`)).status).toBe(401)
  expect((await ask('/v1/tasks', {}, '2001:db8::ffff:3')).status).toBe(429)
  expect((await ask('/v1/tasks', {}, '2001:db8:0:1::1')).status).toBe(401)
})

it('reads no more hooks of an address that was refused often', async () => {
  const ask = limited({ refusalsPerMinute: 2 })
  const hook = () => ask('/v1/webhooks/shop', { 'content-type': 'application/json' }, '192.0.2.1', 'POST')
  expect([(await hook()).status, (await hook()).status, (await hook()).status]).toEqual([401, 401, 429])
})

it('counts a key that may not do what it asks for as that key', async () => {
  const { app } = apiFixture({ token: 'secret', http: { ...usualHttp, requestsPerMinute: 2 } })
  const payload = { name: 'feeds', scopes: ['feeds:read'] }
  const { key } = (await app.inject({ method: 'POST', url: '/v1/keys', payload, headers: KEY })).json()
  const ask = async (bearer: string) =>
    (await app.inject({ url: '/v1/systems', headers: { authorization: `Bearer ${bearer}` } })).statusCode
  expect([await ask(key), await ask(key), await ask(key), await ask('secret')]).toEqual([403, 403, 429, 200])
})

it('counts an API without keys, and what is open, by address', async () => {
  const ask = limited({ requestsPerMinute: 2 }, null)
  const own = { host: 'localhost', authorization: 'Bearer of no meaning' }
  expect([(await ask('/v1/tasks', own)).status, (await ask('/health/live')).status]).toEqual([200, 200])
  expect((await ask('/v1/tasks', { ...own, authorization: 'Bearer another' })).status).toBe(429)
  expect((await ask('/v1/tasks', own, '192.0.2.9')).status).toBe(200)
})

it('believes trusted proxies, and nobody before them', async () => {
  const ask = limited({ refusalsPerMinute: 1, trustedProxies: ['10.0.0.0/8'] })
  const from = (list: string, proxy = '10.1.1.1') => ask('/v1/tasks', { 'x-forwarded-for': list }, proxy)
  expect((await from('203.0.113.1')).status).toBe(401)
  expect((await from('203.0.113.1')).status).toBe(429)
  expect((await from('198.51.100.1, 203.0.113.1')).status).toBe(429)
  expect((await from('203.0.113.2')).status).toBe(401)
  // One who is no proxy.
  expect((await from('203.0.113.3', '192.0.2.3')).status).toBe(401)
  expect((await from('203.0.113.4', '192.0.2.3')).status).toBe(429)
})

it('counts a request for many rows by its keys: one for each 100 of them', async () => {
  const { app, configure } = apiFixture({ token: 'secret', http: { ...usualHttp, requestsPerMinute: 12 } })
  await configure('c1')
  const ask = async (count: number) => {
    const url = '/v1/feeds/inventory/items?connection=c1'
    const payload = { keys: Array.from({ length: count }, (_, index) => `SKU-${index}`) }
    const { statusCode, headers } = await app.inject({ method: 'POST', url, payload, headers: KEY })
    return [statusCode, String(headers['ratelimit']).replace(/;t=.*/, '')]
  }
  expect(await ask(1)).toEqual([200, '"caller";r=11'])
  expect(await ask(101)).toEqual([200, '"caller";r=9'])
  expect(await ask(1000)).toEqual([429, '"caller";r=0'])
})
