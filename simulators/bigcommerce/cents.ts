/** Four decimals, as v2 writes money. */
export const money = (cents: number): string => `${(cents / 100).toFixed(2)}00`

/** Whole cents of an amount as v2 writes it. */
export const centsIn = (amount: unknown): number => Math.round(Number(amount ?? 0) * 100)
