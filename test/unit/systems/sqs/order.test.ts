import { describe, expect, it } from 'vitest'
import { text4, text8 } from '../../../../src/events/decimal.ts'
import { expectedTotal } from '../../../../src/events/order-total.ts'
import { openQuantity, vendorQuantity } from '../../../../src/rules/quantities.ts'
import { type MessageContext, parseMessage } from '../../../../src/systems/sqs/message.ts'
import { orderKey, toOrder } from '../../../../src/systems/sqs/order.ts'
import { orderMessage } from '../../../worlds/sqs-world.ts'

const context: MessageContext = {
  zone: 'America/Chicago',
  receivedAt: Date.UTC(2026, 2, 3),
  sentAt: Date.UTC(2026, 2, 2, 18, 0, 7),
  currency: 'USD',
}

/** A message of the later generation: other names, no totals, lots. */
const LATER = {
  order_id: '900',
  order_status: 'Processing',
  ship_method: 'UPS Ground',
  shipping_total: '12.5',
  firstname: 'Ann',
  lastname: 'Lee',
  payment_method: '####',
  ns_customer_id: '42',
  order_type: 'b2b',
  class: '####',
  customer_po_no: 'PO-7',
  shipping_instructions: 'Dock 3',
  created_at: '2026-03-02 09:00:00',
  updated_at: '2026-03-02T10:00:00+01:00',
  addresses: { shipto: { address: '1 Main St\nDock 3', region: 'Texas', country: 'US', email: 'ann@example.com' } },
  items: [
    { sku: 'A', qty: 2, price: 10.333333, lot_no_locs: [{ lot_no: 'L1', deduct_qty: 2 }] },
    { sku: 'A', qty: '1', price: '5' },
    { sku: 'B', qty: '1', price: '5' },
  ],
}

const read = (message: unknown) => toOrder(parseMessage(JSON.stringify(message)), context)

