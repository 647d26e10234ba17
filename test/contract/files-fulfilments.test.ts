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
