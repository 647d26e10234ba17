import type { Connection } from '../../configuration/model.ts'
import type { VendorOrderRequested } from '../../events/generated/events.ts'
import { earlierReference, orderReference } from '../../rules/order-reference.ts'
import { goesToPerson } from '../kit/amendment.ts'
import { originalOpenError, replacedBegunError } from '../kit/begun-order.ts'
import { textOf, type Wire, wireOf } from '../kit/wire.ts'
import type { NetSuiteClient } from './client.ts'
import { closedByTheShop, isSettled, isWithdrawn } from './custom-fields.ts'
import { begunOf, isBegun, isEnded } from './order-state.ts'

/**
 * The order that the shop replaced by this one, under its earlier name: an edit in the shop changes the order that NetSuite has,
 * whichever of the two events comes first. Null: there is none, the vendor ended it, it is somebody else's (two stores may number
 * their orders alike), or the shop took back all of it that was not shipped: the new order is one of its own. Throws
 * `original_open` until the shop has done so, and `target_conflict` where it took back what was shipped: the new order is not
 * delivered beside that.
 */
export async function amendedOrder(
  client: Pick<NetSuiteClient, 'getByExternalId'>,
  event: VendorOrderRequested,
  { id }: Connection,
  signal: AbortSignal,
): Promise<Wire | null> {
  const { amends } = event.data
  if (amends === null || event.canceled) return null
  const names = [orderReference(id, amends), earlierReference(id, amends)].filter((name) => name !== null)
  for (const name of names) {
    const order = await client.getByExternalId('salesOrder', name, { expand: true }, signal)
    if (order === null || !isOfSamePerson(order, event)) continue
    if (isBegun(order)) {
      if (isSettled(order)) return null
      if (isWithdrawn(order)) throw replacedBegunError(event, begunOf(order))
      throw originalOpenError(event, begunOf(order), 'the cancellation of the rest has come')
    }
    return isEnded(order) && !closedByTheShop(order) ? null : order
  }
  return null
}

function isOfSamePerson(order: Wire, { data }: VendorOrderRequested): boolean {
  const email = textOf(order['email'])?.toLowerCase()
  if (email !== undefined && data.customerEmail !== '') return email === data.customerEmail.toLowerCase()
  return goesToPerson(data, textOf(wireOf(order['shippingAddress'])['addressee']))
}
