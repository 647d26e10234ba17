import type { Connection } from '../../configuration/model.ts'
import type { VendorOrderRequested } from '../../events/generated/events.ts'
import { earlierReference, orderReference } from '../../rules/order-reference.ts'
import { goesToPerson } from '../kit/amendment.ts'
import { originalOpenError, replacedBegunError } from '../kit/begun-order.ts'
import { textOf, type Wire, wireOf } from '../kit/wire.ts'
import type { NetSuiteClient } from './client.ts'
import { closedByTheShop, isSettled, isWithdrawn } from './custom-fields.ts'
import { begunOf, deliveredOf, isBegun, isDone, isEnded } from './order-state.ts'

/** Pieces that an order wants, by internal item id. */
type WantedPieces = () => Promise<ReadonlyMap<string, number>>

/**
 * The order that the shop replaced by this one, found by its earlier external id: an edit in the shop changes the order
 * that NetSuite has, whichever of the two events comes first. Null: there is none, the vendor ended it, it is another
 * person's (two stores may number their orders alike), the shop took back everything of it that was not shipped, or it
 * has no open pieces: the new order is then written as a separate order. Throws `original_open` while it has open
 * pieces, and `target_conflict` if the shop took back shipped pieces, or wants more of them than were left: the new
 * order is not delivered in addition.
 */
export async function amendedOrder(
  client: Pick<NetSuiteClient, 'getByExternalId'>,
  event: VendorOrderRequested,
  { connection: { id }, wanted }: { readonly connection: Connection; readonly wanted: WantedPieces },
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
      const isOpen = !isWithdrawn(order) && !isDone(order)
      if (isOpen) throw originalOpenError(event, begunOf(order), 'the cancellation of the rest has arrived')
      // If the order is done, there may be nothing left to take back, and no cancellation arrives.
      if (isWithdrawn(order) || wantsDelivered(order, await wanted())) throw replacedBegunError(event, begunOf(order))
      return null
    }
    return isEnded(order) && !closedByTheShop(order) ? null : order
  }
  return null
}

/** Whether the new order has more pieces of a delivered item than the old order left undelivered. */
function wantsDelivered(order: Wire, wanted: ReadonlyMap<string, number>): boolean {
  return wanted.entries().some(([item, pieces]) => {
    const { done, left } = deliveredOf(order, item)
    return done > 0 && pieces > left
  })
}

function isOfSamePerson(order: Wire, { data }: VendorOrderRequested): boolean {
  const email = textOf(order['email'])?.toLowerCase()
  if (email !== undefined && data.customerEmail !== '') return email === data.customerEmail.toLowerCase()
  return goesToPerson(data, textOf(wireOf(order['shippingAddress'])['addressee']))
}
