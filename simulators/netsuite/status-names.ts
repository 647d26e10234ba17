import type { Wire } from './account.ts'
import type { OrderLine } from './sales-order-lines.ts'

/** Names of a sales order's status letters. */
export const statusNames: Readonly<Record<string, string>> = {
  A: 'Pending Approval',
  B: 'Pending Fulfillment',
  C: 'Cancelled',
  D: 'Partially Fulfilled',
  E: 'Pending Billing/Partially Fulfilled',
  F: 'Pending Billing',
  G: 'Billed',
  H: 'Closed',
}

/** Names of an item fulfilment's status letters. */
export const shipStatusNames: Readonly<Record<string, string>> = { A: 'Picked', B: 'Packed', C: 'Shipped' }

export const isClosed = ({ document }: OrderLine): boolean => document['isClosed'] === true

/**
 * The status of an order that is not cancelled, from its lines; before anything was shipped, the status that it was
 * given.
 */
export function orderStatus(lines: readonly OrderLine[], document: Wire): string {
  const open = lines.filter((line) => !isClosed(line) && line.fulfilled < line.quantity)
  const begun = lines.some(({ fulfilled }) => fulfilled > 0)
  if (begun) return open.length === 0 ? 'F' : 'D'
  if (lines.every(isClosed)) return 'H'
  return (document['orderStatus'] as { id: string } | undefined)?.id ?? 'B'
}
