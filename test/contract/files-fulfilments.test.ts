// Tracking files: a shipment once, however often its file comes.

import { describe, expect, it } from 'vitest'
import { text8 } from '../../src/events/decimal.ts'
import { filesWorld } from '../worlds/files-world.ts'

const HEAD = 'reference,sku,quantity,carrier,tracking\n'
const worldOf = (settings: Readonly<Record<string, unknown>> = {}) =>
  filesWorld('fulfilments', { settings: { 'fulfilments.columns.carrier': 'carrier', ...settings } })

async function shipments(world: ReturnType<typeof worldOf>) {
  return (await world.events()).map(({ key, data: { orderReference, lines, tracks } }) => ({
    key,
    orderReference,
    lines: lines.map(({ sku, quantity }) => `${text8(quantity)} ${sku}`),
    tracks: tracks.map(({ number, carrier }) => `${carrier} ${number}`),
  }))
}

describe('a tracking file', () => {
  it('has shipments by order and tracking number, and each is published once', async () => {
    const world = worldOf()
    world.put('t1.csv', `${HEAD}acme-1001,0012,2,UPS,1Z999\nacme-1002,A-2,1,,9400\nacme-1001,A-2,1,UPS,1Z999\n`, 1000)
    expect(await world.run()).toMatchObject({ state: 'ended', published: 2 })
    expect(await shipments(world)).toEqual([
      { key: 'acme-1001 1Z999', orderReference: 'acme-1001', lines: ['2 0012', '1 A-2'], tracks: ['UPS 1Z999'] },
      { key: 'acme-1002 9400', orderReference: 'acme-1002', lines: ['1 A-2'], tracks: ['null 9400'] },
    ])
    world.put(
      't2.csv',
      `${HEAD}acme-1001,A-2,1,UPS,1Z999\nacme-1001,0012,2,UPS,1Z999\nacme-1003,A-2,1,UPS,1Z000\n`,
      2000,
    )
    expect(await world.run()).toMatchObject({ published: 1, unchanged: 1 })
  })

  it('may have several parcels of a shipment, and order numbers of one connection', async () => {
    const world = worldOf({
      'fulfilments.columns.shipment': 'shipment',
      'fulfilments.columns.order': 'order',
      'fulfilments.connection': 'acme',
    })
    world.put('t.csv', 'shipment,order,sku,quantity,carrier,tracking\nS1,10-1,A,1,UPS,1Z1\nS1,10-1,A,2,UPS,1Z2\n')
    await world.run()
    expect(await shipments(world)).toEqual([
      { key: 'acme_10-1 S1', orderReference: 'acme_10-1', lines: ['3 A'], tracks: ['UPS 1Z1', 'UPS 1Z2'] },
    ])
  })

  it('reports what can not be read, and publishes the rest', async () => {
    const world = worldOf({ 'fulfilments.mostOddPercent': 100 })
    world.put(
      't.csv',
      `${HEAD}acme-1,A,1,UPS,1Z1\nacme-2,A,0,UPS,1Z2\nacme-3,A,1,UPS,\nacme-4,A,1,UPS,1Z4\nacme-4,A,1,UPS,1Z4\nacme-5,A,1,UPS,1.23E+11\n`,
    )
    expect(await world.run()).toMatchObject({ state: 'ended', published: 1, unreadable: 4 })
    const said = (await world.deadLetters()).map(({ message }) => message).join('\n')
    for (const part of [
      't.csv, line 3, column quantity: a shipped quantity must be more than 0',
      't.csv, line 4, column tracking is empty',
      't.csv, line 6: the shipment has several rows for A in one parcel',
      't.csv, line 7, column tracking: 1.23E+11 is a number that a spreadsheet has shortened',
    ]) {
      expect(said).toContain(part)
    }
  })
})

