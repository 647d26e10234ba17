import { add, type Decimal4, subtract } from './decimal.ts'
import type { Order } from './generated/events.ts'

/** What the order's amounts add up to; Guarantee 7: an order whose total is another is not guessed at. */
export function expectedTotal(order: Order): Decimal4 {
  const charged = [order.shipping, order.shippingTax, order.tax].reduce(add, order.subtotal)
  return [order.discount, order.giftCard, order.storeCredit].reduce(subtract, charged)
}
