import { createHash } from 'node:crypto'
import { lookup } from 'node:dns'
import { expect } from 'vitest'
import { localPlace } from '../../src/systems/files/local-place.ts'
import type { Place } from '../../src/systems/files/place.ts'
import { settings as declared, ordersOf } from '../../src/systems/files/settings.ts'
import { sftpPlace } from '../../src/systems/files/sftp-place.ts'
import { writeFileOrders } from '../../src/systems/files/write-orders.ts'
import { connectionOf, lineOf, orderOf, vendorOrder } from '../data/processor-events.ts'
import { filesWorld } from '../worlds/files-world.ts'
import { placeClient } from '../worlds/place-client.ts'
import { valuesOf } from '../worlds/settings.ts'
import { silentServer } from '../worlds/silent-server.ts'
import { testFaults } from './fault-matrix.ts'

const signal = new AbortController().signal
const ROWS = Array.from({ length: 10 }, (_, index) => `A-${index},${index}\n`)
const STOCK = `sku,quantity\n${ROWS.join('')}`

const clientOf = (place: Place) => placeClient((work, stop) => place.visit(work, stop))

testFaults('files', {
  'lost-answer': async () => {
    const { folder } = filesWorld('inventory')
    const place = localPlace(folder)
    // Every move is carried out, and the first answer is lost; the vendor fetches the file meanwhile.
    const lost = { answers: 1 }
    const losing: Place = {
      ...place,
      visit: (work, stop) =>
        place.visit(
          (visit) =>
            work({
              ...visit,
              async move(from, to) {
                await visit.move(from, to)
                lost.answers -= 1
                if (lost.answers < 0) return
                await visit.remove(to)
                throw new Error('the answer is lost')
              },
            }),
          stop,
        ),
    }
    const sink = writeFileOrders(clientOf(losing), ordersOf(valuesOf(declared)))
    const event = vendorOrder('acme', '1', orderOf([lineOf('1', 'A-1')]))
    const deliver = async () =>
      await sink.deliver(event, connectionOf('acme', '^A'), signal, { targetId: null, unclear: true })
    await expect(deliver()).rejects.toThrow('the answer is lost')
    expect(await deliver()).toMatchObject({ outcome: 'unchanged' })
    expect(await place.visit((visit) => visit.list('orders'), signal)).toEqual([])
  },
  'half-an-answer': async () => {
    const world = filesWorld('inventory')
    world.put('stock.csv', STOCK)
    await world.run()
    const before = await world.events()
    for (const size of [1, 20, STOCK.length - 1]) {
      world.put('stock.csv', STOCK.slice(0, size).replaceAll(',5', ',6'), 2_000_000_000 + size)
      expect(await world.run()).toMatchObject({ state: 'failed', published: 0 })
    }
    expect(await world.events()).toEqual(before)
    expect(await world.deadLetters()).toEqual([])
  },
  'slow-answer': async () => {
    const server = await silentServer()
    const place = sftpPlace({
      host: '127.0.0.1',
      port: server.port,
      root: '',
      username: 'vendor',
      signIn: { password: 'secret' },
      hostKeys: [`SHA256:${createHash('sha256').update('key').digest('base64')}`],
      lookup,
      timeoutMs: 300,
    })
    await expect(place.visit((visit) => visit.list(''), signal)).rejects.toMatchObject({ code: 'timed_out' })
    await server.disconnected
  },
  'rows-move': async () => {
    // The file is replaced between its first look and its second one.
    const world = filesWorld('inventory', {
      betweenLooks: () => world.put('stock.csv', STOCK.replace('A-3,3', 'A-3,30'), 2_000_000_000),
    })
    world.put('stock.csv', STOCK, 1_900_000_000)
    expect(await world.run()).toMatchObject({ state: 'ended', read_count: 0 })
    expect(await world.run()).toMatchObject({ state: 'ended', published: 10, unreadable: 0 })
  },
})
