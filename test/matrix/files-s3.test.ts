import { afterAll, beforeAll, expect, onTestFinished } from 'vitest'
import { decimal8 } from '../../src/events/decimal.ts'
import { s3Place } from '../../src/systems/files/s3-place.ts'
import { settings as declared, ordersOf } from '../../src/systems/files/settings.ts'
import { writeFileOrders } from '../../src/systems/files/write-orders.ts'
import { connectionOf, lineOf, orderOf, vendorOrder } from '../data/processor-events.ts'
import { type ProxyFault, startFaultProxy } from '../worlds/fault-proxy.ts'
import { placeClient } from '../worlds/place-client.ts'
import { s3FilesWorld } from '../worlds/s3-files-world.ts'
import {
  noS3Server,
  type S3Server,
  s3ActionOf,
  s3OptionsAt,
  startS3Server,
} from '../worlds/s3-server/start-s3-server.ts'
import { valuesOf } from '../worlds/settings.ts'
import { silentServer } from '../worlds/silent-server.ts'
import { testFaults } from './fault-matrix.ts'

const signal = new AbortController().signal
const ROWS = Array.from({ length: 10 }, (_, index) => `A-${index},${index}\n`)
const STOCK = `sku,quantity\n${ROWS.join('')}`

let server: S3Server
beforeAll(async () => {
  server = await startS3Server()
})
afterAll(async () => await server.stop())

async function proxied() {
  const proxy = await startFaultProxy(server.address, s3ActionOf)
  onTestFinished(() => proxy.close())
  return proxy
}

/** A run ends well after these, and has published all of the file once. */
async function survives(...faults: readonly ProxyFault[]): Promise<void> {
  const proxy = await proxied()
  const world = s3FilesWorld('inventory', server.address, { reached: proxy.url })
  await world.put('stock.csv', STOCK)
  proxy.set(...faults)
  expect(await world.run()).toMatchObject({ state: 'ended', published: 10, unreadable: 0 })
  expect(await world.events()).toHaveLength(10)
  expect(proxy.left()).toBe(0)
}

const XML = { 'content-type': 'application/xml' }
const SLOW_DOWN = '<?xml version="1.0"?><Error><Code>SlowDown</Code><Message>Reduce your rate.</Message></Error>'
const answers = (action: string, status: number, body: string, headers: Readonly<Record<string, string>> = XML) =>
  ({ action, kind: 'answer', status, body, headers, times: 1 }) as const

const cells = {
  'rate-limited': async () => {
    const before = Date.now()
    await survives(answers('LIST', 503, SLOW_DOWN, { ...XML, 'retry-after': '1' }))
    // It was left alone for as long as it asked for.
    expect(Date.now() - before).toBeGreaterThanOrEqual(1000)
  },
  'rate-limited-silently': async () =>
    await survives(answers('LIST', 503, SLOW_DOWN), answers('GET stock.csv', 503, SLOW_DOWN)),
  'gateway-page': async () =>
    await survives(
      answers('LIST', 502, '<html>', { 'content-type': 'text/html' }),
      answers('GET stock.csv', 504, '<html>', { 'content-type': 'text/html' }),
      // As if it were the list.
      answers('LIST', 200, '<html><body>Be right back.</body></html>', { 'content-type': 'text/html' }),
    ),
  'lost-answer': async () => {
    const proxy = await proxied()
    const options = s3OptionsAt(server.address)
    const [place, direct] = [s3Place({ ...options, endpoint: new URL(proxy.url) }), s3Place(options)]
    const client = placeClient((work, stop) => place.visit(work, stop))
    const sink = writeFileOrders(client, ordersOf(valuesOf(declared)))
    const event = vendorOrder('acme', '1', orderOf([lineOf('1', 'A-1')]))
    const deliver = async () =>
      await sink.deliver(event, connectionOf('acme', '^A'), signal, { targetId: null, unclear: true })
    const list = async () => await direct.visit((visit) => visit.list('orders'), signal)
    // Its own notes: nothing was sent yet, so the order is sent by the next attempt.
    for (const name of ['acme-1.waiting', 'acme-1.sent']) {
      proxy.set({ action: `PUT ${name}`, kind: 'lose', times: 1 })
      await expect(deliver()).rejects.toMatchObject({ code: 'target_unavailable' })
      expect(await list()).toEqual([])
      if (name === 'acme-1.waiting') continue
      // The mark says that it may be sent, so people look.
      await expect(deliver()).rejects.toMatchObject({ code: 'target_conflict' })
      await direct.visit((visit) => visit.remove('orders/.waldstream/acme-1.sent'), signal)
    }
    // The order is stored, its answer is lost; once the vendor takes it away, once it leaves it there.
    proxy.set({ action: 'PUT acme-1.csv', kind: 'lose', times: 1 })
    await expect(deliver()).rejects.toMatchObject({ code: 'target_unavailable' })
    await direct.visit((visit) => visit.move('orders/acme-1.csv', 'taken.csv'), signal)
    await expect(deliver()).rejects.toMatchObject({ code: 'target_conflict' })
    await direct.visit((visit) => visit.move('taken.csv', 'orders/acme-1.csv'), signal)
    proxy.set({ action: 'DELETE acme-1.waiting', kind: 'lose', times: 1 })
    await expect(deliver()).rejects.toMatchObject({ code: 'target_unavailable' })
    expect(await deliver()).toMatchObject({ outcome: 'unchanged' })
    await direct.visit((visit) => visit.remove('orders/acme-1.csv'), signal)
    expect(await deliver()).toMatchObject({ outcome: 'unchanged' })
    expect(await list()).toEqual([])
  },
  'half-an-answer': async () => {
    // Half of a list, which the SDK reads as an empty one, and half of a file that ends with a whole row.
    await survives({ action: 'LIST', kind: 'halve', times: 1 }, { action: 'GET stock.csv', kind: 'halve', times: 1 })
  },
  'slow-answer': async () => {
    const silent = await silentServer()
    const place = s3Place({ ...s3OptionsAt(`http://127.0.0.1:${silent.port}`), timeoutMs: 300 })
    await expect(place.visit((visit) => visit.list(''), signal)).rejects.toMatchObject({ code: 'timed_out' })
    await silent.disconnected
  },
  'rows-move': async () => {
    const proxy = await proxied()
    const world = s3FilesWorld('inventory', server.address, { reached: proxy.url })
    await world.put('stock.csv', STOCK)
    // The file is replaced between its listing and its reading: it is listed again.
    proxy.set({ action: 'GET stock.csv', kind: 'delay', delayMs: 300, times: 1 })
    const running = world.run()
    await expect.poll(() => proxy.seen.includes('GET stock.csv'), { interval: 5 }).toBe(true)
    await world.put('stock.csv', STOCK.replace('A-3,3', 'A-3,30'))
    expect(await running).toMatchObject({ state: 'ended', published: 10, unreadable: 0 })
    const changed = (await world.events()).find(({ key }) => key === 'A-3')
    expect(changed?.data.locations[0]?.available).toEqual(decimal8('30', 'quantity'))
  },
}

testFaults('files-s3', cells, noS3Server)
