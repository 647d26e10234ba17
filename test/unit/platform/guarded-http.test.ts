import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http'
import type { AddressInfo, LookupFunction } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createGuardedHttp, type GuardedRequest } from '../../../src/platform/guarded-http.ts'
import { type NetworkOptions, networkRulesOf } from '../../../src/platform/network-rules.ts'
import { loopback } from '../../data/loopback.ts'

const servers: Server[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

const toHere: LookupFunction = (_name, { all }, callback) =>
  all === true ? callback(null, [{ address: '127.0.0.1', family: 4 }]) : callback(null, '127.0.0.1', 4)

/** `options`: nothing but the public internet. */
async function get(url: string, more: Partial<GuardedRequest> = {}, options?: NetworkOptions) {
  const allowed = { ...loopback, ALLOWED_HTTP_HOSTS: 'a.test,b.test,v.test' }
  const network = networkRulesOf(options === undefined ? allowed : {}, { lookup: toHere, ...options })
  const http = createGuardedHttp(network)
  const answer = await http.request({ method: 'GET', url, signal: AbortSignal.timeout(5000), ...more })
  return { status: answer.status, text: Buffer.concat(await Array.fromAsync(answer.body)).toString() }
}

describe('a guarded request', () => {
  it('follows redirects and gives the last answer', async () => {
    const port = await serve(({ url }, response) =>
      url === '/a' ? response.writeHead(302, { location: '/b' }).end('moved') : response.end('here'),
    )
    expect(await get(`http://v.test:${port}/a`)).toEqual({ status: 200, text: 'here' })
  })

  it('follows five, and no sixth', async () => {
    let left = 5
    const port = await serve((_, response) => {
      left -= 1
      if (left < 0) response.end('here')
      else response.writeHead(307, { location: '/next' }).end()
    })
    expect((await get(`http://v.test:${port}/`)).text).toBe('here')
    left = 6
    await expect(get(`http://v.test:${port}/`)).rejects.toThrow(/redirects more than 5 times/)
  })

  it('gives credentials to the server they are for, and to no other, nor later to the first again', async () => {
    const seen: [string | undefined, IncomingHttpHeaders['x-key']][] = []
    const port = await serve(({ url, headers }, response) => {
      seen.push([headers.host?.split(':')[0], headers['x-key']])
      const next: Record<string, string> = {
        '/1': '/2',
        '/2': `http://b.test:${port}/3`,
        '/3': `http://a.test:${port}/4`,
      }
      const location = next[url ?? '']
      if (location === undefined) response.end()
      else response.writeHead(301, { location }).end()
    })
    await get(`http://a.test:${port}/1`, { credentials: { 'x-key': 'secret' } })
    expect(seen).toEqual([
      ['a.test', 'secret'],
      ['a.test', 'secret'],
      ['b.test', undefined],
      ['a.test', undefined],
    ])
  })

  it('sends no name and password that a redirect names', async () => {
    const seen: (string | undefined)[] = []
    const port = await serve(({ url, headers }, response) => {
      seen.push(headers.authorization)
      if (url === '/') response.writeHead(301, { location: `http://u:p@v.test:${port}/x` }).end()
      else response.end()
    })
    await get(`http://v.test:${port}/`)
    expect(seen).toEqual([undefined, undefined])
  })

  it('refuses a private address, as a name or as itself, before anything is sent', async () => {
    let asked = 0
    const port = await serve((_, response) => {
      asked += 1
      response.end()
    })
    for (const host of ['v.test', '127.0.0.1', 'localhost']) {
      await expect(get(`http://${host}:${port}/`, {}, {})).rejects.toMatchObject({
        code: 'source_data_invalid',
        message: expect.stringContaining('private network'),
      })
    }
    expect(asked).toBe(0)
  })

  /** The first address of this machine stands in for a public one: no test may depend on a network. */
  const isPublic = (address: string) => address === '127.0.0.1'

  it('judges each connection by what the name stands for then', async () => {
    const answers = ['127.0.0.1', '127.0.0.2']
    const rebinding: LookupFunction = (_name, { all }, callback) => {
      const address = answers.shift() ?? ''
      return all === true ? callback(null, [{ address, family: 4 }]) : callback(null, address, 4)
    }
    const port = await serve((_, response) => response.setHeader('connection', 'close').end('here'))
    const http = createGuardedHttp(networkRulesOf({}, { lookup: rebinding, isPublic }))
    const ask = () => http.request({ method: 'GET', url: `http://v.test:${port}/`, signal: AbortSignal.timeout(5000) })
    const first = await ask()
    expect(Buffer.concat(await Array.fromAsync(first.body)).toString()).toBe('here')
    await expect(ask()).rejects.toMatchObject({ code: 'source_data_invalid' })
  })

  it.each(['http://10.0.0.1/feed', 'http://[::1]/feed', 'file:///etc/passwd'])(
    'refuses a redirect to %s',
    async (location) => {
      const port = await serve((_, response) => response.writeHead(302, { location }).end())
      const asked = get(`http://v.test:${port}/`, {}, { isPublic })
      await expect(asked).rejects.toMatchObject({ code: 'source_data_invalid' })
    },
  )

  it('fetches by http and https alone, wherever it may', async () => {
    const port = await serve((_, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end())
    await expect(get(`http://v.test:${port}/`)).rejects.toThrow(/only http and https/)
  })

  it('ends with its signal', async () => {
    const port = await serve(() => undefined)
    const ended = get(`http://v.test:${port}/`, { signal: AbortSignal.timeout(50) })
    await expect(ended).rejects.toMatchObject({ name: 'AbortError' })
  })
})
