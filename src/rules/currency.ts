import type { Decimal4 } from '../events/decimal.ts'

/** Currencies of ISO 4217 without decimals, and those with three. All others have two. */
const NO_DECIMALS = new Set('BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' '))
const THREE_DECIMALS = new Set('BHD IQD JOD KWD LYD OMR TND'.split(' '))

/** The smallest amount of a currency; shares of an amount are multiples of it. */
export function minorUnit(currency: string): Decimal4 {
  if (NO_DECIMALS.has(currency)) return 10_000n as Decimal4
  return (THREE_DECIMALS.has(currency) ? 10n : 100n) as Decimal4
}
