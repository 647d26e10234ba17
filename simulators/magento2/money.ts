/** Whole cents of a decimal text, half up. Amounts are added and multiplied only in cents, never as fractions. */
export function toCents(decimal: string): number {
  return Number(scaled(decimal, 2))
}

/** Whole cents as a JSON number; it prints with at most two decimals. */
export function fromCents(cents: number): number {
  return cents / 100
}

/** `cents` times `basisPoints` / 10,000, half up. 825 basis points are 8.25 %. */
export function percentOf(cents: number, basisPoints: number): number {
  return Math.floor((cents * basisPoints + 5_000) / 10_000)
}

/** Divides `total` in proportion to `weights`, by largest remainder: the parts add up to `total`. */
export function apportion(total: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((a, b) => a + b, 0)
  if (sum === 0) return weights.map(() => 0)
  const shares = weights.map((weight, index) => {
    const share = total * weight
    return { index, whole: Math.floor(share / sum), remainder: share % sum }
  })
  const parts = shares.map(({ whole }) => whole)
  let left = total - parts.reduce((a, b) => a + b, 0)
  for (const { index } of shares.sort((a, b) => b.remainder - a.remainder || a.index - b.index)) {
    if (left === 0) break
    parts[index] = (parts[index] ?? 0) + 1
    left -= 1
  }
  return parts
}

/** A decimal text in whole units of 10^-digits, half up. */
export function scaled(decimal: string, digits: number): bigint {
  const [whole = '0', fraction = ''] = decimal.replace('-', '').split('.')
  const units = BigInt(whole + fraction.padEnd(digits, '0').slice(0, digits))
  const rounded = (fraction[digits] ?? '0') >= '5' ? units + 1n : units
  return decimal.startsWith('-') ? -rounded : rounded
}