describe('a message of an order', () => {
  it('tells what became of its pieces: what was refunded or canceled is not the vendor’s to ship', () => {
    const pieces = { qty_invoiced: '10', qty_refunded: '5', qty_cancelled: 1, qty_shipped: '####' }
    const items = [{ item_id: 7, sku: 'A', qty: '10', price: '10', ...pieces }]
    const [line] = read({ ...LATER, items }).data.lines
    expect(line && text8(vendorQuantity(line))).toBe('4')
    expect(line && text8(openQuantity(line))).toBe('4')
  })

  it('has an id of its own for each line, also where a line is called as a repeated one would be', () => {
    const items = ['A', 'A', 'A#2', 'A#2', 'A'].map((item_id) => ({ item_id, sku: 'A', qty: 1, price: 1 }))
    expect(read({ ...LATER, items }).data.lines.map(({ lineId }) => lineId)).toEqual([
      'A',
      'A#3',
      'A#2',
      'A#2#2',
      'A#4',
    ])
  })

  it('has rows that are parts of others: they count once, and a bundle is one', () => {
    const items = [
      { item_id: 1, sku: 'SET', qty: 1, price: 61, product_type: 'bundle' },
      { item_id: 2, parent_item_id: 1, sku: 'A', qty: 1, price: 27 },
      { item_id: 3, parent_item_id: 1, sku: 'B', qty: 2, price: 17, qty_refunded: 2 },
      { item_id: 4, sku: 'S-M', qty: 1, price: 10, product_type: 'configurable' },
      { item_id: 5, parent_item_id: 4, sku: 'S-M', qty: 1 },
      { item_id: 6, parent_item_id: 99, sku: 'C', qty: 1, price: 5 },
    ]
    const { data } = read({ ...LATER, items })
    expect(text4(data.subtotal)).toBe('76')
    expect(
      data.lines.map(({ parentLineId, productType, rowTotal, ownAmounts }) => [
        parentLineId,
        productType,
        text4(rowTotal),
        ownAmounts === null ? null : text4(ownAmounts.rowTotal),
      ]),
    ).toEqual([
      [null, 'bundle', '61', null],
      ['1', 'simple', '0', '27'],
      ['1', 'simple', '0', '34'],
      [null, 'configurable', '10', null],
      ['4', 'simple', '0', null],
      [null, 'simple', '5', null],
    ])
  })

  it('has bundles shipped as often as the components that were not taken back before', () => {
    const items = [
      { item_id: 1, sku: 'SET', qty: 2, price: 61, product_type: 'bundle' },
      { item_id: 2, parent_item_id: 1, sku: 'A', qty: 2, price: 27, qty_shipped: 2 },
      { item_id: 3, parent_item_id: 1, sku: 'B', qty: 4, price: 17, qty_refunded: 4 },
    ]
    const [set] = read({ ...LATER, items }).data.lines
    expect(set && text8(set.quantityShipped)).toBe('2')
  })

  it('has the shop’s own times in the system’s zone, and its amounts to the digit', () => {
    const { key, occurredAt, data } = read(orderMessage('100'))
    expect(key).toBe('100')
    expect(new Date(occurredAt).toISOString()).toBe('2026-03-02T10:10:00.000Z')
    expect(new Date(data.placedAt).toISOString()).toBe('2026-03-02T10:00:00.000Z')
    expect(data).toMatchObject({
      orderId: '100',
      orderNumber: '100',
      state: 'processing',
      currency: 'USD',
      customerEmail: 'zoe@example.com',
      shippingMethod: 'flatrate',
      shippingAddress: null,
      billingAddress: { firstName: 'Zoë', company: null, street: ['1 Main St'], region: null, regionCode: 'TX' },
      lines: [{ lineId: 'WLD-1', sku: 'WLD-1', name: 'Chair' }],
      attributes: {},
    })
    expect([data.subtotal, data.shipping, data.tax, data.grandTotal].map(text4)).toEqual(['21', '5', '1.73', '27.73'])
  })

  it('may have the other names, and no totals: they follow from its lines', () => {
    const { occurredAt, data } = read(LATER)
    expect(new Date(occurredAt).toISOString()).toBe('2026-03-02T09:00:00.000Z')
    expect(data).toMatchObject({
      state: 'processing',
      status: 'Processing',
      shippingMethod: 'UPS Ground',
      paymentMethod: null,
      purchaseOrderNumber: 'PO-7',
      shippingAddress: { firstName: 'Ann', lastName: 'Lee', street: ['1 Main St', 'Dock 3'], region: 'Texas' },
      attributes: { ns_customer_id: '"42"', order_type: '"b2b"', shipping_instructions: '"Dock 3"' },
    })
    expect(data.lines.map(({ lineId }) => lineId)).toEqual(['A', 'A#2', 'B'])
    expect(data.lines.map(({ unitPrice }) => text8(unitPrice))).toEqual(['10.333333', '5', '5'])
    expect(data.lines[0]?.attributes).toEqual({ lot_no_locs: '[{"lot_no":"L1","deduct_qty":2}]' })
    expect([data.subtotal, data.shipping, data.grandTotal].map(text4)).toEqual(['30.6667', '12.5', '43.1667'])
  })

  it('without a time of change has the one at which it came to the queue', () => {
    expect(read(orderMessage('1', { order_update_date: '####' })).occurredAt).toBe(context.sentAt)
  })

  it.each([
    ['with the tax on shipping', { tax_amt: '2.23', shipping_tax_amt: '0.50', grand_total: '28.23' }],
    ['without it', { tax_amt: '1.73', shipping_tax_amt: '0.50', grand_total: '28.23' }],
    ['with it, told by the lines', { tax_amt: '2.23', shipping_tax_amt: '0.50', grand_total: '####' }],
    ['without it, told by the lines', { tax_amt: '1.73', shipping_tax_amt: '0.50', grand_total: '' }],
  ])('has its tax %s', (_name, amounts) => {
    const { data } = read(orderMessage('1', amounts))
    expect([data.tax, data.shippingTax, data.grandTotal].map(text4)).toEqual(['1.73', '0.5', '28.23'])
  })

  it('takes off discounts, gift cards and credit whatever their sign', () => {
    const less = { discount_amt: '-2', giftcard_amt: '3', storecredit_amt: '-1', grand_total: '21.73' }
    const { data } = read(orderMessage('1', less))
    expect([data.discount, data.giftCard, data.storeCredit].map(text4)).toEqual(['2', '3', '1'])
  })

  it.each([
    ['by rounding', { grand_total: '27.74' }, [['rounding', '0.01']]],
    ['by more', { grand_total: '29.73' }, [['unexplained', '2']]],
    [
      'by more than the nearest of both taxes',
      { shipping_tax_amt: '0.50', grand_total: '28.33' },
      [['unexplained', '0.1']],
    ],
  ])('whose total differs %s is read, and says so', (_name, amounts, charges) => {
    const { data } = read(orderMessage('1', amounts))
    expect(data.charges.map(({ kind, amount }) => [kind, text4(amount)])).toEqual(charges)
    expect(text4(expectedTotal(data))).toBe(amounts.grand_total)
  })

  it('that cancels may come without lines', () => {
    const { data } = read(orderMessage('1', { order_status: 'Cancelled', items: [] }))
    expect(data).toMatchObject({ state: 'canceled', status: 'Cancelled', lines: [] })
  })

  const line = { sku: 'A', qty: '1', price: '21' }
  it.each([
    [{ order_id: '####' }, 'value_missing', 'order_id'],
    [{ order_status: '' }, 'value_missing', 'order_status'],
    [{ order_date: null }, 'value_missing', 'order_date'],
    [{ order_date: '2026-02-30 10:00:00' }, 'time_invalid', 'order_date'],
    [{ order_update_date: '02/03/2026' }, 'time_invalid', 'order_update_date'],
    [{ items: [] }, 'value_missing', 'items'],
    [{ items: { sku: 'A' } }, 'source_data_invalid', 'items'],
    [{ items: [line, 'B'] }, 'source_data_invalid', 'items'],
    [{ items: [{ ...line, qty: '0' }] }, 'value_missing', 'items[0].qty'],
    [{ items: [{ ...line, price: '####' }] }, 'value_missing', 'items[0].price'],
    [{ items: [{ ...line, price: '1,5' }] }, 'decimal_invalid', 'items[0].price'],
    [{ addresses: {} }, 'value_missing', 'addresses'],
  ])('with %j is refused', (more, code, field) => {
    expect(() => read(orderMessage('1', more))).toThrow(expect.objectContaining({ code, field }))
  })

  it('may have lines without an SKU, which are nobody’s but the seller’s, and no e-mail address', () => {
    const price = { qty: '1', price: '10.5' }
    const items = [
      { ...price, sku: '####', name: 'Gift box' },
      { ...price, sku: null, item_id: '7' },
    ]
    const message = orderMessage('1', { items, sub_total: '21', addresses: { billto: { city: 'Austin' } } })
    const { data } = read(message)
    expect(data.customerEmail).toBe('')
    expect(data.lines.map(({ lineId, sku }) => [lineId, sku])).toEqual([
      ['item Gift box', 'item Gift box'],
      ['7', 'item 7'],
    ])
  })

  it('needs a currency, its own or the system’s', () => {
    const wire = parseMessage(JSON.stringify(orderMessage('1')))
    expect(() => toOrder(wire, { ...context, currency: null })).toThrow(/settings.currency/)
    const own = parseMessage(JSON.stringify(orderMessage('1', { currency: 'EUR' })))
    expect(toOrder(own, context).data.currency).toBe('EUR')
  })

  it('is known by its number before it is read', () => {
    expect([orderKey({ fe_order_id: '5' }), orderKey({ order_id: null })]).toEqual(['5', null])
  })
})

