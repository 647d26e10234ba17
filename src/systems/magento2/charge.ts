import { type Decimal4, ZERO4 } from '../../events/decimal.ts'
import type { Charge } from '../../events/generated/events.ts'

/** A possible explanation for a part of an order's total: charges that belong together. */
export type Candidate = readonly Charge[]

export function charge(kind: string, name: string | null, amount: Decimal4, more: Partial<Charge> = {}): Charge {
  return { kind, name, lineId: null, amount, tax: ZERO4, ...more }
}

/** A charge with its separately listed tax, and without: it is unknown whether the order's tax includes it. */
export function withTaxOrNot(own: Charge, tax: Decimal4): readonly Candidate[] {
  return tax === ZERO4 ? [[own]] : [[{ ...own, tax }], [own]]
}
