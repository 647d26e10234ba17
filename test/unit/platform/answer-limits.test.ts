import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { pino } from 'pino'
import { expect, it, onTestFinished } from 'vitest'
import { createGovernor } from '../../../src/platform/governor/governor.ts'
import { ownPermits } from '../../../src/platform/governor/permits.ts'
import { createHttp } from '../../../src/platform/http.ts'
import { localNetwork } from '../../data/loopback.ts'
import { wallClock } from '../../worlds/sources.ts'

async function answering(body: Buffer, headers: Readonly<Record<string, string>>) {
  const server = createServer((_request, response) => response.writeHead(200, headers).end(body))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return createHttp({
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    timeoutMs: 30_000,
    governor: createGovernor({ concurrency: 1 }, ownPermits(), wallClock),
    logger: pino({ level: 'silent' }),
    network: localNetwork,
  })
}

const json = { 'content-type': 'application/json' }
const get = { method: 'GET', path: '/x' } as const
const MB = 1024 * 1024

it('an answer that unpacks to 300 MB is refused, and never in memory', async () => {
  const zeros = Buffer.alloc(300 * MB, '0')
  const bomb = gzipSync(zeros)
  expect(bomb.length).toBeLessThan(400_000)
  const http = await answering(bomb, { ...json, 'content-encoding': 'gzip' })
  const before = process.memoryUsage()
  let most = 0
  const watching = setInterval(() => {
    const now = process.memoryUsage()
    most = Math.max(most, now.external + now.arrayBuffers + now.heapUsed)
  }, 5)
  onTestFinished(() => clearInterval(watching))
  await expect(http.for('inventory').request(get)).rejects.toMatchObject({
    code: 'value_too_large',
    message: expect.stringMatching(/larger than 32 MB, the limit of calls about inventory; .*pageSize/),
  })
  expect(most - before.external - before.arrayBuffers - before.heapUsed).toBeLessThan(150 * MB)
})

it('an answer that is sent without end is cut off', async () => {
  const http = await answering(Buffer.alloc(17 * MB, ' '), json)
  await expect(http.for('fulfilments').request(get)).rejects.toMatchObject({
    code: 'value_too_large',
    message: expect.stringContaining('larger than 16 MB'),
  })
})

it.each([
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['br', brotliCompressSync],
  ['identity', (body: Buffer) => body],
] as const)('is read in %s as before', async (encoding, pack) => {
  const http = await answering(pack(Buffer.from('\uFEFF{"a":1.10}')), { ...json, 'content-encoding': encoding })
  expect((await http.request(get)).text).toBe('{"a":1.10}')
})

it('what was cut while it was packed is half an answer', async () => {
  const body = gzipSync(Buffer.from(JSON.stringify({ items: Array.from({ length: 5000 }, (_, id) => ({ id })) })))
  const http = await answering(body.subarray(0, body.length - 500), { ...json, 'content-encoding': 'gzip' })
  await expect(http.request(get)).rejects.toMatchObject({ code: 'target_unavailable' })
})
