import { StreamError } from '../../errors.ts'
import type { VendorOrderRequested } from '../../events/generated/events.ts'

/** What a vendor has already done for an order. */
export interface BegunOrder {
  /** For people: `NetSuite has shipped 2 × WLD-1`. */
  readonly done: string
  /** The order in the ERP. */
  readonly details: Readonly<Record<string, string | null>>
}

/** The error for a cancellation that comes too late. `rest`: what happens to the unshipped rest. */
export function refusedError(
  { key, canceled }: VendorOrderRequested,
  { done, details }: BegunOrder,
  rest: string,
): StreamError {
  const message =
    `${canceled ? `order ${key} is canceled` : `the shop reduced order ${key}`}, but ${done}: ` +
    `this can't be undone and needs a return; ${rest}`
  return new StreamError('cancellation_refused', message, { details })
}

/**
 * The error if the shop replaced an order that has been shipped in part without its knowledge: the new order is not
 * delivered as well.
 */
export function replacedBegunError(event: VendorOrderRequested, { done, details }: BegunOrder): StreamError {
  const message = `the shop replaced order ${event.data.amends} with ${event.key}, but ${done} of it; order the rest of the new one by hand`
  return new StreamError('target_conflict', message, { details })
}

/**
 * The error if the shop replaced an order that is in progress: the new one waits until the rest of the old one is
 * closed.
 */
export function originalOpenError(
  event: VendorOrderRequested,
  { done, details }: BegunOrder,
  until: string,
): StreamError {
  const message = `the shop replaced order ${event.data.amends} with ${event.key}, and ${done} of it; the new one is sent when ${until}`
  return new StreamError('original_open', message, { details })
}
