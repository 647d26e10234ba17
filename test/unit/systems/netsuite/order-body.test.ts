import { describe, expect, it } from 'vitest'
import { decimal4, decimal8 } from '../../../../src/events/decimal.ts'
import { stringifyExact } from '../../../../src/platform/json.ts'
import { salesOrderBody } from '../../../../src/systems/netsuite/order-body.ts'
import { wantedLevels } from '../../../../src/systems/netsuite/order-lines.ts'
import { connectionOf, lineOf, orderOf, vendorOrder } from '../../../data/processor-events.ts'

const d = (text: string) => decimal4(text, 'amount')
const q = (text: string) => decimal8(text, 'quantity')
const references = {
  customer: '7',
  items: new Map([['A-1', '9']]),
  zone: 'UTC',
  customPriceLevel: '-1',
  discountItem: null,
  costs: (item: string, level: string, price: bigint) => `${item} ${level} ${price}` === '9 5 1000000000',
}

function bodyOf(canceled: string, account = {}) {
  const line = lineOf('1', 'A-1', {
    quantityOrdered: q('3'),
    quantityCanceled: q(canceled),
    unitPrice: q('10'),
    rowTotal: d('30'),
    discount: d('4'),
    tax: d('2.15'),
  })
  const order = orderOf([line], {
    subtotal: d('30'),
    discount: d('4'),
    tax: d('2.15'),
    shipping: d('5'),
    shippingTax: d('0.41'),
    grandTotal: d('33.56'),
  })
  const body = salesOrderBody(vendorOrder('a', '000000001', order), connectionOf('a', '^A-'), {
    ...references,
    ...account,
  })
  return JSON.parse(stringifyExact(body)) as Record<string, unknown>
}

