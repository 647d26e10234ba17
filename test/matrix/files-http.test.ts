import { expect } from 'vitest'
import { createGuardedHttp } from '../../src/platform/guarded-http.ts'
import { httpPlace } from '../../src/systems/files/http-place.ts'
import { settings as declared, ordersOf } from '../../src/systems/files/settings.ts'
import { writeFileOrders } from '../../src/systems/files/write-orders.ts'
import { localNetwork } from '../data/loopback.ts'
import { connectionOf, lineOf, orderOf, vendorOrder } from '../data/processor-events.ts'
import { startFileServer } from '../worlds/file-server.ts'
import { placeClient } from '../worlds/place-client.ts'
import { valuesOf } from '../worlds/settings.ts'
import { silentServer } from '../worlds/silent-server.ts'
import { webFilesWorld } from '../worlds/web-files-world.ts'
import { testFaults } from './fault-matrix.ts'

const signal = new AbortController().signal
const ROWS = Array.from({ length: 10 }, (_, index) => `A-${index},${index}\n`)
const STOCK = `sku,quantity\n${ROWS.join('')}`

const placeAt = (root: string, authorization: string, timeoutMs = 20_000) =>
  httpPlace({
    root,
    credentials: { authorization },
    namesIn: () => ['stock.csv'],
    assertWritable: () => undefined,
    http: createGuardedHttp(localNetwork),
    timeoutMs,
  })

/** A run ends well after this answer, and has published all of the file once. */
async function survives(status: number, headers: Readonly<Record<string, string>> = {}, body = ''): Promise<void> {
  const world = await webFilesWorld('inventory')
  world.put(STOCK)
  world.server.answerNext(({ response }) => response.writeHead(status, headers).end(body))
  expect(await world.run()).toMatchObject({ state: 'ended', published: 10, unreadable: 0 })
  expect(await world.events()).toHaveLength(10)
}

testFaults('files-http', {
  'rate-limited': async () => {
    const before = Date.now()
    await survives(429, { 'retry-after': '1' })
    // It was left alone for as long as it asked for.
    expect(Date.now() - before).toBeGreaterThanOrEqual(1000)
  },
  'rate-limited-silently': async () => await survives(429),
  'gateway-page': async () => {
    await survives(502, { 'content-type': 'text/html' }, '<html>')
    // As if it were the file: it lacks the columns, and changes nothing.
    const world = await webFilesWorld('inventory', { settings: { 'inventory.complete': 'rename' } })
    world.put(STOCK)
    world.server.answerNext(({ usual }) => usual())
    world.server.answerNext(({ response }) => response.writeHead(200).end('<html>\n<body>\n</body>\n</html>\n'))
    expect(await world.run()).toMatchObject({ published: 0 })
    expect(await world.run()).toMatchObject({ state: 'ended', published: 10 })
  },
  'lost-answer': async () => {
    const server = await startFileServer()
    const place = placeAt(server.address, server.authorization)
    const client = placeClient((work, stop) => place.visit(work, stop))
    const sink = writeFileOrders(client, ordersOf(valuesOf(declared)))
    const event = vendorOrder('acme', '1', orderOf([lineOf('1', 'A-1')]))
    const deliver = async () =>
      await sink.deliver(event, connectionOf('acme', '^A'), signal, { targetId: null, unclear: true })
    // The order is stored, its answer is lost; once the vendor leaves it there, once it takes it away.
    server.onPut('orders/acme-1.csv', ({ lost }) => lost())
    await expect(deliver()).rejects.toMatchObject({ code: 'target_unavailable' })
    const { content } = server.files.get('orders/acme-1.csv') ?? {}
    server.files.delete('orders/acme-1.csv')
    await expect(deliver()).rejects.toMatchObject({ code: 'target_conflict' })
    if (content !== undefined) server.put('orders/acme-1.csv', content.toString())
    expect(await deliver()).toMatchObject({ outcome: 'unchanged' })
    server.files.delete('orders/acme-1.csv')
    expect(await deliver()).toMatchObject({ outcome: 'unchanged' })
    expect(server.files.has('orders/acme-1.csv')).toBe(false)
  },
  'half-an-answer': async () => {
    const world = await webFilesWorld('inventory', { settings: { 'inventory.complete': 'rename' } })
    world.put(STOCK)
    world.server.answerNext(({ usual }) => usual())
    world.server.answerNext(({ response, content }) => {
      response.writeHead(200, { 'content-length': content.length })
      response.write(content.subarray(0, -6), () => response.destroy())
    })
    // It ends with a whole row, and is asked for again.
    expect(await world.run()).toMatchObject({ state: 'ended', published: 10, unreadable: 0 })
    expect(await world.events()).toHaveLength(10)
  },
  'slow-answer': async () => {
    const silent = await silentServer()
    const place = placeAt(`http://127.0.0.1:${silent.port}`, 'Basic x', 300)
    await expect(place.visit((visit) => visit.list(''), signal)).rejects.toMatchObject({ code: 'timed_out' })
    await silent.disconnected
  },
  'rows-move': async () => {
    // The file is replaced between its first look and its second one.
    const looks = { left: 1 }
    const world = await webFilesWorld('inventory', {
      betweenLooks: () => {
        if (looks.left > 0) world.put(STOCK.replace('A-3,3', 'A-3,30'))
        looks.left -= 1
      },
    })
    world.put(STOCK)
    expect(await world.run()).toMatchObject({ state: 'ended', read_count: 0 })
    expect(await world.run()).toMatchObject({ state: 'ended', published: 10, unreadable: 0 })
  },
})
