import { add, type Decimal4, subtract, ZERO4 } from './decimal.ts'
import type { Order } from './generated/events.ts'

/** The amounts of an order's total. */
export type OrderAmounts = Pick<
  Order,
  'subtotal' | 'discount' | 'shipping' | 'shippingTax' | 'tax' | 'charges' | 'giftCard' | 'storeCredit'
>

export const NO_AMOUNTS: OrderAmounts = {
  subtotal: ZERO4,
  discount: ZERO4,
  tax: ZERO4,
  shipping: ZERO4,
  shippingTax: ZERO4,
  charges: [],
  giftCard: ZERO4,
  storeCredit: ZERO4,
}

/** The sum of the order's amounts. Guarantee 7: an order with another total is rejected, not corrected. */
export function expectedTotal(order: OrderAmounts): Decimal4 {
  const charges = order.charges.flatMap(({ amount, tax }) => [amount, tax])
  const charged = [order.shipping, order.shippingTax, order.tax, ...charges].reduce(add, order.subtotal)
  return [order.discount, order.giftCard, order.storeCredit].reduce(subtract, charged)
}
