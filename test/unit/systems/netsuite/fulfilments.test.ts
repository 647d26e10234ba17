import { describe, expect, it } from 'vitest'
import { text8 } from '../../../../src/events/decimal.ts'
import { type Wire, wireOf, wiresOf } from '../../../../src/systems/kit/wire.ts'
import { isShipped, itemIdsOf, toEnding, toShipment } from '../../../../src/systems/netsuite/fulfilments.ts'

const context = {
  zone: 'America/Los_Angeles',
  reasons: { order: 'custbody_close_reason', line: 'custcol_close_reason' },
  skus: new Map([
    ['7', 'KIT'],
    ['8', 'PART'],
  ]),
}
const order = (more: Wire = {}): Wire => ({
  id: '50',
  externalId: 'shop-a-42',
  otherRefNum: '42',
  item: {
    items: [
      { line: 1, item: { id: '7' }, quantity: 2, quantityFulfilled: 0, custcol_waldstream_line: '11' },
      {
        line: 4,
        item: { id: '8' },
        quantity: '3',
        quantityFulfilled: 1,
        custcol_waldstream_line: '12',
        isClosed: true,
      },
    ],
  },
  ...more,
})
const shipment = (items: Wire[], more: Wire = {}): Wire => ({
  id: '90',
  tranDate: '2026-07-01',
  shipStatus: { id: 'C' },
  item: { items },
  ...more,
})
const row = (orderLine: unknown, item: string, quantity: unknown = 1): Wire => {
  return { orderLine, item: { id: item }, quantity, itemReceive: true }
}

describe('a shipment', () => {
  it('has the lines of its order, without the members of a kit and what did not ship', () => {
    const rows = [
      row(1, '7', 2),
      row(2, '100'),
      row(3, '101'),
      row('4', '8', '0.5'),
      { ...row(4, '8'), itemReceive: false },
      row(4, '8', 0),
    ]
    const told = toShipment(shipment(rows), order(), context)
    expect(told?.lines.map(({ sku, lineId, quantity }) => [sku, lineId, text8(quantity)])).toEqual([
      ['KIT', '11', '2'],
      ['PART', '12', '0.5'],
    ])
    expect(told).toMatchObject({ orderReference: 'shop-a-42', orderNumber: '42', kind: 'shipment', tracks: [] })
    expect(told?.shippedAt).toBe(Date.parse('2026-07-01T07:00:00Z'))
  })

  it('without the number of a line is told by its item', () => {
    const told = toShipment(shipment([row(undefined, '8')]), order(), context)
    expect(told?.lines).toMatchObject([{ lineId: '12', sku: 'PART' }])
  })

  it('has the tracking numbers of every carrier’s packages', () => {
    const more = {
      shipMethod: { id: '3', refName: 'Ground' },
      package: { items: [{ packageTrackingNumber: ' A ' }, { packageDescr: 'no number' }] },
      packageFedEx: { items: [{ packageTrackingNumberFedEx: 'B' }] },
      packageUps: { items: [{ packageTrackingNumberUps: 'C' }] },
      packageUsps: { items: [{ packageTrackingNumberUsps: 'D' }] },
    }
    expect(toShipment(shipment([row(1, '7')], more), order(), context)?.tracks).toEqual([
      { number: 'A', carrier: 'Ground', title: 'Ground' },
      { number: 'B', carrier: 'FedEx', title: 'Ground' },
      { number: 'C', carrier: 'UPS', title: 'Ground' },
      { number: 'D', carrier: 'USPS', title: 'Ground' },
    ])
  })

  it.each(['1Z999AA10123456784, 1Z999AA10123456795', '1Z999AA10123456784<BR>1Z999AA10123456795'])(
    'has both numbers of one field: %s',
    (packageTrackingNumber) => {
      const more = { package: { items: [{ packageTrackingNumber }] } }
      const tracks = toShipment(shipment([row(1, '7')], more), order(), context)?.tracks
      expect(tracks?.map(({ number }) => number)).toEqual(['1Z999AA10123456784', '1Z999AA10123456795'])
    },
  )

  it('of nothing that was ordered is an error, and of an order without reference nothing', () => {
    expect(() => toShipment(shipment([row(9, '100')]), order(), context)).toThrow(
      expect.objectContaining({ code: 'source_data_invalid', message: 'item fulfilment 90 has no line of its order' }),
    )
    expect(toShipment(shipment([row(1, '7')]), order({ externalId: null }), context)).toBeNull()
  })

  it('is of the order that the reference names when somebody changed the order’s own number', () => {
    const told = (otherRefNum: string | null) => toShipment(shipment([row(1, '7')]), order({ otherRefNum }), context)
    expect(told('PO 1234')).toMatchObject({ orderReference: 'shop-a-42', orderNumber: 'shop-a-42' })
    expect(told(null)).toMatchObject({ orderNumber: 'shop-a-42' })
    expect(told('42')).toMatchObject({ orderNumber: '42' })
  })

  it('is shipped, not picked or packed; without that feature it is', () => {
    expect(['A', 'B', 'C'].map((id) => isShipped({ shipStatus: { id } }))).toEqual([false, false, true])
    expect(isShipped({})).toBe(true)
  })
})

