import { describe, expect, it } from 'vitest'
import { apiFixture } from '../../worlds/api-fixture.ts'
import { type Operation, operationsOf, pathOf, usualValue } from '../../worlds/api-operations.ts'

const { app } = apiFixture()
const operations = await operationsOf(app)
const withBody = operations.filter(({ method }) => method === 'POST' || method === 'PUT')

interface Sent {
  readonly method?: string
  readonly url: string
  readonly payload?: string | Buffer
  readonly headers?: Record<string, string>
}

/** The status, after every rule for answers was checked: no 5xx, errors are problem documents, statuses are described. */
async function answerTo({ statuses, method, path }: Operation, sent: Sent, others: readonly number[] = []) {
  const headers = { 'x-actor': 'tests', ...sent.headers }
  const answer = await app.inject({ ...sent, method: (sent.method ?? method) as 'GET', headers })
  const what = `${sent.method ?? method} ${path}: ${sent.url.slice(0, 120)} ${String(sent.payload ?? '').slice(0, 60)}`
  const { statusCode: status } = answer
  expect(status, `${what} → ${answer.body.slice(0, 300)}`).toBeLessThan(500)
  expect([...statuses, ...others], what).toContain(status)
  if (status >= 400 || !path.startsWith('/v1/feeds/')) expect(answer.headers['cache-control'], what).toBe('no-store')
  if (status < 400 || sent.method === 'HEAD') return { status, problem: undefined, answer }
  expect(answer.headers['content-type'], what).toMatch(/^application\/problem\+json/)
  const problem = answer.json()
  expect(problem, what).toMatchObject({
    type: 'about:blank',
    title: expect.stringMatching(/./),
    status,
    code: expect.stringMatching(/^[a-z_]+$/),
    detail: expect.stringMatching(/./),
  })
  expect(answer.body.length, what).toBeLessThan(150_000)
  return { status, problem, answer }
}

const url = (operation: Operation) => pathOf(operation, usualValue)
const json = { 'content-type': 'application/json' }

it('has every operation of the API', () => {
  expect(operations.length).toBeGreaterThan(50)
  expect(withBody.length).toBeGreaterThan(12)
})

describe('parts of the path', () => {
  it.each([
    ['empty', ''],
    ['longer than any id', 'x'.repeat(501)],
    ['far longer', 'x'.repeat(4000)],
    ['of more bytes than a key has', encodeURIComponent('€'.repeat(450))],
    ['of letters of four bytes', encodeURIComponent('😀'.repeat(250))],
    ['with a zero byte', 'a%00b'],
    ['no UTF-8', '%ED%A0%80'],
    ['half an escape', '%E0%A4%A'],
    ['with dots', encodeURIComponent('../../etc/passwd')],
    ['a name that objects have', '__proto__'],
    ['a method that objects have', 'constructor'],
    ['with a separator of keys', encodeURIComponent('a#b|c')],
  ])('%s', async (_, value) => {
    for (const operation of operations) {
      for (const one of operation.inPath) {
        const path = pathOf(operation, (parameter) => (parameter === one ? value : usualValue(parameter)))
        // A path without its last part may be another's.
        await answerTo(operation, { url: path }, [200, 404, 405])
      }
    }
  })

  it('say in the document how long they may be', () => {
    for (const { path, inPath } of operations) {
      for (const { name, schema } of inPath) {
        if (schema.enum === undefined)
          expect([path, name, schema]).toEqual([path, name, expect.objectContaining({ minLength: 1, maxLength: 500 })])
      }
    }
  })
})

describe('parameters', () => {
  it.each([
    'limit=1e309',
    'limit=-1',
    'limit=NaN',
    'limit=Infinity',
    'limit=0x10',
    'limit=1.5',
    'limit=',
    'limit=1&limit=2',
    'cursor=x',
    '__proto__=1',
    '__proto__[a]=1',
    'constructor=1',
    '%00=1',
    '=',
    '&&&',
    '%ED%A0%80=%ED%A0%80',
    `${'a=1&'.repeat(2000)}`,
  ])('%s', async (query) => {
    for (const operation of operations) await answerTo(operation, { url: `${url(operation)}?${query}` }, [404])
  })

  it('a number that is larger than any is none', async () => {
    for (const operation of operations) {
      for (const { name, schema } of operation.inQuery) {
        if (schema.type !== 'integer') continue
        const answer = await app.inject({ method: operation.method, url: `${url(operation)}?${name}=1e309` })
        expect([operation.path, name, answer.statusCode]).toEqual([operation.path, name, 400])
      }
    }
  })

  it('each of them with what it is not', async () => {
    for (const operation of operations) {
      for (const { name } of operation.inQuery) {
        for (const value of [
          '',
          '1e309',
          'null',
          'x'.repeat(2000),
          encodeURIComponent('€'.repeat(500)),
          '%00',
          'a&b=c',
        ]) {
          const given = `${name}=${value}`
          await answerTo(operation, { url: `${url(operation)}?${given}` })
          await answerTo(operation, { url: `${url(operation)}?${given}&${given}` })
        }
      }
    }
  })
})

