import type { Order } from '../../events/generated/events.ts'
import { lineText } from './fit-text.ts'

/** What the vendor is told of an order that took the place of another; null: it did not. */
export function amendmentNote({ amends }: Pick<Order, 'amends'>): string | null {
  return amends === null ? null : `Replaces order ${amends}`
}

/** Who gets the order, on one line; null: nobody is named. */
export function personOf({ shippingAddress, billingAddress }: Order): string | null {
  const { firstName, lastName } = shippingAddress ?? billingAddress
  return lineText([firstName, lastName].filter((part) => part !== null).join(' '))
}