describe("NetSuite's sales order", () => {
  it('has the discount and the tax of the whole line when nothing is canceled', () => {
    expect(bodyOf('0', { discountItem: '77' })).toMatchObject({ discountRate: -4, taxTotal: 2.56, shippingCost: 5 })
    const body = bodyOf('0')
    expect(body).toMatchObject({ taxTotal: 2.56, shippingCost: 5 })
    expect(body['item']).toMatchObject({ items: [{ quantity: 3, rate: 8.66666667, amount: 26 }] })
  })

  it('has the discount and the tax of the pieces that are left, to the cent; shipping stays', () => {
    const body = bodyOf('1', { discountItem: '77' })
    expect(body).toMatchObject({ discountRate: -2.67, taxTotal: 1.84, shippingCost: 5 })
    expect(bodyOf('1')['item']).toMatchObject({ items: [{ quantity: 2, rate: 8.66666667, amount: 17.33 }] })
    expect(body['item']).toMatchObject({ items: [{ quantity: 2, rate: 10, amount: 20 }] })
  })

  it('has the fields of the order map, decimals with all their digits, ids within references', () => {
    const fields = {
      custbody_po: '"PO-7"',
      'department.id': '"5"',
      custbody_total: '12345678901234567890.12',
      custbody_count: '3',
      custbody_gift: 'true',
    }
    const event = { ...vendorOrder('a', '000000001'), fields }
    const body = stringifyExact(salesOrderBody(event, connectionOf('a', '^A-'), references))
    expect(body).toContain('"custbody_total":12345678901234567890.12')
    expect(JSON.parse(body)).toMatchObject({
      custbody_po: 'PO-7',
      department: { id: '5' },
      custbody_count: 3,
      custbody_gift: true,
    })
  })

  it('has lines that add up to the subtotal where the shop rounds the order as a whole', () => {
    // Prices that include 20 % tax, three times 10.00: 8.3333 each, 25.00 in all.
    const lines = ['1', '2', '3'].map((id) =>
      lineOf(id, 'A-1', { unitPrice: q('8.3333'), rowTotal: d('8.3333'), tax: d('1.6667') }),
    )
    const order = orderOf([...lines, lineOf('4', 'A-1', { unitPrice: q('0'), rowTotal: d('0') })], {
      subtotal: d('25'),
    })
    const body = salesOrderBody(vendorOrder('a', '1', order), connectionOf('a', '^A-'), references)
    expect(JSON.parse(stringifyExact(body)).item.items).toMatchObject([
      { rate: 8.3333, amount: 8.34 },
      { amount: 8.33 },
      { amount: 8.33 },
      { rate: 0, amount: 0 },
    ])
  })

  const bodyWith = (more: object, fields: Record<string, string> = {}) => {
    const event = { ...vendorOrder('a', '000000001'), fields }
    return JSON.parse(stringifyExact(salesOrderBody(event, connectionOf('a', '^A-'), { ...references, ...more })))
  }

  it('has prices of its own, unless the account says nothing of levels', () => {
    expect(bodyWith({}).item.items).toMatchObject([{ price: { id: '-1' }, rate: 10, amount: 10 }])
    expect(bodyWith({ customPriceLevel: null }).item.items[0]).not.toHaveProperty('price')
  })

  it('has a price level where that has the same price, and its own price where it has not', () => {
    expect(bodyWith({}, { 'line.1.price.id': '"5"' }).item.items).toMatchObject([{ price: { id: '5' }, rate: 10 }])
    expect(bodyWith({}, { 'line.1.price.id': '"6"' }).item.items).toMatchObject([{ price: { id: '-1' }, rate: 10 }])
    const fields = { 'line.1.price.id': '"6"', 'line.2.price.id': '7' }
    expect(wantedLevels({ ...vendorOrder('a', '1'), fields })).toEqual(['6'])
  })

  it('has the fields of the order map on their lines, and on no other', () => {
    const gift = { 'line.1.custcol_gift': '12345678901234567890.12', 'line.11.custcol_gift': '2' }
    const event = { ...vendorOrder('a', '000000001'), fields: { 'line.1.class.id': '"3"', ...gift } }
    const text = stringifyExact(salesOrderBody(event, connectionOf('a', '^A-'), references))
    expect(text).toContain('"custcol_gift":12345678901234567890.12')
    expect(JSON.parse(text)).toMatchObject({ item: { items: [{ class: { id: '3' }, custcol_waldstream_line: '1' }] } })
    expect(text).not.toContain('"line')
  })

  it('takes its discount off by an item where the account has one for it', () => {
    const event = vendorOrder('a', '1', orderOf([lineOf('1', 'A-1', { discount: d('1.25') })]))
    const body = salesOrderBody(event, connectionOf('a', '^A-'), { ...references, discountItem: '77' })
    expect(JSON.parse(stringifyExact(body))).toMatchObject({ discountItem: { id: '77' }, discountRate: -1.25 })
    expect(body).not.toHaveProperty('discountTotal')
  })

  it('has the discount of the whole order in its lines where the account has no item for it, and no line below nothing', () => {
    const lines = [
      lineOf('1', 'A-1', { quantityOrdered: q('2'), rowTotal: d('20') }),
      lineOf('2', 'A-1', { rowTotal: d('10'), discount: d('10') }),
    ]
    const order = orderOf(lines, { subtotal: d('30'), discount: d('15') })
    const body = salesOrderBody(vendorOrder('a', '1', order), connectionOf('a', '^A-'), references)
    expect(JSON.parse(stringifyExact(body)).item.items).toMatchObject([
      { quantity: 2, rate: 7.5, amount: 15 },
      { quantity: 1, rate: 0, amount: 0 },
    ])
  })

  it('has its tax as the account takes it', () => {
    expect(bodyOf('0', { taxes: { way: 'computed' } })).not.toHaveProperty('taxTotal')
    expect(bodyOf('0', { taxes: { way: 'none' } })).not.toHaveProperty('taxTotal')
    const body = bodyOf('0', { taxes: { way: 'item', item: '88' } })
    expect(body).not.toHaveProperty('taxTotal')
    expect(body['item']).toMatchObject({
      items: [{}, { item: { id: '88' }, quantity: 1, amount: 2.56, custcol_waldstream_line: '#tax' }],
    })
  })
})
