import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import pino from 'pino'
import { describe, expect, it, onTestFinished } from 'vitest'
import { StreamError } from '../../../src/errors.ts'
import { createGovernor } from '../../../src/platform/governor/governor.ts'
import { ownPermits } from '../../../src/platform/governor/permits.ts'
import { createHttp, type HttpSettings } from '../../../src/platform/http.ts'
import { retryAfterMs } from '../../../src/platform/http-errors.ts'
import { exactNumber } from '../../../src/platform/json.ts'
import { inSpan } from '../../../src/platform/tracing/tracer.ts'
import { localNetwork } from '../../data/loopback.ts'
import { wallClock } from '../../worlds/sources.ts'
import { startTracer } from '../../worlds/traced.ts'

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void

/** A system that answers as the test says, and a client of it. */
async function open(answer: Answer, settings: Partial<HttpSettings> = {}) {
  const sockets = new Set<unknown>()
  const server: Server = createServer(async (request, response) => {
    sockets.add(request.socket)
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    answer(request, response, Buffer.concat(chunks).toString())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const lines: string[] = []
  const logger = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) })
  const baseUrl = `http://127.0.0.1:${port}/base/`
  const http = createHttp({
    baseUrl,
    timeoutMs: 5_000,
    governor: governorOf(4),
    logger,
    network: localNetwork,
    ...settings,
  })
  return { http, baseUrl, lines, sockets, server }
}

const governorOf = (concurrency: number) => createGovernor({ concurrency }, ownPermits(), wallClock)

const json = (response: ServerResponse, status: number, body: string, headers: Record<string, string> = {}) =>
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body)
const get = { method: 'GET', path: '/x' } as const

describe('the HTTP client', () => {
  it('sends query, headers and exact JSON, and reads exact JSON', async () => {
    const seen: unknown[] = []
    const { http, baseUrl } = await open(
      (request, response, body) => {
        seen.push(request.method, request.url, request.headers['content-type'], request.headers['x-signed'], body)
        json(response, 200, '{"price":0.1000000000000000055,"n":2.50}', { link: '</next>' })
      },
      { authorize: async ({ method, url }) => ({ 'x-signed': `${method} ${url}` }) },
    )
    const answer = await http.request({
      method: 'POST',
      path: '/orders',
      query: [
        ['filter[0]', "a b'&ü"],
        ['filter[0]', '2'],
      ],
      json: { price: exactNumber('19.9900') },
    })
    const url = 'orders?filter%5B0%5D=a%20b%27%26%C3%BC&filter%5B0%5D=2'
    expect(seen).toEqual(['POST', `/base/${url}`, 'application/json', `POST ${baseUrl}${url}`, '{"price":19.9900}'])
    expect(answer).toMatchObject({ status: 200, json: { price: '0.1000000000000000055', n: 2.5 } })
    expect(answer.headers.get('Link')).toBe('</next>')
  })

  it('sends forms', async () => {
    let sent = ''
    const { http } = await open((request, response, body) => {
      sent = `${request.headers['content-type']} ${body}`
      json(response, 204, '')
    })
    const form = [['grant_type', 'a b']] as const
    expect(await http.request({ method: 'POST', path: '/token', form })).toMatchObject({ status: 204, json: undefined })
    expect(sent).toBe('application/x-www-form-urlencoded grant_type=a%20b')
  })

  it.each([
    [429, 'rate_limited'],
    [408, 'timed_out'],
    [500, 'target_unavailable'],
    [503, 'target_unavailable'],
    [401, 'credentials_refused'],
    [403, 'permission_missing'],
    [400, 'target_rejected'],
    [404, 'target_rejected'],
    [302, 'target_rejected'],
  ])('takes %d for %s', async (status, code) => {
    const { http } = await open((_request, response) => json(response, status, '{"body":"hidden"}', { location: '/' }))
    const failure = await http.request(get).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(StreamError)
    expect(failure).toMatchObject({ code, details: { status } })
    expect(String(failure)).not.toContain('hidden')
  })

  it('answers with a status the caller takes', async () => {
    const { http } = await open((_request, response) => json(response, 404, '{"none":true}'))
    expect(await http.request({ ...get, accept: [404] })).toMatchObject({ status: 404, json: { none: true } })
  })

  it('logs and tells in errors what a path is shown as, where it has an id of a person', async () => {
    const { http, lines } = await open((_request, response) => json(response, 400, '{}'))
    const asked = http.request({ method: 'GET', path: '/customer/eid:shop-77', shownPath: '/customer/…' })
    await expect(asked).rejects.toThrow(/GET [^ ]+\/customer\/…/)
    expect(lines.join('')).toContain('/customer/…')
    expect(lines.join('')).not.toContain('shop-77')
  })

  it('lets the system read its own refusals, and adds the time to wait', async () => {
    const { http } = await open((_request, response) => json(response, 400, '{"why":"sku"}', { 'retry-after': '3' }), {
      classify: ({ status, json: body }) => new StreamError('item_missing', `${status} ${JSON.stringify(body)}`),
    })
    await expect(http.request(get)).rejects.toMatchObject({
      code: 'item_missing',
      message: '400 {"why":"sku"}',
      retryAfterMs: 3_000,
    })
  })

  it.each([200, 404])('takes a web page for a system that is away, also with status %d', async (status) => {
    const { http } = await open((_request, response) =>
      response.writeHead(status, { 'content-type': 'text/html; charset=utf-8' }).end('<html>maintenance</html>'),
    )
    await expect(http.request(get)).rejects.toMatchObject({ code: 'target_unavailable' })
  })

  it.each([
    ['{"a":1,"b"', 'application/json'],
    ['{"a":1,"b"', 'application/hal+json; charset=utf-8'],
    ['[{"a":1', 'application/vnd.oracle.resource+json; type=collection'],
  ])('takes %s of %s, cut in half on its way, for a system that is away', async (body, type) => {
    const { http } = await open((_request, response) => response.writeHead(200, { 'content-type': type }).end(body))
    const failure = await http.request({ ...get, path: '/half' }).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'target_unavailable', details: { status: 200 } })
    expect(String(failure)).toContain('/half')
  })

  it.each([
    ['ok', 'text/plain'],
    ['', 'application/json'],
    ['', 'text/plain'],
  ])('takes "%s" of %s for no answer where data is expected', async (body, type) => {
    const { http } = await open((_request, response) => response.writeHead(200, { 'content-type': type }).end(body))
    await expect(http.request({ ...get, expects: 'json' })).rejects.toMatchObject({ code: 'target_unavailable' })
    await expect(http.request(get)).resolves.toMatchObject({ status: 200, json: undefined })
  })

  it('takes a broken connection, and none, for a system that is away', async () => {
    const { http } = await open((request) => request.socket.destroy())
    await expect(http.request(get)).rejects.toMatchObject({ code: 'target_unavailable' })
    const nobody = await open(() => undefined, { baseUrl: 'http://127.0.0.1:1' })
    await expect(nobody.http.request(get)).rejects.toMatchObject({ code: 'target_unavailable' })
    const cut = await open((_request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{')
      response.socket?.destroySoon()
    })
    await expect(cut.http.request(get)).rejects.toMatchObject({ code: 'target_unavailable' })
  })

  it('waits no longer than its time-out, also for a body that never ends', async () => {
    const silent = await open(() => undefined, { timeoutMs: 50 })
    await expect(silent.http.request(get)).rejects.toMatchObject({ code: 'timed_out' })
    const endless = await open((_request, response) => void response.writeHead(200).write('{'), { timeoutMs: 50 })
    await expect(endless.http.request(get)).rejects.toMatchObject({ code: 'timed_out' })
  })

  it('ends when its signal aborts', async () => {
    const ending = new AbortController()
    const { http } = await open(() => ending.abort())
    await expect(http.request({ ...get, signal: ending.signal })).rejects.toMatchObject({ code: 'stopping' })
    await expect(http.request({ ...get, signal: ending.signal })).rejects.toMatchObject({ code: 'stopping' })
  })

  it('has no more requests under way than it may, over connections it keeps', async () => {
    const held: ServerResponse[] = []
    let most = 0
    const { http, sockets } = await open(
      (_request, response) => {
        held.push(response)
        most = Math.max(most, held.length)
        // Answers come only once two requests are there, so a client that sends one at a time would wait for ever.
        if (held.length === 2) for (const one of held.splice(0)) json(one, 200, '{}')
      },
      { governor: governorOf(2) },
    )
    await Promise.all(Array.from({ length: 20 }, () => http.request(get)))
    expect(most).toBe(2)
    expect(sockets.size).toBe(2)
  })

  it('logs neither query values nor secrets', async () => {
    const { http, lines } = await open((_request, response) => json(response, 401, '{}'), {
      authorize: () => ({ authorization: 'Bearer hidden' }),
    })
    const failure = await http.request({ ...get, query: [['email', 'hidden']] }).catch((error: unknown) => error)
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ method: 'GET', path: '/x', status: 401 }])
    expect(lines.join('')).not.toContain('hidden')
    expect(JSON.stringify(failure) + String(failure)).not.toContain('hidden')
  })
})

