import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { expect, it, onTestFinished } from 'vitest'
import { createResolver } from '../../../src/configuration/references.ts'
import { createReader } from '../../../src/producers/create-reader.ts'
import { createClients } from '../../../src/systems/clients.ts'
import { renewedSink } from '../../../src/systems/renewed-sink.ts'
import { localNetwork } from '../../data/loopback.ts'
import { governors, readAll, readOf, systemOf, wallClock } from '../../worlds/sources.ts'

/** A shop that takes one bearer token, and counts what it was asked. */
async function startShop(token: string) {
  const seen: string[] = []
  const server = createServer(({ headers }, response) => {
    seen.push(headers.authorization ?? '')
    const right = headers.authorization === `Bearer ${token}`
    response.writeHead(right ? 200 : 401, { 'content-type': 'application/json' })
    response.end(JSON.stringify(right ? { items: [], total_count: 0 } : { message: 'The consumer is not authorized.' }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
}

async function secretFile() {
  const folder = await mkdtemp(join(tmpdir(), 'waldstream-renewed-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const path = join(folder, 'shop.token')
  const write = (value: string) => writeFile(path, `${value}\n`)
  return { environment: { SECRET_DIR: folder }, reference: `file:${path}`, write }
}

async function secretVariable() {
  const name = 'WALDSTREAM_SECRET_SHOP__TOKEN'
  const environment: Record<string, string> = {}
  const write = async (value: string) => {
    environment[name] = value
  }
  return { environment, reference: `env:${name}`, write }
}

it.each([
  ['file', secretFile],
  ['variable', secretVariable],
])('a secret that is renewed in its %s reaches sink and reader, and nothing is restarted', async (_what, secretIn) => {
  const shop = await startShop('new')
  const secret = await secretIn()
  await secret.write('old')
  const clients = createClients({
    clock: wallClock,
    governors,
    network: localNetwork,
    logger: pino({ level: 'silent' }),
    resolveSecret: createResolver(secret.environment),
  })
  const system = systemOf({ id: 'shop', type: 'magento2', address: shop.url, secrets: { bearer: secret.reference } })
  const sink = await renewedSink(system, 'shop-images', clients)
  const read = () => readAll(createReader(readOf('shop', 'orders', 10), system, { clock: wallClock, clients }) as never)
  const { signal } = new AbortController()
  await expect(sink.probe?.(signal)).rejects.toMatchObject({ policy: 'pause' })
  await expect(read()).rejects.toMatchObject({ policy: 'pause' })
  await secret.write('new')
  await sink.probe?.(signal)
  await read()
  expect(shop.seen.at(-1)).toBe('Bearer new')
  // One that works is kept.
  const before = await clients.of(system)
  await sink.probe?.(signal)
  expect(await clients.of(system)).toBe(before)
})