describe('bodies', () => {
  const deep = (open: string, close: string) => `${open.repeat(100_000)}${close.repeat(100_000)}`
  /** Those whose body is a document or an order. */
  const isLarge = ({ method, path }: Operation) =>
    /^\/v1\/orders\/[^/]+$|preview$/.test(path) || (method === 'PUT' && /^\/v1\/(systems|connections)\//.test(path))
  const unknownKeys = JSON.stringify(Object.fromEntries(Array.from({ length: 60_000 }, (_, i) => [`key${i}`, i])))

  it.each([
    ['no JSON', '{"a":'],
    ['lists of great depth', deep('[', ']')],
    ['objects of great depth', deep('{"a":', '}').replace(':}', ':1}')],
    ['a depth that does not end', '['.repeat(200_000)],
    ['keys that change objects', '{"__proto__": {"dryRun": true}}'],
    ['the same, escaped', '{"\\u005f_proto__": 1}'],
    ['the same, further in', '{"a": [{"constructor": {"prototype": {}}}]}'],
    ['numbers beyond all', '{"limit": 1e400}'],
    ['numbers that are not kept', '{"settings": {"a": 1e300}}'],
    ['bytes that are no text', Buffer.from([0x7b, 0xff, 0xfe, 0x7d])],
    ['a byte order mark', '\uFEFF{}x'],
  ])('%s are refused with 400', async (_, payload) => {
    for (const operation of withBody) {
      const { status } = await answerTo(operation, { url: url(operation), payload, headers: json })
      // Hooks are signed before anything is made of them. What only names things takes no large body at all.
      const refused = operation.path.includes('webhooks') ? [401, 413] : isLarge(operation) ? [400] : [400, 413]
      expect(refused, operation.path).toContain(status)
    }
  })

  it.each([
    ['null', 'null'],
    ['a list', '[]'],
    ['a text', '"text"'],
    ['a number', '1'],
    ['60,000 keys that are not known', unknownKeys],
    ['60,000 things in a list', `{"attributes": [${'{},'.repeat(60_000)}{}], "lines": [${'{},'.repeat(60_000)}{}]}`],
    ['a long key', JSON.stringify({ ['k'.repeat(500_000)]: 1 })],
  ])('%s is refused, with no more than a hundred mistakes', async (_, payload) => {
    for (const operation of withBody.filter(({ body, path }) => body !== undefined && !path.includes('webhooks'))) {
      const { status, problem } = await answerTo(operation, { url: url(operation), payload, headers: json })
      expect(isLarge(operation) ? [400] : [400, 413], operation.path).toContain(status)
      expect((problem.errors ?? []).length).toBeLessThanOrEqual(100)
    }
  })

  it('larger than is taken are refused with 413', async () => {
    const payload = `{"a": "${'x'.repeat(1_100_000)}"}`
    for (const operation of withBody) {
      const { status } = await answerTo(operation, { url: url(operation), payload, headers: json })
      expect([operation.path, status]).toEqual([operation.path, 413])
    }
  })

  it.each([
    ['text', { 'content-type': 'text/plain' }],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['parts', { 'content-type': 'multipart/form-data; boundary=x' }],
    ['nothing', {}],
    ['no type at all', { 'content-type': '' }],
    ['what is no type', { 'content-type': 'json' }],
    ['something compressed', { 'content-type': 'application/json', 'content-encoding': 'gzip' }],
  ])('that say they are %s are refused with 415', async (_, headers) => {
    for (const operation of withBody) {
      const { status } = await answerTo(operation, { url: url(operation), payload: '{}', headers })
      expect([operation.path, status]).toEqual([operation.path, 415])
    }
  })

  it('are taken as they are: nothing is made a truth value or a number', async () => {
    for (const operation of withBody.filter(({ path }) => !path.includes('webhooks'))) {
      for (const [name, { type }] of Object.entries(operation.body?.properties ?? {})) {
        const wrong = {
          boolean: [null, 'true', 0, ''],
          integer: [null, '5', true],
          number: [null, '5'],
          string: [null, 5],
        }
        for (const value of wrong[type as keyof typeof wrong] ?? []) {
          const payload = JSON.stringify({ [name]: value })
          const { status } = await answerTo(operation, { url: url(operation), payload, headers: json })
          expect([operation.path, name, value, status]).toEqual([operation.path, name, value, 400])
        }
      }
    }
  })
})

describe('what there is nothing for', () => {
  const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND'] as const

  it('is answered by 405 with the methods there are, for every path, before its body is read', async () => {
    for (const operation of operations) {
      const fits = ({ path }: Operation) => new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(url(operation))
      const fewest = Math.min(...operations.filter(fits).map(({ inPath }) => inPath.length))
      const nearest = operations.filter((one) => fits(one) && one.inPath.length === fewest)
      const there = [...new Set(nearest.map(({ method }) => method as string))]
      const allowed = [...there, ...(there.includes('GET') ? ['HEAD'] : [])].toSorted()
      // What another path takes, in which a part stands for anything, is that path's.
      const taken = operations.filter(fits).flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
      for (const method of METHODS.filter((one) => !allowed.includes(one) && !taken.includes(one))) {
        const sent = { method, url: url(operation), payload: method === 'TRACE' ? '' : '{', headers: json }
        const { status, answer } = await answerTo(operation, sent, [405])
        expect([method, operation.path, status, answer.headers['allow']]).toEqual([
          method,
          operation.path,
          405,
          allowed.join(', '),
        ])
      }
    }
  })

  it.each([
    '/nowhere',
    '/v1/',
    '//',
    '/v1/nowhere',
    '/v1/tasks/x/nowhere',
    '/v1/%2e%2e/tasks',
    '/V1/tasks',
    '/docs/nowhere',
  ])('%s is answered by 404', async (path) => {
    const answer = await app.inject({ url: path })
    expect([answer.statusCode, answer.json().code, answer.headers['content-type']]).toEqual([
      404,
      'not_found',
      expect.stringContaining('application/problem+json'),
    ])
  })
})
