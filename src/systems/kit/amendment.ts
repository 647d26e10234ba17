import type { Order } from '../../events/generated/events.ts'
import { personName } from './address-name.ts'

/** What the vendor is told of an order that took the place of another; null: it did not. */
export function amendmentNote({ amends }: Pick<Order, 'amends'>): string | null {
  return amends === null ? null : `Replaces order ${amends}`
}

/** Whether an order of the vendor goes to who gets this one. One that an earlier release wrote has the first and last name alone. */
export function goesToPerson(
  { shippingAddress, billingAddress }: Order,
  name: string | null,
  limit = Infinity,
): boolean {
  const address = shippingAddress ?? billingAddress
  const earlier = { ...address, namePrefix: null, middleName: null, nameSuffix: null }
  return [address, earlier].some((one) => (personName(one)?.slice(0, limit) ?? null) === name)
}
