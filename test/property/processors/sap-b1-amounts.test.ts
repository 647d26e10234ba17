import fc from 'fast-check'
import { expect, it } from 'vitest'
import { lineTotal } from '../../../simulators/sap-b1/amounts.ts'
import {
  add,
  CENT,
  type Decimal4,
  decimal4,
  decimal8,
  multiply,
  subtract,
  sum,
  ZERO4,
} from '../../../src/events/decimal.ts'
import type { OrderLine } from '../../../src/events/generated/events.ts'
import { difference, orderAmounts, type PricedLine } from '../../../src/systems/sap-b1/order-amounts.ts'
import { lineOf, orderOf } from '../../data/processor-events.ts'

const cents = (value: number) => (BigInt(value) * CENT) as Decimal4
const atCent = (amount: Decimal4) => (((amount + 50n) / 100n) * 100n) as Decimal4

const shopLine = fc
  .record({
    pieces: fc.integer({ min: 1, max: 500 }),
    canceledShare: fc.constantFrom(0, 0, 0, 0.3, 1),
    /** Ten-thousandths: shops have prices of four decimals. */
    price: fc.integer({ min: 0, max: 20_000_000 }),
    discountShare: fc.double({ min: 0, max: 1, noNaN: true }),
    tax: fc.integer({ min: 0, max: 10_000 }),
    component: fc.boolean(),
  })
  .filter(({ pieces, price }) => pieces * price <= 9_000_000_000)

/** A line as a shop has it: the row rounded to the cent, the discount at most as large, sometimes on a component. */
function linesOf(value: typeof shopLine extends fc.Arbitrary<infer T> ? T : never, index: number): OrderLine[] {
  const unitPrice = decimal8(`${(value.price / 10_000).toFixed(4)}`, 'price')
  const quantityOrdered = decimal8(String(value.pieces), 'quantity')
  const rowTotal = atCent(multiply(quantityOrdered, unitPrice))
  const discount = cents(Math.floor((Number(rowTotal) / 100) * value.discountShare))
  const quantityCanceled = decimal8(String(Math.floor(value.pieces * value.canceledShare)), 'quantity')
  const own = { quantityOrdered, quantityCanceled, unitPrice, rowTotal, tax: cents(value.tax) }
  const parent = lineOf(`p${index}`, `A-${index}`, { ...own, discount: value.component ? ZERO4 : discount })
  if (!value.component) return [parent]
  return [parent, lineOf(`c${index}`, `A-${index}-x`, { parentLineId: `p${index}`, discount, rowTotal: ZERO4 })]
}

const scenario = fc.record({
  lines: fc.array(shopLine, { minLength: 1, maxLength: 8 }),
  shipping: fc.nat(100_000),
  shippingTax: fc.nat(10_000),
  /** What the shop rounded over the order as a whole. */
  rounding: fc.integer({ min: -1, max: 1 }),
})

const bySap = ({ quantity, unitPrice, discountPercent }: PricedLine) =>
  decimal4(lineTotal(Number(quantity) / 1e8, Number(unitPrice), Number(discountPercent)).toFixed(2), 'total')

it('lines as SAP computes them add up to the order, to the cent, whatever is discounted, canceled or rounded', () => {
  fc.assert(
    fc.property(scenario, ({ lines: values, shipping, shippingTax, rounding }) => {
      const lines = values.flatMap(linesOf)
      const rows = sum(lines.map(({ rowTotal }) => rowTotal))
      const discount = sum(lines.map((line) => line.discount))
      fc.pre(rows > 0n)
      const tax = sum(lines.map((line) => line.tax))
      const subtotal = add(rows, cents(rounding))
      const order = orderOf(lines, {
        subtotal,
        discount,
        tax,
        shipping: cents(shipping),
        shippingTax: cents(shippingTax),
      })
      const amounts = orderAmounts(order)
      const computed = amounts.lines.map(bySap)
      expect(computed).toEqual(amounts.lines.map(({ net }) => net))
      expect(sum(computed)).toBe(amounts.net)
      const isWhole = lines.every(({ quantityCanceled }) => quantityCanceled === 0n)
      if (isWhole && subtotal >= discount) expect(amounts.net).toBe(subtract(subtotal, discount))
      if (isWhole) expect(amounts.tax).toBe(add(tax, cents(shippingTax)))
      expect(amounts.net).toBeLessThanOrEqual(add(rows, CENT))
      expect(amounts.lines.every(({ quantity }) => quantity > 0n)).toBe(true)
      const total = Number(add(amounts.net, amounts.shipping)) / 10_000
      expect(difference(amounts, 'none', { total, vat: 0 })).toBeNull()
      expect(difference(amounts, 'none', { total: total + 0.01, vat: 0 })).not.toBeNull()
    }),
    { numRuns: 2000 },
  )
})
