import { type Decimal8, subtract } from '../../events/decimal.ts'
import type { Order, OrderLine } from '../../events/generated/events.ts'

/** The lines an ERP is to have: top-level ones. A configurable's row carries its child's SKU; components stay with it. */
export function topLevelLines({ lines }: Pick<Order, 'lines'>): readonly OrderLine[] {
  const ids = new Set(lines.map(({ lineId }) => lineId))
  return lines.filter(({ parentLineId }) => parentLineId === null || !ids.has(parentLineId))
}

/** Pieces of a line that the shop did not cancel. */
export function openQuantity({ quantityOrdered, quantityCanceled }: OrderLine): Decimal8 {
  return subtract(quantityOrdered, quantityCanceled)
}
