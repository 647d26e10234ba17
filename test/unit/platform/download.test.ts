import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createDownload, type DownloadLimits } from '../../../src/platform/download.ts'
import { networkRulesOf } from '../../../src/platform/network-rules.ts'
import { localNetwork } from '../../data/loopback.ts'

const signal = new AbortController().signal
const inside: DownloadLimits = { mostBytes: 1000, timeoutMs: 5_000 }
const publicNetwork = networkRulesOf({})

/** A server on this machine, and how often it was asked. */
async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  let asked = 0
  const server = createServer((request, response) => {
    asked += 1
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { port, url: `http://127.0.0.1:${port}`, asked: () => asked }
}

describe('a download', () => {
  it('has the bytes, also behind a redirect', async () => {
    const { url } = await serve((request, response) => {
      if (request.url === '/a') response.writeHead(302, { location: '/b?c=1' }).end()
      else response.end(Buffer.from([1, 2, 255]))
    })
    expect(await createDownload(inside, localNetwork)(`${url}/a`, signal)).toEqual(Buffer.from([1, 2, 255]))
  })

  it.each(['http://127.0.0.1:PORT', 'http://localhost:PORT', 'http://[::1]:PORT', 'http://[::ffff:127.0.0.1]:PORT'])(
    'asks nobody at %s, which only we can reach',
    async (address) => {
      const { port, asked } = await serve((_request, response) => response.end('secret'))
      await expect(
        createDownload(inside, publicNetwork)(address.replace('PORT', String(port)), signal),
      ).rejects.toMatchObject({
        code: 'source_data_invalid',
        message: expect.stringContaining('private network'),
      })
      expect(asked()).toBe(0)
    },
  )

  it.each([
    'http://10.1.2.3/',
    'http://169.254.169.254/latest/meta-data',
    'http://192.168.0.1/',
    'http://[fd00::1]/',
    'http://0.0.0.0/',
  ])('asks nobody at %s', async (url) => {
    await expect(createDownload(inside, publicNetwork)(url, signal)).rejects.toMatchObject({
      code: 'source_data_invalid',
    })
  })

  it.each(['ftp://example.com/a', 'file:///etc/passwd', 'no address', 'data:image/png;base64,AA=='])(
    'of %s is refused',
    async (url) => {
      await expect(createDownload(inside, localNetwork)(url, signal)).rejects.toMatchObject({
        code: 'source_data_invalid',
      })
    },
  )

  it('ends at its limits of size, time and redirects', async () => {
    const { url } = await serve((request, response) => {
      if (request.url === '/large') response.end(Buffer.alloc(1001))
      if (request.url === '/circle') response.writeHead(301, { location: '/circle' }).end()
    })
    await expect(createDownload(inside, localNetwork)(`${url}/large`, signal)).rejects.toMatchObject({
      code: 'source_data_invalid',
      message: expect.stringContaining('more than 1000 bytes'),
    })
    await expect(createDownload(inside, localNetwork)(`${url}/circle`, signal)).rejects.toMatchObject({
      code: 'source_data_invalid',
    })
    await expect(
      createDownload({ ...inside, timeoutMs: 30 }, localNetwork)(`${url}/silent`, signal),
    ).rejects.toMatchObject({
      code: 'item_missing',
    })
  })

  it.each([
    [404, 'source_data_invalid'],
    [403, 'source_data_invalid'],
    [429, 'item_missing'],
    [503, 'item_missing'],
  ])('takes %d for %s, and tells no key of the address', async (status, code) => {
    const { url } = await serve((_request, response) => response.writeHead(status).end())
    const failure = await createDownload(inside, localNetwork)(`${url}/x.jpg?key=hidden`, signal).catch(
      (error: unknown) => error,
    )
    expect(failure).toMatchObject({ code })
    expect(String(failure)).not.toContain('hidden')
  })

  it('that nobody answers may come later, and one that is cut is no image', async () => {
    await expect(createDownload(inside, localNetwork)('http://127.0.0.1:1/x', signal)).rejects.toMatchObject({
      code: 'item_missing',
    })
    const { url } = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('ab')
      response.socket?.destroySoon()
    })
    await expect(createDownload(inside, localNetwork)(url, signal)).rejects.toMatchObject({ code: 'item_missing' })
  })

  it('ends with its signal', async () => {
    const ending = new AbortController()
    const { url } = await serve(() => ending.abort())
    await expect(createDownload(inside, localNetwork)(url, ending.signal)).rejects.toMatchObject({ code: 'stopping' })
  })
})
