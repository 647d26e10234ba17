import type { VendorOrderRequested } from '../../events/generated/events.ts'
import { textOf, type Wire, wireOf } from '../kit/wire.ts'
import { DIGEST_FIELD, heldMark, statusBeforeHold } from './custom-fields.ts'

/** Pending approval: an order in this status cannot be fulfilled. */
const WAITING = 'A'
const PENDING_FULFILMENT = 'B'

/**
 * Fields that put an order on hold or release it: an order on hold is pending approval, and gets its earlier status
 * back once the shop releases it. Empty for every other order: its status is the vendor's.
 */
export function holdFields(event: VendorOrderRequested, order: Wire | null): Wire {
  const before = order === null ? null : statusBeforeHold(order)
  if (!event.held) return before === null ? {} : { orderStatus: { id: before } }
  const status = before ?? textOf(wireOf(order?.['orderStatus'])['id']) ?? PENDING_FULFILMENT
  return { orderStatus: { id: WAITING }, [DIGEST_FIELD]: heldMark(event, status) }
}
