// A vendor that sends its files by e-mail, from its document to events: doctor, stock in order, and what becomes of messages.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decimal8 } from '../../src/events/decimal.ts'
import { createFilesClient } from '../../src/systems/files/client.ts'
import { settings as declared, ordersOf } from '../../src/systems/files/settings.ts'
import { writeFileOrders } from '../../src/systems/files/write-orders.ts'
import { localNetwork } from '../data/loopback.ts'
import { connectionOf, lineOf, orderOf, vendorOrder } from '../data/processor-events.ts'
import { type ImapServer, noImapServer, startImapServer } from '../worlds/imap-server/start-imap-server.ts'
import { mailFilesWorld } from '../worlds/mail-files-world.ts'
import { connectable, valuesOf } from '../worlds/settings.ts'
import { governors, wallClock } from '../worlds/sources.ts'
import { silentLogger } from '../worlds/stage-context.ts'

const signal = new AbortController().signal
const STOCK = 'sku,quantity\nA,1\nB,2\n'

describe.skipIf(noImapServer !== null)('a vendor that sends e-mails', () => {
  let server: ImapServer
  beforeAll(async () => {
    server = await startImapServer()
  })
  afterAll(async () => await server.stop())

  it('is read in the order of its messages, each attachment once, also if all have one name', async () => {
    const world = await mailFilesWorld('inventory', server)
    await world.send({ 'stock.csv': STOCK })
    await world.send({ 'stock.csv': STOCK.replace('B,2', 'B,5') })
    expect(await world.run()).toMatchObject({ state: 'ended', read_count: 4, unreadable: 0 })
    const stock = (await world.events()).findLast(({ key }) => key === 'B')
    expect(stock?.data.locations[0]?.available).toEqual(decimal8('5', 'quantity'))
    expect(await world.run()).toMatchObject({ state: 'ended', read_count: 0 })
    await world.restart()
    await world.send({ 'stock.csv': STOCK.replace('B,2', 'B,7') })
    expect(await world.run()).toMatchObject({ state: 'ended', published: 1, unchanged: 1 })
    expect(await world.deadLetters()).toEqual([])
    expect(await world.mailbox.subjects()).toEqual(['You have won', 'Stock', 'Stock', 'Stock'])
  })

  it('moves messages that were read whole, and sweeps after the last one', async () => {
    const settings = {
      'inventory.files': 'stock-*.csv',
      'inventory.after': 'move',
      'mail.subject': 'Stock of *',
    }
    const world = await mailFilesWorld('inventory', server, { settings })
    await world.send(
      { 'stock-1.csv': STOCK, 'stock-2.csv': STOCK.replace('B,2', 'B,5'), 'terms.txt': 'x' },
      'Stock of Mo',
    )
    await world.send({ 'stock-1.csv': 'sku,quantity\nX,1\n' }, 'Special offer')
    expect(await world.run()).toMatchObject({ state: 'ended', read_count: 4, unreadable: 0 })
    expect(await world.mailbox.subjects()).toEqual(['You have won', 'Special offer'])
    expect(await world.mailbox.subjects('INBOX.read')).toEqual(['Stock of Mo'])
    await world.send({ 'stock-1.csv': 'sku,quantity\nA,1\nB,5\nC,3\n' }, 'Stock of Tu')
    expect(await world.run()).toMatchObject({ state: 'ended', published: 1 })
    expect(await world.mailbox.subjects('INBOX.read')).toEqual(['Stock of Mo', 'Stock of Tu'])
    expect(await world.run('sweep')).toMatchObject({ state: 'ended', read_count: 3, gone: 0 })
  })

  it('keeps a message of which one attachment is refused', async () => {
    const world = await mailFilesWorld('inventory', server, { settings: { 'inventory.after': 'delete' } })
    await world.send({ 'a.csv': STOCK, 'b.csv': 'name\nx\n' })
    expect(await world.run()).toMatchObject({ state: 'failed', published: 2 })
    expect(await world.mailbox.subjects()).toEqual(['You have won', 'Stock'])
  })

  it('is checked, and gets no orders', async () => {
    const { mailbox, system } = await mailFilesWorld('inventory', server)
    const secrets = { username: mailbox.user, password: mailbox.user, ca: server.certificate }
    const deps = { clock: wallClock, governors, network: localNetwork, logger: silentLogger }
    const clientOf = (settings: object) =>
      createFilesClient(
        connectable(declared, { ...system, secrets, settings: { ...system.settings, ...settings } }),
        deps,
      )
    expect(await clientOf({}).check(signal)).toEqual({ date: null, warnings: [] })
    expect(await clientOf({ 'prices.folder': 'prices' }).check(signal)).toEqual({
      date: null,
      warnings: [expect.stringContaining('settings.prices.folder: ')],
    })
    await expect(
      createFilesClient(connectable(declared, { ...system, secrets: { ...secrets, password: 'x' } }), deps).check(
        signal,
      ),
    ).rejects.toMatchObject({ code: 'credentials_refused' })
    const sink = writeFileOrders(clientOf({}), ordersOf(valuesOf(declared)))
    const event = vendorOrder('acme', '1', orderOf([lineOf('1', 'A-1')]))
    await expect(
      sink.deliver(event, connectionOf('acme', '^A'), signal, { targetId: null, unclear: false }),
    ).rejects.toMatchObject({ code: 'configuration_invalid', field: 'address' })
  })
})
