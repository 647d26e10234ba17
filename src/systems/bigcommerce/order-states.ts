/** BigCommerce's status ids in words of ours; the first three are those in which nothing is to be delivered. */
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

/** All states, as connections name them. */
export const orderStates: readonly string[] = [...new Set(Object.values(STATES))]

/** The state of an order; a status that we don't know is `status_<id>`, which no connection takes by itself. */
export function orderState(statusId: string): string {
  return STATES[statusId] ?? `status_${statusId}`
}
