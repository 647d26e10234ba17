import type { Order } from './generated/events.ts'

/** Stands in texts for what was said of a person who is forgotten. */
export const FORGOTTEN = '[forgotten]'

/** Whether the order's person is forgotten: nothing more is sent of it. */
export function isForgotten({ customerEmail }: Pick<Order, 'customerEmail'>): boolean {
  return customerEmail === FORGOTTEN
}
