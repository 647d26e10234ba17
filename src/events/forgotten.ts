import type { Order } from './generated/events.ts'

/** Replaces the personal data of a forgotten person. */
export const FORGOTTEN = '[forgotten]'

/** Whether the order's person is forgotten: such orders are no longer sent. */
export function isForgotten({ customerEmail }: Pick<Order, 'customerEmail'>): boolean {
  return customerEmail === FORGOTTEN
}
