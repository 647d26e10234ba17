// A vendor with an FTP server, from its document to files: doctor, stock and an order that is sent once.

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { createFilesClient } from '../../src/systems/files/client.ts'
import { settings as declared, ordersOf } from '../../src/systems/files/settings.ts'
import { writeFileOrders } from '../../src/systems/files/write-orders.ts'
import { localNetwork } from '../data/loopback.ts'
import { connectionOf, lineOf, orderOf, vendorOrder } from '../data/processor-events.ts'
import { noFtpServer, startFtpServer } from '../worlds/ftp-server/start-ftp-server.ts'
import { readWorld } from '../worlds/read-world.ts'
import { connectable, valuesOf } from '../worlds/settings.ts'
import { governors, readOf, systemOf, wallClock } from '../worlds/sources.ts'
import { silentLogger } from '../worlds/stage-context.ts'

const signal = new AbortController().signal

it.skipIf(noFtpServer !== null)('is read and written over TLS', async () => {
  const server = await startFtpServer('explicit')
  onTestFinished(server.stop)
  const address = `ftps://127.0.0.1:${server.port}/`
  const given = { id: 'vendor', address, settings: {}, limits: { concurrency: 1 } }
  const values = { username: 'vendor', password: 'secret', ca: server.certificate }
  const client = createFilesClient(connectable(declared, { ...given, secrets: values }), {
    clock: wallClock,
    governors,
    network: localNetwork,
    logger: silentLogger,
  })
  mkdirSync(join(server.folder, 'inventory'))
  expect((await client.check(signal)).warnings).toEqual([
    expect.stringContaining('products does not exist; create it'),
    expect.stringContaining('fulfilments does not exist; create it'),
  ])

  const secrets = { username: 'env:USER', password: 'env:PASSWORD', ca: 'env:CA' }
  const read = readOf('vendor', 'inventory', 3)
  const settings = { 'inventory.files': 'stock-{yyyy}{MM}{dd}.csv', 'inventory.after': 'move' }
  const system = systemOf({ id: 'vendor', type: 'files', address, secrets, reads: [read], settings })
  const world = readWorld('inventory', { system, read }, { readerSleep: async () => undefined })
  world.secrets.set('env:USER', 'vendor').set('env:PASSWORD', 'secret').set('env:CA', server.certificate)
  writeFileSync(join(server.folder, 'inventory', 'stock-20261130.csv'), 'sku,quantity\nA,1\nB,2\n')
  expect(await world.run()).toMatchObject({ state: 'ended', published: 2 })
  expect(readdirSync(join(server.folder, 'inventory'))).toEqual(['read'])

  const sink = writeFileOrders(client, ordersOf(valuesOf(declared)))
  const event = vendorOrder('acme', '1', orderOf([lineOf('1', 'A-1')]))
  const deliver = async () =>
    await sink.deliver(event, connectionOf('acme', '^A'), signal, { targetId: null, unclear: false })
  expect(await deliver()).toEqual({ outcome: 'written', targetId: 'orders/acme-1.csv' })
  const file = join(server.folder, 'orders', 'acme-1.csv')
  expect(readFileSync(file, 'utf8')).toContain('A-1')
  // The vendor takes it away.
  rmSync(file)
  expect(await deliver()).toMatchObject({ outcome: 'unchanged' })
  expect(readdirSync(join(server.folder, 'orders'))).toEqual(['.waldstream'])
})
