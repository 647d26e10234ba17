import { add, type Decimal4, text4, ZERO4 } from './decimal.ts'

/** Total of an order. */
export interface OrderAmount {
  readonly currency: string
  readonly total: Decimal4
}

export interface Amount {
  readonly currency: string
  /** Exact, as text. */
  readonly total: string
}

/** Totals by currency, sorted by currency. */
export function totalsByCurrency(amounts: Iterable<OrderAmount>): readonly Amount[] {
  const sums = new Map<string, Decimal4>()
  for (const { currency, total } of amounts) sums.set(currency, add(sums.get(currency) ?? ZERO4, total))
  return [...sums]
    .toSorted(([a], [b]) => Number(a > b) - Number(a < b))
    .map(([currency, total]) => ({ currency, total: text4(total) }))
}
