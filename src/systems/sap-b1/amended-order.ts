import { StreamError } from '../../errors.ts'
import type { VendorOrderRequested } from '../../events/generated/events.ts'
import { goesToPerson } from '../kit/amendment.ts'
import { requireText, textOf, type Wire, wireOf } from '../kit/wire.ts'
import { addressLimits } from './field-limits.ts'
import type { MarkFields } from './settings.ts'
import { deliveredPieces, isBegun } from './taken-back.ts'

/**
 * The open one of the orders that the shop replaced by this one: it is changed into it, name and all, whichever of the two events
 * comes first. Undefined: there is none, or it is somebody else's (two stores may number their orders alike). Throws
 * `target_conflict` where a part of it was delivered: the new order is not delivered beside it.
 */
export function amendedOrder(
  orders: readonly Wire[],
  event: VendorOrderRequested,
  marks: MarkFields,
): Wire | undefined {
  const order = orders.find((one) => one['Cancelled'] !== 'tYES' && isOfSamePerson(one, event))
  if (order === undefined) return undefined
  if (isBegun(order)) throw begunError(event, order, marks)
  return order['DocumentStatus'] === 'bost_Open' ? order : undefined
}

function isOfSamePerson(order: Wire, { data }: VendorOrderRequested): boolean {
  const name = textOf(wireOf(order['AddressExtension'])['ShipToAddress2'])
  return goesToPerson(data, name, addressLimits['Address2'])
}

function begunError({ key, data: { amends } }: VendorOrderRequested, order: Wire, marks: MarkFields): StreamError {
  const message =
    `the shop replaced order ${amends} by ${key}, but SAP has delivered ${deliveredPieces(order, marks)} of it; ` +
    'order there by hand what is left of the new one'
  return new StreamError('target_conflict', message, { details: { order: requireText(order, 'DocEntry') } })
}
