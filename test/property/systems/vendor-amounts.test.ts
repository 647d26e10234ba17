// Guarantee 7: whatever an order holds, what an ERP is sent adds up to it, and no line is less than nothing.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Decimal4, type Decimal8, least, subtract, sum, toCent } from '../../../src/events/decimal.ts'
import type { Order } from '../../../src/events/generated/events.ts'
import { minorUnit } from '../../../src/rules/currency.ts'
import { asSold } from '../../../src/rules/vendor-terms.ts'
import { orderAmounts } from '../../../src/systems/netsuite/order-amounts.ts'
import { connectionWith } from '../../data/configuration.ts'
import { lineOf, orderOf } from '../../data/processor-events.ts'

const PIECE = 100_000_000n

const currencies = fc.constantFrom('USD', 'JPY', 'KWD')

/** An order of up to six lines, with discounts up to their amount, pieces that were canceled, and one of the whole order. */
const orders: fc.Arbitrary<Order> = currencies.chain((currency) => {
  const unit = minorUnit(currency)
  const line = fc.record({
    pieces: fc.bigInt({ min: 1n, max: 20n }),
    canceled: fc.bigInt({ min: 0n, max: 20n }),
    price: fc.bigInt({ min: 0n, max: 50_000n }),
    share: fc.bigInt({ min: 0n, max: 100n }),
  })
  return fc
    .record({ lines: fc.array(line, { minLength: 1, maxLength: 6 }), shipping: fc.bigInt({ min: 0n, max: 5_000n }) })
    .map(({ lines, shipping }) => {
      const rows = lines.map(({ pieces, canceled, price, share }, index) => {
        const rowTotal = (pieces * price * unit) as Decimal4
        const discount = (((pieces * price * share) / 100n) * unit) as Decimal4
        return lineOf(String(index), `A-${index}`, {
          quantityOrdered: (pieces * PIECE) as Decimal8,
          quantityCanceled: least((canceled * PIECE) as Decimal8, (pieces * PIECE) as Decimal8),
          unitPrice: (price * unit * 10_000n) as Decimal8,
          rowTotal,
          discount,
        })
      })
      return orderOf(rows, { currency, shipping: (shipping * unit) as Decimal4 })
    })
})

const total = ({ lines, discount }: ReturnType<typeof orderAmounts>): Decimal4 =>
  subtract(sum(lines.map(({ amount }) => amount)), discount)

describe("an order's amounts for NetSuite", () => {
  it('are the same with a discount item and without one, in whole units, and never negative', () => {
    fc.assert(
      fc.property(orders, (order) => {
        const [inLines, byItem] = [orderAmounts(order, true), orderAmounts(order, false)]
        expect(total(inLines)).toBe(total(byItem))
        for (const { amount } of inLines.lines) {
          expect(amount >= 0n && amount % inLines.unit === 0n).toBe(true)
        }
        expect(inLines.discount).toBe(0n)
      }),
      { numRuns: 500 },
    )
  })

  it('are those of the cost list, whatever the shop’s prices and discounts are', () => {
    fc.assert(
      fc.property(orders, fc.bigInt({ min: 0n, max: 9_999n }), (order, cents) => {
        const cost = `${cents / 100n}.${(cents % 100n).toString().padStart(2, '0')}`
        const costs = Object.fromEntries(order.lines.map(({ sku }) => [sku, cost]))
        const sold = asSold(order, connectionWith('a', { prices: 'list', costs }), 'USD')
        const { lines, shipping, tax } = orderAmounts(sold, true)
        const left = order.lines.map((line) => (line.quantityOrdered - line.quantityCanceled) / PIECE)
        const wanted = sum(left.map((pieces) => (pieces * cents * 100n) as Decimal4))
        expect(toCent(sum(lines.map(({ amount }) => amount)))).toBe(wanted)
        expect([shipping, tax]).toEqual([0n, 0n])
      }),
      { numRuns: 500 },
    )
  })
})
