/** State names for BigCommerce's status ids; the first three are those in which nothing must be delivered. */
const STATES: Readonly<Record<string, string>> = {
  '4': 'closed',
  '5': 'canceled',
  '6': 'canceled',
  '0': 'incomplete',
  '1': 'pending',
  '2': 'shipped',
  '3': 'partially_shipped',
  '7': 'awaiting_payment',
  '8': 'awaiting_pickup',
  '9': 'awaiting_shipment',
  '10': 'completed',
  '11': 'awaiting_fulfillment',
  '12': 'manual_verification_required',
  '13': 'disputed',
  '14': 'partially_refunded',
}

/** All state names for use in connections. */
export const orderStates: readonly string[] = [...new Set(Object.values(STATES))]

/** The state of an order; an unknown status becomes `status_<id>`, which no connection accepts by default. */
export function orderState(statusId: string): string {
  return STATES[statusId] ?? `status_${statusId}`
}
