import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSimulatorApp, listen, type Simulator } from '../../../../simulators/harness/simulator.ts'

let simulator: Simulator
let counter: number

beforeEach(async () => {
  counter = 0
  const app = createSimulatorApp({
    state: () => ({ counter }),
    reset: () => {
      counter = 0
    },
  })
  app.post('/count', async () => {
    counter += 1
    return { counter }
  })
  simulator = await listen(app)
})
afterEach(() => simulator.close())

const post = (path: string, body?: unknown) =>
  fetch(`${simulator.url}${path}`, {
    method: 'POST',
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })
const get = async (path: string): Promise<unknown> => (await fetch(`${simulator.url}${path}`)).json()

describe('the control routes of a simulator', () => {
  it('answers the state and resets it', async () => {
    await post('/count')
    expect(await get('/_sim/state')).toEqual({ counter: 1 })
    await post('/_sim/reset')
    expect(await get('/_sim/state')).toEqual({ counter: 0 })
  })

  it('lists requests with their status, without the query’s secrets, and not its own', async () => {
    await post('/count?page=2&access_token=hidden')
    await post('/nowhere')
    expect(await get('/_sim/requests')).toMatchObject([
      { method: 'POST', path: '/count', query: 'page=2', status: 200 },
      { method: 'POST', path: '/nowhere', status: 404 },
    ])
    expect(await get('/_sim/requests?since=2999-01-01T00:00:00Z')).toEqual([])
  })

  it('refuses fault rules that are none, naming the field', async () => {
    const answer = await post('/_sim/faults', [{ path: '.', kind: 'earthquake' }])
    expect(answer.status).toBe(400)
    expect(await answer.text()).toContain('Rule 0: \\"kind\\"')
  })
})

describe('faults', () => {
  it('answers a status as often as asked, then goes on', async () => {
    const fault = { method: 'post', path: '^/count$', kind: 'status', status: 429, headers: { 'retry-after': '1' } }
    await post('/_sim/faults', [{ ...fault, body: { message: 'slow down' }, times: 1 }])
    const refused = await post('/count')
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1'])
    expect(await refused.json()).toEqual({ message: 'slow down' })
    expect((await post('/count')).status).toBe(200)
    expect(counter).toBe(1)
    expect(await get('/_sim/faults')).toEqual([])
  })

  it('answers a gateway page', async () => {
    await post('/_sim/faults', [{ path: '/count', kind: 'html', status: 502 }])
    const answer = await post('/count')
    expect([answer.status, answer.headers.get('content-type')]).toEqual([502, 'text/html'])
    expect(counter).toBe(0)
  })

  it('closes the connection before the effect', async () => {
    await post('/_sim/faults', [{ path: '/count', kind: 'close' }])
    await expect(post('/count')).rejects.toThrow('fetch failed')
    expect(counter).toBe(0)
    expect(await get('/_sim/requests')).toMatchObject([{ path: '/count', status: 0 }])
  })

  it('closes the connection after the effect', async () => {
    await post('/_sim/faults', [{ path: '/count', kind: 'commit-then-close' }])
    await expect(post('/count')).rejects.toThrow('fetch failed')
    expect(counter).toBe(1)
    expect(await get('/_sim/requests')).toMatchObject([{ path: '/count', status: 0 }])
  })

  it('delays, and an empty list clears', async () => {
    await post('/_sim/faults', [{ path: '/count', kind: 'slow', delayMs: 30 }])
    expect((await post('/count')).status).toBe(200)
    const [slow] = (await get('/_sim/requests')) as { ms: number }[]
    expect(slow?.ms).toBeGreaterThanOrEqual(29)
    expect(await (await post('/_sim/faults', [])).json()).toEqual([])
  })
})
