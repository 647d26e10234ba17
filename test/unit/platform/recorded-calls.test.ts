import { createServer, type ServerResponse } from 'node:http'
import pino from 'pino'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createGovernor } from '../../../src/platform/governor/governor.ts'
import { ownPermits } from '../../../src/platform/governor/permits.ts'
import { joinSignals } from '../../../src/platform/governor/turn-waits.ts'
import { createHttp } from '../../../src/platform/http.ts'
import { exactNumber } from '../../../src/platform/json.ts'
import { LONGEST_BODY, MOST_CALLS, recordCalls } from '../../../src/platform/recorded-calls.ts'
import { localNetwork } from '../../data/loopback.ts'
import { wallClock } from '../../worlds/sources.ts'

/** A client of a system that answers each call as the test says. */
async function open(answer: (response: ServerResponse) => void, timeoutMs = 5_000) {
  const server = createServer((request, response) => {
    request.resume().on('end', () => answer(response))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  const host = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  const http = createHttp({
    baseUrl: `http://${host}`,
    timeoutMs,
    governor: createGovernor({ concurrency: 4 }, ownPermits(), wallClock),
    logger: pino({ level: 'silent' }),
    network: localNetwork,
    authorize: () => ({ authorization: 'Bearer the-secret' }),
  })
  return { http, host }
}

const json = (response: ServerResponse, status: number, body: string) =>
  response.writeHead(status, { 'content-type': 'application/json', 'set-cookie': 'session=the-session' }).end(body)
const own = () => new AbortController().signal

describe('calls of one piece of work', () => {
  it('are recorded with what was sent and answered, without headers and values of the query', async () => {
    const { http, host } = await open((response) => json(response, 200, '{"id":"12345678901234567890"}'))
    const signal = own()
    const recorded = recordCalls(signal)
    await http.request({
      method: 'POST',
      path: '/persons/zoe',
      shownPath: '/persons/…',
      query: [
        ['email', 'zoe@example.com'],
        ['email', 'ada@example.com'],
      ],
      json: { price: exactNumber('2.50') },
      headers: { cookie: 'session=the-secret' },
      signal,
    })
    expect(recorded).toEqual({
      calls: [
        {
          at: expect.any(Number),
          method: 'POST',
          address: `${host}/persons/…?email=…`,
          request: '{"price":2.50}',
          answer: '{"id":"12345678901234567890"}',
          status: 200,
          ms: expect.any(Number),
          error: null,
          cut: [],
        },
      ],
      leftOut: 0,
    })
    expect(JSON.stringify(recorded)).not.toMatch(/secret|session|example/)
  })

  it('have what a refusal said, and what went wrong where nothing was answered', async () => {
    const { http } = await open((response) => json(response, 400, '{"title":"no such item"}'))
    const signal = own()
    const recorded = recordCalls(signal)
    await expect(http.request({ method: 'GET', path: '/x', signal })).rejects.toThrow()
    expect(recorded.calls).toMatchObject([
      { status: 400, answer: '{"title":"no such item"}', error: 'target_rejected' },
    ])
    const silent = await open((response) => response.destroy())
    await expect(silent.http.request({ method: 'GET', path: '/x', signal })).rejects.toThrow()
    const late = await open(() => undefined, 50)
    await expect(late.http.request({ method: 'GET', path: '/x', signal })).rejects.toThrow()
    expect(recorded.calls.slice(1)).toMatchObject([
      { request: null, status: null, answer: null, error: 'target_unavailable' },
      { request: null, status: null, answer: null, error: 'timed_out' },
    ])
  })

  it('are bounded: the first ones and the last ones, and no body beyond what is held', async () => {
    const { http } = await open((response) => json(response, 200, JSON.stringify('x'.repeat(LONGEST_BODY))))
    const signal = own()
    const recorded = recordCalls(signal)
    for (let call = 1; call <= MOST_CALLS + 3; call += 1) {
      await http.request({ method: 'PUT', path: `/${call}`, json: { call }, signal })
    }
    const numbers = recorded.calls.map(({ address }) => Number(address.split('/')[1]))
    expect(numbers).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23])
    expect(recorded.leftOut).toBe(3)
    expect(recorded.calls[0]).toMatchObject({ request: '{"call":1}', answer: null, cut: ['answer'] })
  })

  it('are of nobody where several share them, or where they have no signal, as sign-ins', async () => {
    const { http } = await open((response) => json(response, 200, '{}'))
    const signal = own()
    const recorded = recordCalls(signal)
    const joint = joinSignals([signal, own()])
    await http.request({ method: 'GET', path: '/x', signal: joint.signal })
    await http.request({ method: 'POST', path: '/token', form: [['client_secret', 'the-secret']] })
    await http.request({ method: 'GET', path: '/x', signal: own() })
    expect(recorded.calls).toEqual([])
  })
})