describe('a file with a status', () => {
  const STATUS = {
    'fulfilments.columns.status': 'status',
    'fulfilments.columns.reason': 'reason',
    'fulfilments.kinds': {
      Shipped: 'shipment',
      accepted: 'confirmation',
      rejected: 'cancellation',
      discontinued: 'closure',
      backordered: 'ignored',
    },
  }
  const COLUMNS = 'reference,sku,quantity,carrier,tracking,status,reason\n'
  const said = async (world: ReturnType<typeof worldOf>) =>
    (await world.events()).map(({ key, data: { orderReference, kind, lines, tracks } }) => ({
      order: orderReference,
      key: key.replace(/-[0-9a-f]{12}$/, '-#'),
      kind,
      lines: lines.map(({ sku, quantity, reason }) => `${text8(quantity)} ${sku} ${reason}`),
      tracks: tracks.length,
    }))

  it('has shipments, confirmations, closures and cancellations, each once', async () => {
    const world = worldOf(STATUS)
    const rows = [
      'acme-1,A,2,UPS,1Z1,shipped,',
      'acme-1,B,1,,,REJECTED,out of stock',
      'acme-2,A,5,,,accepted,not a reason of a confirmation',
      'acme-2,B,1,,,accepted,',
      'acme-3,A,1,,,discontinued,',
      'acme-4,A,1,,,backordered,',
    ]
    world.put('t1.csv', `${COLUMNS}${rows.join('\n')}\n`, 1000)
    expect(await world.run()).toMatchObject({ state: 'ended', published: 4, unreadable: 0 })
    expect(await said(world)).toEqual([
      { order: 'acme-1', key: 'acme-1 1Z1', kind: 'shipment', lines: ['2 A null'], tracks: 1 },
      { order: 'acme-1', key: 'acme-1 cancellation-#', kind: 'cancellation', lines: ['1 B out of stock'], tracks: 0 },
      {
        order: 'acme-2',
        key: 'acme-2 confirmation-#',
        kind: 'confirmation',
        lines: ['5 A null', '1 B null'],
        tracks: 0,
      },
      { order: 'acme-3', key: 'acme-3 closure-#', kind: 'closure', lines: ['1 A null'], tracks: 0 },
    ])
    // The same again, and more of an order: the earlier part stays as it was.
    world.put('t2.csv', `${COLUMNS}${rows[1]}\nacme-2,C,1,,,accepted,\n`, 2000)
    expect(await world.run()).toMatchObject({ published: 1, unchanged: 1 })
    expect(new Set((await world.events()).map(({ key }) => key)).size).toBe(5)
  })

  it('refuses words that are not declared, and rows that may have come twice, with the row', async () => {
    const world = worldOf({ ...STATUS, 'fulfilments.mostOddPercent': 100 })
    world.put(
      't.csv',
      `${COLUMNS}acme-1,A,1,,,lost,\nacme-2,A,1,,,,\nacme-3,A,1,,,accepted,\nacme-3,A,2,,,accepted,\nacme-4,A,0,,,accepted,\nacme-5,A,1,,,shipped,\n`,
    )
    expect(await world.run()).toMatchObject({ state: 'ended', published: 0, unreadable: 5 })
    const letters = (await world.deadLetters()).map(({ message }) => message).join('\n')
    for (const part of [
      't.csv, line 2, column status: "lost" is no status that the setting kinds declares',
      't.csv, line 3, column status: "" is no status',
      't.csv, line 5: the confirmation has several rows for A; add them up',
      't.csv, line 6, column quantity: a quantity must be more than 0',
      't.csv, line 7, column tracking is empty',
    ]) {
      expect(letters).toContain(part)
    }
  })

  it('of orders as a whole needs neither SKU nor tracking number', async () => {
    const world = worldOf({
      'fulfilments.columns.carrier': undefined,
      'fulfilments.columns.status': 'status',
      'fulfilments.kinds': { accepted: 'confirmation', rejected: 'cancellation' },
      'fulfilments.about': 'orders',
    })
    world.put('t.csv', 'reference,status\nacme-1,accepted\nacme-2,rejected\nacme-3,accepted\nacme-3,accepted\n')
    expect(await world.run()).toMatchObject({ state: 'ended', published: 2, unreadable: 1 })
    expect((await world.deadLetters())[0]?.message).toContain(
      'line 5: the order has several rows; leave one at the vendor',
    )
    expect((await said(world)).map(({ order, kind, lines }) => [order, kind, lines])).toEqual([
      ['acme-1', 'confirmation', []],
      ['acme-2', 'cancellation', []],
    ])
  })
})

describe('files of answers to orders, beside those of shipments', () => {
  const settings = {
    'acknowledgements.folder': 'fulfilments',
    'acknowledgements.delimiter': ';',
    'acknowledgements.kinds': { ok: 'confirmation' },
  }
  const worldOfAnswers = (given: Readonly<Record<string, unknown>>) =>
    filesWorld('fulfilments', { settings: given, filter: { files: 'acknowledgements' } })

  it('have settings of their own, and need no tracking number', async () => {
    const world = worldOfAnswers(settings)
    world.put('a.csv', 'reference;sku;quantity;status\nacme-1;A;2;ok\n')
    expect(await world.run()).toMatchObject({ state: 'ended', published: 1 })
    expect((await world.events()).map(({ data }) => [data.orderReference, data.kind])).toEqual([
      ['acme-1', 'confirmation'],
    ])
    world.put('b.csv', 'reference;sku;quantity;status\nacme-1;A;2;gone\n', 4_000_000_000)
    expect(await world.run()).toMatchObject({ state: 'failed', published: 0 })
  })

  it('are not read without words for their status', async () => {
    const world = worldOfAnswers({ ...settings, 'acknowledgements.kinds': undefined })
    expect(await world.run()).toMatchObject({
      state: 'failed',
      error: {
        code: 'configuration_invalid',
        message: expect.stringContaining('settings.acknowledgements.kinds is missing'),
      },
    })
  })
})
