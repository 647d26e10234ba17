import { expect, it } from 'vitest'
import { apiFixture, usualHttp } from '../../worlds/api-fixture.ts'

const headersOf = async (url: string, headers: Record<string, string> = {}, app = apiFixture().app) =>
  (await app.inject({ url, headers })).headers

it('lets browsers do nothing with answers, and keeps them nowhere', async () => {
  for (const path of ['/v1/tasks', '/nowhere', '/openapi.json', '/health/live']) {
    const headers = await headersOf(path)
    expect([path, headers]).toEqual([
      path,
      expect.objectContaining({
        'cache-control': 'no-store',
        'content-security-policy': "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'",
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
      }),
    ])
    expect(headers).not.toHaveProperty('x-powered-by')
    expect(headers).not.toHaveProperty('strict-transport-security')
  }
})

it('allows no page of another site to read answers', async () => {
  for (const origin of ['http://localhost:3000', 'https://evil.example'])
    expect(Object.keys(await headersOf('/v1/tasks', { origin }))).not.toContain('access-control-allow-origin')
  const preflight = await apiFixture().app.inject({
    method: 'OPTIONS',
    url: '/v1/tasks',
    headers: { origin: 'http://localhost:3000', 'access-control-request-method': 'POST' },
  })
  expect([preflight.statusCode, preflight.headers['access-control-allow-methods']]).toEqual([405, undefined])
})

it('lets the page that shows the API load its own files and ask the API', async () => {
  const { app } = apiFixture()
  const page = await app.inject('/docs/')
  const policy = String(page.headers['content-security-policy'])
  expect(policy).toContain("script-src 'self'")
  expect(policy).toContain("connect-src 'self'")
  const files = [...page.body.matchAll(/(?:src|href)="(\.[^"]+)"/g)].map(
    ([, path]) => new URL(`${path}`, 'http://x/docs/').pathname,
  )
  expect(files.length).toBeGreaterThan(4)
  for (const path of files) expect([path, (await app.inject(path)).statusCode]).toEqual([path, 200])
  // No script or style stands in the page itself, which the policy would not run.
  expect(page.body).not.toMatch(/<script(?![^>]*src=)|<style|\son\w+=/)
})

it('tells browsers to come by TLS alone where it has TLS', async () => {
  const { app } = apiFixture({ http: { ...usualHttp, tls: { certFile: 'c', keyFile: 'k' } } })
  expect(await headersOf('/health/live', {}, app)).toHaveProperty('strict-transport-security')
})
