import type { Random } from '../harness/random.ts'

/** State, the store's status for it, and progress of the order. */
export interface OrderProgress {
  state: string
  status: string
  invoiced: boolean
  shipped: boolean
  canceled: boolean
  refunded: boolean
}

const begun = { invoiced: false, shipped: false, canceled: false, refunded: false }

/** State of an order before it is paid. */
export const placed: OrderProgress = { ...begun, state: 'new', status: 'pending' }

const processing: OrderProgress = { ...begun, state: 'processing', status: 'processing', invoiced: true }

const others: readonly OrderProgress[] = [
  placed,
  { ...begun, state: 'pending_payment', status: 'pending_payment' },
  { ...begun, state: 'payment_review', status: 'payment_review' },
  { ...begun, state: 'holded', status: 'holded' },
  { ...begun, state: 'canceled', status: 'canceled', canceled: true },
  { ...begun, state: 'complete', status: 'complete', invoiced: true, shipped: true },
  { ...begun, state: 'closed', status: 'closed', invoiced: true, shipped: true, refunded: true },
]

/** `processing`; with mixed states half of the orders are in one of the other seven. */
export function drawProgress(random: Random, mixedStates: boolean): OrderProgress {
  return mixedStates && random.chance(0.5) ? random.pick(others) : processing
}
