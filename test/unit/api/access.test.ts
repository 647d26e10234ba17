import Fastify, { type FastifyInstance } from 'fastify'
import { expect, it } from 'vitest'
import { needOf, routeNeeds } from '../../../src/api/access.ts'
import { pagePaths } from '../../../src/api/routes/page.ts'
import { apiFixture } from '../../worlds/api-fixture.ts'

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const

interface Route {
  readonly method: string
  readonly url: string
}

/** Every route of an app that is not ready yet, those of its plugins too. */
async function routesOf(app: FastifyInstance): Promise<readonly Route[]> {
  const routes: Route[] = []
  app.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) routes.push({ method: one, url })
  })
  await app.ready()
  return routes
}

/** Every path of these routes with every method: those that are answered with anything but 401, and what with. */
async function answeredWithoutToken(app: FastifyInstance, routes: readonly Route[]): Promise<readonly string[]> {
  const answered: string[] = []
  for (const url of new Set(routes.map((route) => route.url))) {
    for (const method of METHODS) {
      const path = url.replaceAll(/:\w+|\*/g, 'x')
      const { statusCode } = await app.inject({ method, url: path, headers: { authorization: 'Bearer wrong' } })
      if (statusCode !== 401) answered.push(`${method} ${url}: ${statusCode}`)
    }
  }
  return answered
}

it('answers nothing without the token, whatever the method, but what is open or signed', async () => {
  const { app } = apiFixture({ token: 'secret' })
  const routes = await routesOf(app)
  expect(routes.length).toBeGreaterThan(60)
  // Of the page its files, which are not built here; of what is shared by a link, whatever its token opens; nothing else.
  const ofPage = [...pagePaths, '/assets/:name', '/share/:token'].flatMap((path) => [
    `GET ${path}: 404`,
    `HEAD ${path}: 404`,
  ])
  expect((await answeredWithoutToken(app, routes)).toSorted()).toEqual(
    ['GET /health/live: 200', 'HEAD /health/live: 200', 'POST /share/:token: 404', ...ofPage].toSorted(),
  )
})

it('lets nothing but the health of the process and the files of the page be open, and nothing but webhooks and shared orders be signed', () => {
  const declared = (need: string) =>
    Object.keys(routeNeeds)
      .filter((route) => routeNeeds[route] === need)
      .toSorted()
  expect([declared('open'), declared('signed')]).toEqual([
    ['GET /health/live', ...pagePaths.map((path) => `GET ${path}`), 'GET /assets/:name'].toSorted(),
    ['GET /share/:token', 'POST /share/:token', 'POST /v1/webhooks/:system'],
  ])
})

it('declares no route that there is not, and describes every route that has a token in its OpenAPI document', async () => {
  const demo = { list: async () => [], set: async (id: string) => ({ id, broken: false, order: null }) }
  const { app, get } = apiFixture({ token: 'secret', demo })
  const routes = await routesOf(app)
  const there = (route: string) => {
    const [method, url = ''] = route.split(' ')
    const isPrefix = url.endsWith('/*')
    return routes.some((one) => {
      return one.method === method && (isPrefix ? one.url.startsWith(url.slice(0, -1)) : one.url === url)
    })
  }
  expect(Object.keys(routeNeeds).filter((route) => !there(route))).toEqual([])
  const { paths } = (await get('/openapi.json', { authorization: 'Bearer secret' })).json
  for (const [path, methods] of Object.entries<Record<string, unknown>>(paths)) {
    const url = path.replaceAll(/\{(\w+)\}/g, ':$1')
    for (const method of Object.keys(methods))
      expect([path, needOf(method.toUpperCase(), url)]).not.toContain(undefined)
  }
})

it('does not start with a route that does not say what it needs', async () => {
  const { app } = apiFixture({ token: 'secret' })
  const route = async () => 'answered'
  expect(() => app.post('/v1/planted', route)).toThrow('POST /v1/planted is not in routeNeeds')
  expect(() => app.route({ method: ['GET', 'DELETE'], url: '/v1/tasks', handler: route })).toThrow('DELETE /v1/tasks')
  const other = apiFixture().app
  other.register(async (plugin) => {
    plugin.put('/v1/planted', route)
  })
  await expect(other.ready()).rejects.toThrow('PUT /v1/planted is not in routeNeeds: declare its permission there')
})

it('finds a POST that is answered without a token', async () => {
  const app = Fastify()
  // The planted fault: whoever posts is let in.
  app.addHook('onRequest', async ({ method }, reply) => {
    if (method !== 'POST') await reply.code(401).send()
  })
  app.post('/v1/replays', async () => 'answered')
  expect(await answeredWithoutToken(app, [{ method: 'POST', url: '/v1/replays' }])).toEqual(['POST /v1/replays: 200'])
})