describe('a time of a message', () => {
  it.each([
    [1772474651, Date.UTC(2026, 2, 2, 18, 4, 11)],
    ['1772474651', Date.UTC(2026, 2, 2, 18, 4, 11)],
    ['1772474651.25', Date.UTC(2026, 2, 2, 18, 4, 11, 250)],
    [1772474651123, Date.UTC(2026, 2, 2, 18, 4, 11, 123)],
  ])('may be seconds or milliseconds since 1970: %j', (time, at) => {
    expect(read(orderMessage('1', { order_update_date: time })).occurredAt).toBe(at)
  })

  it.each([20260302, '17724746511', -1])('is none of another number of digits: %j', (time) => {
    expect(() => read(orderMessage('1', { order_update_date: time }))).toThrow(
      expect.objectContaining({ code: 'time_invalid' }),
    )
  })
})

describe('the body of a message', () => {
  it.each([
    ['no json', 'source_data_invalid'],
    ['[]', 'source_data_invalid'],
    ['"text"', 'source_data_invalid'],
    [JSON.stringify({ text: 'x'.repeat(400_000) }), 'value_too_large'],
  ])('%# that is none is refused', (body, code) => {
    expect(() => parseMessage(body)).toThrow(expect.objectContaining({ code }))
  })

  it('has nothing where the shop writes its placeholder, at any depth', () => {
    expect(parseMessage('{"a":"####","b":{"c":"","d":["####",1.10]}}')).toEqual({
      a: null,
      b: { c: null, d: [null, 1.1] },
    })
  })
})
