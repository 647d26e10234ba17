import { once } from 'node:events'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type ApiOptions, startApi } from '../../../src/api/server.ts'
import { apiFixture, listening, usualHttp } from '../../worlds/api-fixture.ts'
import { openRaw, sendRaw } from '../../worlds/raw-http.ts'

const { operations } = apiFixture()

async function start(http: Partial<ApiOptions['http']> = {}, over: Partial<ApiOptions> = {}) {
  const api = await startApi(listening(operations, { token: 'secret', ...over, http: { ...usualHttp, ...http } }))
  onTestFinished(() => api.close())
  return api
}

const HEAD = 'GET /health/live HTTP/1.1\r\nhost: localhost\r\n'
/** Headers of a webhook whose body does not come whole. */
const HALF =
  'POST /v1/webhooks/shop HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{"id"'

describe('what is no request', () => {
  it.each([
    ['no HTTP at all', 'hello\r\n\r\n', 400],
    ['a method that is none', 'BREW /pot HTTP/1.1\r\nhost: x\r\n\r\n', 400],
    ['a header without a name', `${HEAD}: x\r\n\r\n`, 400],
    ['no host', 'GET /health/live HTTP/1.1\r\nconnection: close\r\n\r\n', 400],
    ['two hosts', `${HEAD}host: other\r\nconnection: close\r\n\r\n`, 400],
    ['two lengths', `${HEAD}content-length: 1\r\ncontent-length: 2\r\n\r\n`, 400],
    ['a length and chunks', `${HEAD}content-length: 1\r\ntransfer-encoding: chunked\r\n\r\n`, 400],
    ['headers of 20 KB', `${HEAD}x: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['a path of 20 KB', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nhost: x\r\n\r\n`, 431],
    ['an expectation nobody has', `${HEAD}expect: miracles\r\n\r\n`, 417],
    ['a tunnel', 'CONNECT example.com:443 HTTP/1.1\r\nhost: x\r\n\r\n', 405],
    [
      'chunks of no length',
      `POST /v1/webhooks/x HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nxx\r\n`,
      400,
    ],
  ])('%s is answered by a problem document', async (_, text, status) => {
    const answer = await sendRaw((await start()).url, text)
    expect([answer.status, answer.head]).toEqual([status, expect.stringContaining('application/problem+json')])
    expect(JSON.parse(answer.body)).toMatchObject({ type: 'about:blank', status, detail: expect.any(String) })
  })
})

describe('who does not go on', () => {
  it.each([
    ['says nothing', ''],
    ['sends half a line', 'GET /health'],
    ['sends half of the headers', HEAD],
    ['sends half of a body', HALF],
    [
      'sends half of a chunk',
      HALF.replace('content-length: 1000', 'transfer-encoding: chunked').replace('{"id"', 'ff\r\n{'),
    ],
  ])('and %s is closed', async (_, text) => {
    const { url } = await start({ requestTimeoutMs: 1000 })
    const { status } = await sendRaw(url, text)
    expect(status).toBe(408)
  })

  it('holds no more connections of its address than are allowed; others get theirs', async () => {
    const { url } = await start({ mostConnectionsPerAddress: 3 })
    const held = [await openRaw(url), await openRaw(url), await openRaw(url)]
    expect(await (await openRaw(url)).answer).toBe('')
    const [first] = held
    first?.socket.destroy()
    await first?.answer
    const next = `${HEAD}connection: close\r\n\r\n`
    // The other side learns of the end a moment later than we do.
    await expect.poll(async () => (await sendRaw(url, next)).status).toBe(200)
  })

  it('does not count trusted proxies, and holds them to the total', async () => {
    const some = await start({ mostConnectionsPerAddress: 1, trustedProxies: ['127.0.0.0/8'] })
    await openRaw(some.url)
    expect((await fetch(`${some.url}/health/live`)).status).toBe(200)
    const few = await start({ mostConnections: 1, trustedProxies: ['127.0.0.0/8'] })
    await openRaw(few.url)
    expect(await (await openRaw(few.url)).answer).toBe('')
  })
})

describe('the end', () => {
  it('waits for nobody who has not sent a whole request', async () => {
    const api = await start({ requestTimeoutMs: 600_000 })
    const held = await Promise.all(Array.from({ length: 60 }, () => openRaw(api.url)))
    for (const [i, one] of held.entries()) one.send(['', HEAD, HALF][i % 3] ?? '')
    expect((await fetch(`${api.url}/health/live`)).status).toBe(200)
    await api.close()
    expect(await Promise.all(held.map(({ answer }) => answer))).toEqual(held.map(() => ''))
  })

  it('lets an answer that is under way come', async () => {
    const [asked, ready] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const slow = async () => {
      asked.resolve()
      await ready.promise
    }
    const api = await start({}, { token: null, checks: { slow } })
    const answer = fetch(`${api.url}/health/ready`)
    await asked.promise
    const closed = api.close()
    const late = await openRaw(api.url).catch(() => null)
    ready.resolve()
    expect((await answer).status).toBe(200)
    await closed
    expect((await late?.answer) ?? '').toBe('')
  })
})

it('keeps a connection for the next request', async () => {
  const { url } = await start()
  const { socket, send } = await openRaw(url)
  for (let i = 0; i < 2; i += 1) {
    send(`${HEAD}\r\n`)
    const [chunk] = await once(socket, 'data')
    expect(String(chunk)).toContain('200 OK')
  }
})
