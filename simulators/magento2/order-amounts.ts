import type { Random } from '../harness/random.ts'
import { apportion, percentOf } from './money.ts'

/** One priced row, in cents. */
export interface LineAmounts {
  qty: number
  price: number
  rowTotal: number
  discount: number
  tax: number
  priceInclTax: number
  rowTotalInclTax: number
}

/** An order's amounts, in cents; `discount` is positive here. */
export interface OrderAmounts {
  lines: LineAmounts[]
  subtotal: number
  discount: number
  discountPercent?: number
  shipping: number
  shippingTax: number
  tax: number
  grandTotal: number
}

/** Content of the cart: the priced rows, and the number of rows without a parent. A virtual cart is not shipped. */
export interface Cart {
  goods: readonly { price: number; qty: number }[]
  rows: number
  taxBasisPoints: number
  isVirtual: boolean
}

/**
 * Computes an order's amounts. These identities hold to the cent for every order (rows = those that
 * have prices: without `parent_item_id`, or the components of a dynamic bundle):
 * - row_total = price × qty_ordered
 * - subtotal = Σ row_total; −discount_amount (order) = Σ discount_amount (rows)
 * - tax_amount (order) = Σ tax_amount (rows) + shipping_tax_amount
 * - grand_total = subtotal + discount_amount (negative) + shipping_amount + tax_amount
 * - subtotal_incl_tax = Σ row_total_incl_tax (tax before discount); shipping_incl_tax = shipping_amount +
 *   shipping_tax_amount
 * A row's tax is taken on its total less its discount and rounded per row.
 */
export function computeAmounts({ goods, rows, taxBasisPoints, isVirtual }: Cart, random: Random): OrderAmounts {
  const rowTotals = goods.map(({ price, qty }) => price * qty)
  const subtotal = sum(rowTotals)
  const { discounts, percent } = drawDiscounts(rowTotals, subtotal, random)
  const lines = goods.map(({ price, qty }, index) => {
    const [rowTotal, discount] = [rowTotals[index] ?? 0, discounts[index] ?? 0]
    return {
      qty,
      price,
      rowTotal,
      discount,
      tax: percentOf(rowTotal - discount, taxBasisPoints),
      priceInclTax: price + percentOf(price, taxBasisPoints),
      rowTotalInclTax: rowTotal + percentOf(rowTotal, taxBasisPoints),
    }
  })
  const shipping = random.pick([0, 495, 799, 1250, rows * 333]) * (isVirtual ? 0 : 1)
  const shippingTax = percentOf(shipping, taxBasisPoints)
  const discount = sum(discounts)
  const tax = sum(lines.map((line) => line.tax)) + shippingTax
  const amounts = { lines, subtotal, discount, shipping, shippingTax, tax }
  const grandTotal = subtotal - discount + shipping + tax
  return { ...amounts, grandTotal, ...(percent === undefined ? {} : { discountPercent: percent }) }
}

/** No discount, a percentage of each row (also 7.35 %), or an amount spread over the rows. */
function drawDiscounts(
  rows: readonly number[],
  subtotal: number,
  random: Random,
): { discounts: number[]; percent?: number } {
  if (random.chance(0.55)) return { discounts: rows.map(() => 0) }
  if (random.chance(0.6)) {
    const basisPoints = random.pick([1250, 735, 1000, 333])
    return { discounts: rows.map((row) => percentOf(row, basisPoints)), percent: basisPoints / 100 }
  }
  return { discounts: apportion(Math.min(subtotal, random.pick([1001, 500, 777])), rows) }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0)
}
