// A vendor with a bucket of S3, from its document to files: doctor, stock, and an order that is sent once.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFilesClient } from '../../src/systems/files/client.ts'
import { settings as declared, ordersOf } from '../../src/systems/files/settings.ts'
import { files } from '../../src/systems/files/system.ts'
import { writeFileOrders } from '../../src/systems/files/write-orders.ts'
import type { SourceReader } from '../../src/systems/kit/source.ts'
import { localNetwork } from '../data/loopback.ts'
import { connectionOf, lineOf, orderOf, vendorOrder } from '../data/processor-events.ts'
import { s3FilesWorld } from '../worlds/s3-files-world.ts'
import { noS3Server, S3_SECRETS, type S3Server, startS3Server } from '../worlds/s3-server/start-s3-server.ts'
import { connectable, valuesOf } from '../worlds/settings.ts'
import { governors, WHOLE, wallClock } from '../worlds/sources.ts'
import { silentLogger } from '../worlds/stage-context.ts'

const signal = new AbortController().signal
const deps = { clock: wallClock, governors, network: localNetwork, logger: silentLogger }
const STOCK = 'sku,quantity\nA,1\nB,2\n'

describe.skipIf(noS3Server !== null)('a vendor with a bucket', () => {
  let server: S3Server
  beforeAll(async () => {
    server = await startS3Server()
  })
  afterAll(async () => await server.stop())

  it('is checked, read once and written once', async () => {
    const settings = { 'inventory.files': 'stock-{yyyy}{MM}{dd}.csv', 'inventory.after': 'move' }
    const world = s3FilesWorld('inventory', server.address, { settings })
    const client = createFilesClient(connectable(declared, { ...world.system, secrets: S3_SECRETS }), deps)
    expect(await client.check(signal)).toEqual({ date: null, warnings: [] })
    expect(await world.list('orders')).toEqual([])

    await world.put('stock-20261130.csv', STOCK)
    expect(await world.run()).toMatchObject({ state: 'ended', published: 2 })
    expect(await world.list()).toEqual([])
    expect(await world.list('inventory/read')).toEqual([expect.stringMatching(/^[0-9a-f]{12}-stock-20261130\.csv$/)])
    expect(await world.run()).toMatchObject({ state: 'ended', read_count: 0 })

    const sink = writeFileOrders(client, ordersOf(valuesOf(declared)))
    const event = vendorOrder('acme', '1', orderOf([lineOf('1', 'A-1')]))
    const deliver = async () =>
      await sink.deliver(event, connectionOf('acme', '^A'), signal, { targetId: null, unclear: false })
    expect(await deliver()).toEqual({ outcome: 'written', targetId: 'orders/acme-1.csv' })
    expect(await world.list('orders')).toEqual(['acme-1.csv'])
    // The vendor takes it away.
    await world.place.visit((visit) => visit.remove('orders/acme-1.csv'), signal)
    expect(await deliver()).toMatchObject({ outcome: 'unchanged' })
    expect(await world.list('orders')).toEqual([])
    expect(await world.list('orders/.waldstream')).toEqual(['acme-1.sent'])
  })

  it('keeps a file that replaced the one that was read, and reads it next', async () => {
    const settings = { 'inventory.files': 'stock.csv', 'inventory.after': 'delete' }
    const world = s3FilesWorld('inventory', server.address, { settings })
    await world.put('stock.csv', STOCK)
    const [read] = world.system.reads
    if (read === undefined) throw new Error('there is no read')
    const reader = files
      .open({ ...world.system, secrets: S3_SECRETS }, deps)
      .reader(read, { clock: wallClock }, null) as SourceReader<'inventory'>
    for await (const page of reader.read(WHOLE, null, signal)) {
      expect(page.entities).toHaveLength(2)
      // The vendor writes the next one while this one is published.
      await world.put('stock.csv', STOCK.replace('B,2', 'B,5'))
    }
    expect(await world.list()).toEqual(['stock.csv'])
    expect(await world.run()).toMatchObject({ state: 'ended', published: 2 })
    expect(await world.list()).toEqual([])
  })
})
