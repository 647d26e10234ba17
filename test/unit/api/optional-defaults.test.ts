import { expect, it } from 'vitest'
import { apiFixture } from '../../worlds/api-fixture.ts'

/** Places of an OpenAPI document that ask for what has a default. */
function askedInVain(node: unknown, at = '#'): string[] {
  if (typeof node !== 'object' || node === null) return []
  const { required, properties, in: place, schema } = node as Record<string, unknown>
  const defaultOf = (one: unknown) => (one as { default?: unknown } | undefined)?.default
  const names = Array.isArray(required) ? required.map(String) : []
  const fields = names.filter((name) => defaultOf(Reflect.get(Object(properties), name)) !== undefined)
  const isAsked = place !== undefined && required === true && defaultOf(schema) !== undefined
  return [
    ...fields.map((name) => `${at} ${name}`),
    ...(isAsked ? [at] : []),
    ...Object.entries(node).flatMap(([name, one]) => askedInVain(one, `${at}/${name}`)),
  ]
}

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly required?: boolean }[]
  readonly requestBody?: { readonly required?: boolean }
}

const api = apiFixture()
const { json } = await api.get('/openapi.json')
const operations = Object.entries(json.paths as Record<string, Record<string, Operation>>).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, ...operation })),
)

it('requires nothing that has a default, of parameters and bodies', () => {
  expect(askedInVain(json)).toEqual([])
  const limits = operations.filter(({ parameters = [] }) => parameters.some(({ name }) => name === 'limit'))
  expect(limits.length).toBeGreaterThan(11)
})

it('refuses a document that is not sent, also where it may be empty', async () => {
  const url = '/v1/subscriptions/all?dryRun=true&reason=new'
  const headers = { 'x-actor': 'tests' }
  expect((await api.app.inject({ method: 'PUT', url, headers })).json()).toMatchObject({ status: 400 })
  expect((await api.app.inject({ method: 'PUT', url, headers, payload: {} })).statusCode).toBe(200)
})

it('requires no body of which everything may be left out, in its description and of its callers', async () => {
  const optional = operations.filter(({ requestBody }) => requestBody?.required === false).map(({ name }) => name)
  expect(optional.toSorted()).toEqual([
    'post /v1/dead-letters/retry',
    'post /v1/dead-letters/{id}/retry',
    'post /v1/keys/{id}/revoke',
    'post /v1/keys/{id}/rotate',
    'post /v1/orders/{source}/{number}/release',
    'post /v1/rebuilds/{id}/switch',
    'post /v1/rebuilds/{id}/undo',
    'post /v1/subscriptions/{id}/replay',
    'post /v1/sync-requests',
    'post /v1/tasks/{id}/retry',
  ])
  for (const name of optional) {
    const url = name.slice('post '.length).replaceAll(/\{\w+\}/g, 'none')
    const answer = await api.app.inject({ method: 'POST', url, headers: { 'x-actor': 'tests' } })
    expect(answer.json(), name).not.toMatchObject({ detail: expect.stringContaining('body') })
  }
})
