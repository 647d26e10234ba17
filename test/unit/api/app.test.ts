import { expect, it } from 'vitest'
import { newKeyId, newSecret } from '../../../src/control/keys/api-key.ts'
import { StreamError } from '../../../src/errors.ts'
import { cursorKey } from '../../../src/operations/cursor-key.ts'
import { memoryTables } from '../../memory/tables.ts'
import { apiFixture, apiTestTables } from '../../worlds/api-fixture.ts'

it('asks for the token everywhere but at /health/live', async () => {
  const api = apiFixture({ token: 'secret' })
  expect((await api.get('/health/live')).status).toBe(200)
  for (const path of ['/v1', '/v1/caller', '/v1/tasks', '/health/ready', '/openapi.json', '/docs', '/nowhere']) {
    const refused = await api.get(path)
    expect([path, refused.status, refused.json.code]).toEqual([path, 401, 'unauthorized'])
    expect(refused.headers['www-authenticate']).toBe('Bearer')
  }
  expect((await api.get('/v1/tasks', { authorization: 'Bearer wrong' })).status).toBe(401)
  expect((await api.get('/v1/tasks', { authorization: 'Basic secret' })).status).toBe(401)
  expect((await api.get('/v1/tasks', { authorization: 'Bearer secret' })).status).toBe(200)
})

it('says what is wrong when it is not ready', async () => {
  const checks = {
    tables: async () => undefined,
    broker: async () => {
      throw new StreamError('broker_unavailable', 'no answer from 10.0.0.7')
    },
  }
  const { status, json } = await apiFixture({ checks }).get('/health/ready')
  expect([status, json]).toEqual([503, { status: 'unready', checks: { tables: 'ok', broker: 'broker_unavailable' } }])
  const ready = await apiFixture({ checks: { tables: checks.tables } }).get('/health/ready')
  expect([ready.status, ready.json]).toEqual([200, { status: 'ready', checks: { tables: 'ok' } }])
})

it.each([
  ['while nobody needs a key', null, {}],
  ['with a key', 'secret', { authorization: `Bearer wsk_${newKeyId()}_${newSecret()}` }],
])('answers probes with its checks also where the tables with the keys do not answer, %s', async (_, token, header) => {
  const gone = async () => {
    throw new StreamError('table_unavailable', 'no answer from 10.0.0.7')
  }
  const tables = { ...memoryTables(apiTestTables), get: gone, query: gone }
  const api = apiFixture({ token, checks: { tables: gone }, heldBack: () => ['alder is down'] }, tables)
  const { status, json } = await api.get('/health/ready', header)
  expect([status, json]).toEqual([503, { status: 'unready', checks: { tables: 'table_unavailable' } }])
  expect((await api.get('/health/ready')).status).toBe(token === null ? 503 : 401)
  expect((await api.get('/health/live', header)).status).toBe(200)
  expect((await api.get('/v1/tasks', header)).json.code).toBe('table_unavailable')
})

it('hides the cause of a failure', async () => {
  const { tables } = apiFixture()
  const failing = (error: Error) => ({
    tables: {
      ...tables,
      get: async () => {
        throw error
      },
    },
  })
  const gone = await apiFixture(failing(new StreamError('table_unavailable', 'key AKIA'))).get('/v1/tasks/x')
  expect([gone.status, gone.json.code, gone.headers['retry-after']]).toEqual([503, 'table_unavailable', '5'])
  const broken = await apiFixture(failing(new TypeError('x of undefined'))).get('/v1/tasks/x')
  expect([broken.status, broken.json.code]).toEqual([500, 'unexpected'])
  expect(JSON.stringify([gone.json, broken.json])).not.toMatch(/AKIA|undefined/)
})

it('answers an unknown path with a problem document', async () => {
  const { status, json, headers } = await apiFixture().get('/v1/nothing?a=b')
  expect(headers['content-type']).toContain('application/problem+json')
  expect([status, json]).toEqual([
    404,
    {
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
      code: 'not_found',
      detail: 'there is no route GET /v1/nothing; /openapi.json lists the routes',
    },
  ])
})

it('describes itself, errors included', async () => {
  const api = apiFixture()
  const { json } = await api.get('/openapi.json')
  expect(Object.keys(json.paths)).toEqual(
    expect.arrayContaining([
      '/v1/feeds/products',
      '/v1/feeds/inventory/items/{sku}',
      '/v1/feeds/images/count',
      '/v1/tasks/{id}/entities',
      '/v1/dead-letters/{id}',
      '/health/ready',
    ]),
  )
  const { responses } = json.paths['/v1/feeds/products'].get
  expect(Object.keys(responses)).toEqual(expect.arrayContaining(['200', '400', '401', '404', '410', '429', '503']))
  const problem = responses['410'].content['application/problem+json'].schema
  expect(problem).toEqual({ $ref: '#/components/schemas/Problem' })
  expect(json.components.schemas.Problem.properties).toHaveProperty('code')
  expect((await api.get('/docs')).status).toBe(200)
  const start = await api.get('/v1')
  const listed = Object.keys(start.json.paths)
  for (const path of listed.filter((one) => !/feeds|\{/.test(one))) expect((await api.get(path)).status).toBe(200)
})

it('makes its cursor key once, unless one is configured', async () => {
  const { tables } = apiFixture()
  const [one, other] = await Promise.all([cursorKey(tables, null), cursorKey(tables, null)])
  expect(one).toBe(other)
  expect(one).toHaveLength(43)
  expect(await cursorKey(tables, 'mine')).toBe('mine')
})