describe('the end of an order', () => {
  const open = (told: ReturnType<typeof toEnding>) =>
    told?.lines.map(({ lineId, quantity }) => [lineId, text8(quantity)])

  it('is what is left of closed lines, or of all', () => {
    expect(open(toEnding(order(), 'closure', context))).toEqual([['12', '2']])
    expect(open(toEnding(order(), 'cancellation', context))).toEqual([
      ['11', '2'],
      ['12', '2'],
    ])
    expect(toEnding(order(), 'closure', context)).toMatchObject({ fulfilmentId: '50-closed', kind: 'closure' })
  })

  it('says why, where the vendor does: of the line, or of the order', () => {
    const reasons = (more: Wire, kind: 'closure' | 'cancellation' = 'cancellation') =>
      toEnding(order(more), kind, context)?.lines.map(({ reason }) => reason)
    expect(reasons({ custbody_close_reason: { id: '3', refName: 'Out of stock' } })).toEqual([
      'Out of stock',
      'Out of stock',
    ])
    const [, closed = {}] = wiresOf(wireOf(order()['item'])['items'])
    const items = [{ ...closed, custcol_close_reason: ' Discontinued\nsince May ' }]
    expect(reasons({ item: { items }, custbody_close_reason: 'other' }, 'closure')).toEqual(['Discontinued since May'])
    expect(reasons({})).toEqual([null, null])
    expect(reasons({ custbody_close_reason: 'x'.repeat(300) })?.[0]).toHaveLength(200)
  })

  it('is no news where the shop took back what is closed', () => {
    const told = (mark: string) => open(toEnding(order({ custbody_waldstream_digest: mark }), 'closure', context))
    expect(told('d1 withdrawn')).toBeUndefined()
    expect(told('d1 withdrawn of 1,4')).toBeUndefined()
    expect(told('d1 withdrawn of 1')).toEqual([['12', '2']])
    expect(told('d1 withdrawn of none')).toEqual([['12', '2']])
  })

  it('is nothing where nothing is left', () => {
    const whole = { line: 1, item: { id: '7' }, quantity: 2, quantityFulfilled: 2, isClosed: true }
    expect(toEnding(order({ item: { items: [whole] } }), 'closure', context)).toBeNull()
  })

  it('names an item without a SKU as what is missing', () => {
    const { skus: _, ...rest } = context
    expect(() => toEnding(order(), 'closure', { ...rest, skus: new Map() })).toThrow(/item 8 has no SKU/)
    expect(itemIdsOf(order(), shipment([row(1, '9')]))).toEqual(['7', '8', '9'])
  })
})
