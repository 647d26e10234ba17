import { StreamError } from '../../errors.ts'
import type { VendorOrderRequested } from '../../events/generated/events.ts'

/** What a vendor has begun of an order. */
export interface BegunOrder {
  /** For people: `NetSuite has shipped 2 × WLD-1`. */
  readonly done: string
  /** The order in the ERP. */
  readonly details: Readonly<Record<string, string | null>>
}

/** The vendor's answer to what the shop took back. `rest`: what became of what was not shipped. */
export function refusedError(
  { key, canceled }: VendorOrderRequested,
  { done, details }: BegunOrder,
  rest: string,
): StreamError {
  const message =
    `${canceled ? `order ${key} is canceled` : `the shop took pieces back of order ${key}`}, but ${done}: ` +
    `that is not taken back, and comes back as a return; ${rest}`
  return new StreamError('cancellation_refused', message, { details })
}

/** The shop replaced an order without knowing what was shipped of it: the new one is not delivered beside that. */
export function replacedBegunError(event: VendorOrderRequested, { done, details }: BegunOrder): StreamError {
  const message = `the shop replaced order ${event.data.amends} by ${event.key}, but ${done} of it; order there by hand what is left of the new one`
  return new StreamError('target_conflict', message, { details })
}

/** The shop replaced an order that is begun: the new one waits until the rest of it is closed. */
export function originalOpenError(
  event: VendorOrderRequested,
  { done, details }: BegunOrder,
  until: string,
): StreamError {
  const message = `the shop replaced order ${event.data.amends} by ${event.key}, and ${done} of it; the new one goes when ${until}`
  return new StreamError('original_open', message, { details })
}
