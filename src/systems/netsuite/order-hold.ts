import type { VendorOrderRequested } from '../../events/generated/events.ts'
import { textOf, type Wire, wireOf } from '../kit/wire.ts'
import { DIGEST_FIELD, heldMark, statusBeforeHold } from './custom-fields.ts'

/** Pending approval: nothing of such an order can be fulfilled. */
const WAITING = 'A'
const PENDING_FULFILMENT = 'B'

/**
 * Fields of an order that waits for the shop, or goes on: one that is to wait is pending approval, and has the status again
 * that it had before once the shop releases it. None for every other order: its status is the vendor's.
 */
export function holdFields(event: VendorOrderRequested, order: Wire | null): Wire {
  const before = order === null ? null : statusBeforeHold(order)
  if (!event.held) return before === null ? {} : { orderStatus: { id: before } }
  const status = before ?? textOf(wireOf(order?.['orderStatus'])['id']) ?? PENDING_FULFILMENT
  return { orderStatus: { id: WAITING }, [DIGEST_FIELD]: heldMark(event, status) }
}
