import { createServer } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { StreamError } from '../../../../src/errors.ts'
import { type Observed, startMetricsServer } from '../../../../src/platform/metrics/metrics-server.ts'
import { silentLogger } from '../../../worlds/stage-context.ts'

const well: Observed = {
  live: async () => [],
  ready: async () => ({ tables: 'ok', broker: 'ok' }),
  metrics: async () => 'up 1\n',
}

async function open(observed: Partial<Observed> = {}, more: { port?: number; portIsDefault?: boolean } = {}) {
  const place = { host: '127.0.0.1', port: 0, portIsDefault: false, ...more }
  const options = { ...place, contentType: 'text/plain; version=0.0.4', logger: silentLogger }
  const server = await startMetricsServer(options, { ...well, ...observed })
  onTestFinished(() => server.close())
  const get = async (path: string, method = 'GET') => {
    const answer = await fetch(server.url + path, { method })
    return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() }
  }
  return { url: server.url, get }
}

describe('the port of metrics', () => {
  it('answers metrics and health', async () => {
    const { get } = await open()
    expect(await get('/metrics')).toEqual({ status: 200, type: 'text/plain; version=0.0.4', text: 'up 1\n' })
    expect(await get('/health/live?x=1')).toMatchObject({ status: 200, text: '{"status":"live","problems":[]}\n' })
    expect(await get('/health/ready')).toMatchObject({ status: 200, type: 'application/json' })
  })

  it('answers 503 with what is wrong', async () => {
    const { get } = await open({
      live: async () => ['route-orders: partition 0 of orders has lag but makes no progress'],
      ready: async () => ({ tables: 'ok', broker: 'broker_unavailable' }),
    })
    const [live, ready] = [await get('/health/live'), await get('/health/ready')]
    expect([live.status, ready.status]).toEqual([503, 503])
    expect(JSON.parse(live.text)).toMatchObject({ status: 'stalled', problems: [expect.stringContaining('orders')] })
    expect(JSON.parse(ready.text)).toEqual({
      status: 'unready',
      checks: { tables: 'ok', broker: 'broker_unavailable' },
    })
  })

  it('has nothing else, and changes nothing', async () => {
    const { get } = await open()
    expect((await get('/')).status).toBe(404)
    expect((await get('/metrics', 'POST')).status).toBe(405)
    expect(await get('/metrics', 'HEAD')).toMatchObject({ status: 200, text: '' })
  })

  it('tells by its code what it could not answer for, and nothing more', async () => {
    const fails = () => Promise.reject(new StreamError('table_unavailable', 'of a secret place'))
    const { get } = await open({ metrics: fails })
    expect(await get('/metrics')).toMatchObject({ status: 500, text: 'table_unavailable\n' })
  })

  it('says which variable to set where the port is taken, and takes a free one where nobody asked for it', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void taken.close())
    await new Promise((resolve) => taken.once('listening', resolve))
    const address = taken.address()
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0
    await expect(open({}, { port })).rejects.toMatchObject({
      code: 'port_in_use',
      message: `METRICS_PORT: ${port} is in use; set another one, or 0 for any that is free`,
    })
    const { url, get } = await open({}, { port, portIsDefault: true })
    expect(url).not.toContain(`:${port}`)
    expect((await get('/health/live')).status).toBe(200)
  })
})
