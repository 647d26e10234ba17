/** Amounts of a transaction in units of 1e-8, so that sums and products are exact. */
export type Units = bigint

const unitsPerOne = 100_000_000n

export function toUnits(value: number): Units {
  return BigInt(value.toFixed(8).replace('.', ''))
}

/** A quantity or amount of a row; 0 if it has none. */
export function unitsOf(row: Readonly<Record<string, unknown>> | undefined, column: string): Units {
  return toUnits(Number(row?.[column] ?? 0))
}

/** The nearest JSON number, as the record service shows it. */
export function fromUnits(units: Units): number {
  const sign = units < 0n ? '-' : ''
  const size = units < 0n ? -units : units
  return Number(`${sign}${size / unitsPerOne}.${(size % unitsPerOne).toString().padStart(8, '0')}`)
}

/** The product, rounded down. */
export function timesUnits(a: Units, b: Units): Units {
  return (a * b) / unitsPerOne
}

/** quantity × rate, rounded half away from zero to the cent, like an order line's amount. */
export function lineAmount(quantity: number, rate: number): number {
  const product = toUnits(quantity) * toUnits(rate)
  const cent = (unitsPerOne * unitsPerOne) / 100n
  const size = product < 0n ? -product : product
  const cents = (size + cent / 2n) / cent
  return fromUnits((product < 0n ? -cents : cents) * (unitsPerOne / 100n))
}

export function sum(values: readonly number[]): number {
  return fromUnits(values.reduce((total, value) => total + toUnits(value), 0n))
}