describe('Retry-After', () => {
  const now = Date.UTC(2026, 0, 1)
  it.each([
    ['3', 3_000],
    ['0.5', 500],
    ['Thu, 01 Jan 2026 00:00:10 GMT', 10_000],
    ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
    ['9e15', 3_600_000],
    ['Fri, 01 Jan 2100 00:00:00 GMT', 3_600_000],
    ['soon', undefined],
    ['', undefined],
    [null, undefined],
  ])('%s is %s ms', (header, ms) => {
    expect(retryAfterMs(header, now)).toBe(ms)
  })
})

describe('a traced call', () => {
  it('says which span it is, and its span has the path as logs have it and what was answered', async () => {
    const { receiver, tracer } = await startTracer()
    const seen: (string | undefined)[] = []
    const { http, baseUrl } = await open((request, response) => {
      seen.push([request.headers['traceparent']].flat()[0])
      json(response, request.url?.includes('missing') === true ? 404 : 200, '{}')
    })
    const customer = {
      method: 'GET',
      path: '/customers/ada',
      shownPath: '/customers/…',
      query: [['q', 'Ada']],
    } as const
    await http.request(customer)
    const delivery = tracer.start({ name: 'deliver erp', kind: 'internal', attributes: {} })
    await inSpan(delivery, () => http.request(customer))
    await expect(inSpan(delivery, () => http.request({ method: 'GET', path: '/missing' }))).rejects.toThrow('404')
    await tracer.close()
    const [found, missing] = receiver.spans
    expect(seen[0]).toBeUndefined()
    expect(seen.slice(1)).toEqual(receiver.spans.map(({ traceId, spanId }) => `00-${traceId}-${spanId}-01`))
    expect(found).toMatchObject({ name: 'GET', kind: 3, parent: delivery.spanId, error: null })
    expect(found?.attributes).toEqual({
      'http.request.method': 'GET',
      'server.address': new URL(baseUrl).host,
      'url.path': '/customers/…',
      'http.response.status_code': 200,
    })
    expect(missing).toMatchObject({ error: 'target_rejected', attributes: { 'http.response.status_code': 404 } })
  })
})
