import { describe, expect, it } from 'vitest'
import { decimal4, decimal8 } from '../../../../src/events/decimal.ts'
import { stringifyExact } from '../../../../src/platform/json.ts'
import { salesOrderBody } from '../../../../src/processors/sinks/netsuite-order-body.ts'
import { connectionOf, lineOf, orderOf, vendorOrder } from '../../../support/processor-events.ts'

const d = (text: string) => decimal4(text, 'amount')
const q = (text: string) => decimal8(text, 'quantity')
const references = { customer: '7', items: new Map([['A-1', '9']]), zone: 'UTC' }

function bodyOf(canceled: string) {
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
  const body = salesOrderBody(vendorOrder('a', '000000001', order), connectionOf('a', '^A-'), references)
  return JSON.parse(stringifyExact(body)) as Record<string, unknown>
}

describe("NetSuite's sales order", () => {
  it('has the discount and the tax of the whole line when nothing is canceled', () => {
    expect(bodyOf('0')).toMatchObject({ discountTotal: 4, taxTotal: 2.56, shippingCost: 5 })
  })

  it('has the discount and the tax of the pieces that are left, to the cent; shipping stays', () => {
    const body = bodyOf('1')
    expect(body).toMatchObject({ discountTotal: 2.67, taxTotal: 1.84, shippingCost: 5 })
    expect(body['item']).toMatchObject({ items: [{ quantity: 2, rate: 10, amount: 20 }] })
  })

  it('has the fields of the order map, decimals with all their digits, ids within references', () => {
    const fields = {
      memo: '"PO-7"',
      'department.id': '"5"',
      custbody_total: '12345678901234567890.12',
      custbody_count: '3',
      custbody_gift: 'true',
    }
    const event = { ...vendorOrder('a', '000000001'), fields }
    const body = stringifyExact(salesOrderBody(event, connectionOf('a', '^A-'), references))
    expect(body).toContain('"custbody_total":12345678901234567890.12')
    expect(JSON.parse(body)).toMatchObject({
      memo: 'PO-7',
      department: { id: '5' },
      custbody_count: 3,
      custbody_gift: true,
    })
  })
})
