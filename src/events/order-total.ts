import { add, type Decimal4, subtract } from './decimal.ts'
import type { Order } from './generated/events.ts'

type Amounts = Pick<
  Order,
  'subtotal' | 'discount' | 'shipping' | 'shippingTax' | 'tax' | 'charges' | 'giftCard' | 'storeCredit'
>

/** What the order's amounts add up to; Guarantee 7: an order whose total is another is not guessed at. */
export function expectedTotal(order: Amounts): Decimal4 {
  const charges = order.charges.flatMap(({ amount, tax }) => [amount, tax])
  const charged = [order.shipping, order.shippingTax, order.tax, ...charges].reduce(add, order.subtotal)
  return [order.discount, order.giftCard, order.storeCredit].reduce(subtract, charged)
}
