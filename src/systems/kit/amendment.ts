import type { Order } from '../../events/generated/events.ts'
import { personName } from './address-name.ts'

/** The note to the vendor if the order replaces another one; else null. */
export function amendmentNote({ amends }: Pick<Order, 'amends'>): string | null {
  return amends === null ? null : `Replaces order ${amends}`
}

/**
 * Whether the vendor's order has the same recipient as this one. Orders written by earlier releases only have the first
 * and last name.
 */
export function goesToPerson(
  { shippingAddress, billingAddress }: Order,
  name: string | null,
  limit = Infinity,
): boolean {
  const address = shippingAddress ?? billingAddress
  const earlier = { ...address, namePrefix: null, middleName: null, nameSuffix: null }
  return [address, earlier].some((one) => (personName(one)?.slice(0, limit) ?? null) === name)
}
