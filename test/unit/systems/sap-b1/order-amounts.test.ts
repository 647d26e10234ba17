import { describe, expect, it } from 'vitest'
import { decimal4, decimal8, text4 } from '../../../../src/events/decimal.ts'
import type { Order, OrderLine } from '../../../../src/events/generated/events.ts'
import { difference, orderAmounts } from '../../../../src/systems/sap-b1/order-amounts.ts'
import { lineOf, orderOf } from '../../../data/processor-events.ts'

const d = (text: string) => decimal4(text, 'amount')
const q = (text: string) => decimal8(text, 'quantity')
const line = (id: string, price: string, rowTotal: string, more: Partial<OrderLine> = {}) =>
  lineOf(id, `A-${id}`, { unitPrice: q(price), rowTotal: d(rowTotal), ...more })
const linesOf = (lines: readonly OrderLine[], more: Partial<Order>) =>
  orderAmounts(orderOf(lines, more)).lines.map((one) => [one.line.lineId, one.discountPercent, text4(one.net)])

describe('amounts of an order for SAP', () => {
  it('have a discount as the percent that brings a line to its amount', () => {
    const lines = [line('1', '10', '30', { quantityOrdered: q('3'), discount: d('4') }), line('2', '9.99', '9.99')]
    expect(linesOf(lines, { subtotal: d('39.99'), discount: d('4') })).toEqual([
      ['1', '13.333333', '26'],
      ['2', '0', '9.99'],
    ])
  })

  it('have the cent that the shop rounded up as a discount of less than nothing', () => {
    const lines = [line('1', '3.33', '10', { quantityOrdered: q('3') })]
    expect(linesOf(lines, { subtotal: d('10') })).toEqual([['1', '-0.1001', '10']])
  })

  it('have no percent where the price alone is rounded to the amount', () => {
    const lines = [line('1', '33.333333', '100', { quantityOrdered: q('3') })]
    expect(linesOf(lines, { subtotal: d('100') })).toEqual([['1', '0', '100']])
  })

  it('have the discount of a component in the line that it is of', () => {
    const lines = [line('1', '10', '10'), line('2', '0', '0', { parentLineId: '1', discount: d('2.5') })]
    expect(linesOf(lines, { subtotal: d('10'), discount: d('2.5') })).toEqual([['1', '25', '7.5']])
  })

  it('leave out what the shop canceled, and what it rounded there', () => {
    const gift = line('1', '0', '0')
    const gone = line('2', '0.005', '0.01', { quantityCanceled: q('1') })
    expect(linesOf([gift, gone], { subtotal: d('0.02') })).toEqual([['1', '0', '0']])
  })

  it('give what the shop rounded to lines that have a price, also where all is discounted', () => {
    const lines = [line('1', '0', '0'), line('2', '5', '5', { discount: d('5') })]
    expect(linesOf(lines, { subtotal: d('5.01'), discount: d('5') })).toEqual([
      ['1', '0', '0'],
      ['2', '99.8', '0.01'],
    ])
  })

  it('that no percent can make are told', () => {
    expect(() => linesOf([line('1', '0', '5')], { subtotal: d('5') })).toThrow(
      expect.objectContaining({ code: 'totals_differ', field: 'lines.1' }),
    )
  })

  it('differ from SAP’s by a cent before tax, or by more than a cent a line of tax', () => {
    const amounts = orderAmounts(
      orderOf([line('1', '10', '10', { tax: d('0.83') })], { subtotal: d('10'), tax: d('0.83') }),
    )
    expect(difference(amounts, 'code', { total: 10.83, vat: 0.83 })).toBeNull()
    expect(difference(amounts, 'code', { total: 10.85, vat: 0.85 })).toBeNull()
    expect(difference(amounts, 'code', { total: 10.86, vat: 0.86 })).toBe('its tax is 0.86 instead of 0.83')
    expect(difference(amounts, 'code', { total: 10.84, vat: 0.83 })).toBe('it is 10.01 before tax instead of 10')
    expect(difference(amounts, 'expense', { total: 10.83, vat: 0 })).toBeNull()
    expect(difference(amounts, 'expense', { total: 11.66, vat: 0.83 })).not.toBeNull()
    expect(difference(amounts, 'none', { total: 11.9, vat: 1.9 })).toBeNull()
  })
})
