import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { download } from '../../../src/platform/download.ts'

let server: Server | undefined
afterEach(async () => {
  server?.closeAllConnections()
  await new Promise((resolve) => (server === undefined ? resolve(null) : server.close(resolve)))
  server = undefined
})

async function serve(listener: RequestListener): Promise<string> {
  const started = createServer(listener)
  server = started
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}/a.jpg`
}
const limits = { mostBytes: 1000, timeoutMs: 200, privateAddresses: true }
const get = (url: string, more: Partial<typeof limits> = {}) =>
  download(url, { ...limits, ...more }, new AbortController().signal)

it('gives the bytes, also behind a redirect', async () => {
  const url = await serve((request, response) =>
    request.url === '/a.jpg' ? response.writeHead(302, { location: '/b.jpg' }).end() : response.end('bytes'),
  )
  expect((await get(url)).toString()).toBe('bytes')
})

it.each([
  [404, 'source_data_invalid'],
  [403, 'source_data_invalid'],
  [429, 'item_missing'],
  [503, 'item_missing'],
])('tells what answers %i as %s, without its query', async (status, code) => {
  const url = await serve((_, response) => response.writeHead(status).end())
  const told = { code, message: expect.stringMatching(/a\.jpg answered \d+$/) }
  await expect(get(`${url}?key=hidden`)).rejects.toMatchObject(told)
})

it('takes no more than it may', async () => {
  const url = await serve((_, response) => response.end(Buffer.alloc(2000)))
  await expect(get(url)).rejects.toMatchObject({
    code: 'source_data_invalid',
    message: expect.stringMatching(/more than 1000 bytes/),
  })
})

it('waits for what is slow or breaks off', async () => {
  const slow = await serve(() => undefined)
  await expect(get(slow)).rejects.toMatchObject({
    code: 'item_missing',
    message: expect.stringMatching(/took longer than 200 ms/),
  })
  server?.closeAllConnections()
  const broken = await serve((_, response) => {
    response.writeHead(200, { 'content-length': 100 })
    response.write('half', () => response.destroy())
  })
  await expect(get(broken)).rejects.toMatchObject({
    code: 'item_missing',
    message: expect.stringMatching(/could not be read/),
  })
})

it('asks no private network unless it may, and no other kind of address', async () => {
  const url = await serve((_, response) => response.end('bytes'))
  await expect(get(url, { privateAddresses: false })).rejects.toThrow(/private network.*allowPrivateAddresses/)
  await expect(get('file:///etc/passwd')).rejects.toMatchObject({ code: 'source_data_invalid' })
  await expect(get('no address')).rejects.toMatchObject({ code: 'source_data_invalid' })
})
