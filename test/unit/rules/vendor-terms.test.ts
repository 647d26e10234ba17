import { describe, expect, it } from 'vitest'
import { decimal4, decimal8, text4, text8 } from '../../../src/events/decimal.ts'
import type { Order } from '../../../src/events/generated/events.ts'
import { asSold } from '../../../src/rules/vendor-terms.ts'
import { connectionWith } from '../../data/configuration.ts'
import { lineOf, orderOf } from '../../data/processor-events.ts'

const d = (text: string) => decimal4(text, 'amount')
const q = (text: string) => decimal8(text, 'quantity')

const order: Order = orderOf(
  [
    lineOf('1', 'A-1', { quantityOrdered: q('3'), rowTotal: d('30'), discount: d('4'), tax: d('2') }),
    lineOf('2', 'B-1', { productType: 'bundle', rowTotal: d('50'), unitPrice: q('50') }),
    lineOf('3', 'B-2', { parentLineId: '2', rowTotal: d('0') }),
  ],
  {
    shipping: d('5'),
    shippingTax: d('1'),
    giftCard: d('7'),
    charges: [{ kind: 'fee', lineId: null, label: null, amount: d('2'), tax: d('0') }] as unknown as Order['charges'],
  },
)

const amounts = ({ subtotal, discount, tax, shipping, shippingTax, giftCard, charges }: Order) => [
  ...[subtotal, discount, tax, shipping, shippingTax, giftCard].map(text4),
  charges.length,
]

describe('an order as the vendor sells it', () => {
  it('is the shop’s at the shop’s prices', () => {
    expect(asSold(order, connectionWith('a'), 'USD')).toBe(order)
    const without = asSold(order, connectionWith('a', { shipping: 'none' }), 'USD')
    expect(amounts(without)).toEqual(['80', '4', '2', '0', '0', '7', 1])
  })

  it('has the list’s prices, and nothing of the customer’s discounts, taxes, charges and credits', () => {
    const costs = { 'A-1': '4.125', 'B-1': '20' }
    const sold = asSold(order, connectionWith('a', { prices: 'list', costs }), 'USD')
    expect(sold.lines.map(({ unitPrice, rowTotal }) => [text8(unitPrice), text4(rowTotal)])).toEqual([
      ['4.125', '12.38'],
      ['20', '20'],
      ['0', '0'],
    ])
    expect(amounts(sold)).toEqual(['32.38', '0', '0', '0', '0', '0', 0])
    const shipped = asSold(order, connectionWith('a', { prices: 'list', costs, shipping: 'shop' }), 'USD')
    expect(amounts(shipped)).toEqual(['32.38', '0', '0', '5', '0', '0', 0])
  })

  it('of a SKU that the list does not have is refused with its name, also one that every object has', () => {
    const terms = connectionWith('a', { prices: 'list', costs: { 'A-1': '1' } })
    expect(() => asSold(order, terms, 'USD')).toThrow(/no price for SKU B-1/)
    const strange = orderOf([lineOf('1', 'constructor')])
    expect(() => asSold(strange, terms, null)).toThrow(/no price for SKU constructor/)
  })

  it.each(['priceLevel', 'none'] as const)('has no amounts where the ERP prices it: %s', (prices) => {
    expect(amounts(asSold(order, connectionWith('a', { prices }), null))).toEqual(['0', '0', '0', '0', '0', '0', 0])
  })
})
