import {
  CENT,
  type Decimal4,
  type Decimal8,
  decimal8,
  greatest,
  least,
  magnitude,
  subtract,
  toCent,
  ZERO4,
} from '../../events/decimal.ts'
import type { OrderLine } from '../../events/generated/events.ts'

/** Lines with the discount and tax that are left of them when a discount was taken off the price with tax. */
export function withNetDiscounts(lines: readonly OrderLine[]): OrderLine[] {
  return lines.map((line) => {
    const { rowTotal, discount, tax, attributes } = line
    const percent = (name: string) => percentOf(attributes[name])
    const row = { rowTotal, discount, tax, taxPercent: percent('tax_percent') }
    return { ...line, ...netRow({ ...row, discountPercent: percent('discount_percent') }) }
  })
}

/** Null: the row does not say. */
function percentOf(json: string | undefined): Decimal8 | null {
  const text = json?.replaceAll('"', '') ?? ''
  return /^\d+(?:\.\d{1,8})?$/.test(text) ? decimal8(text, 'percent') : null
}

/** What a row says of its discount and tax. */
interface RowAmounts {
  /** Before discount and tax. */
  readonly rowTotal: Decimal4
  readonly discount: Decimal4
  readonly tax: Decimal4
  /** Null: the row does not say. */
  readonly taxPercent: Decimal8 | null
  readonly discountPercent: Decimal8 | null
}

/**
 * A row's net discount, and the tax that is left with it. A shop may charge the tax of the full price and take a discount off
 * the price with tax: then the discount has a part of the tax in it, and tax and discount fall together. A discount of
 * more than the row costs is never more than the row.
 */
function netRow(row: RowAmounts): Pick<RowAmounts, 'discount' | 'tax'> {
  const { rowTotal, discount, tax } = row
  if (rowTotal <= 0n || discount <= 0n || !isOfGross(row)) return { discount, tax }
  const gross = (rowTotal as bigint) + tax
  const net = toCent(((((discount as bigint) * rowTotal * 2n) / gross + 1n) / 2n) as Decimal4)
  const taken = least(net, rowTotal)
  const left = subtract(tax, subtract(discount, taken))
  return { discount: taken, tax: greatest(left, ZERO4) }
}

/** Whether the discount was taken off the price with tax, after the tax of the full price was charged. */
function isOfGross({ rowTotal, discount, tax, taxPercent, discountPercent }: RowAmounts): boolean {
  if (discount > rowTotal) return true
  if (tax <= 0n) return false
  const isFullTax = taxPercent === null ? isWhole(tax, rowTotal, 10n) : isPercent(tax, rowTotal, taxPercent)
  const rest = subtract(rowTotal, discount)
  const isRestTax = taxPercent === null ? isWhole(tax, rest, 10n) : isPercent(tax, rest, taxPercent)
  if (!isFullTax || isRestTax) return false
  const gross = ((rowTotal as bigint) + tax) as Decimal4
  if (discountPercent !== null && discountPercent !== 0n) {
    return isPercent(discount, gross, discountPercent) && !isPercent(discount, rowTotal, discountPercent)
  }
  return isWhole(discount, gross, 1n) && !isWhole(discount, rowTotal, 1n)
}

/** Whether a part is so many percent of a whole, to the cent. */
function isPercent(part: Decimal4, whole: Decimal4, percent: Decimal8): boolean {
  const expected = ((whole as bigint) * percent) / 10_000_000_000n
  return magnitude(subtract(part, expected as Decimal4)) <= CENT
}

/** Whether a part is a number of percent with so many tenths (or hundredths: 1 is none), to half a cent. */
function isWhole(part: Decimal4, whole: Decimal4, perPercent: bigint): boolean {
  if (whole <= 0n) return false
  const steps = 100n * perPercent
  const nearest = ((part as bigint) * steps * 2n + whole) / ((whole as bigint) * 2n)
  const expected = ((whole as bigint) * nearest) / steps
  return magnitude(subtract(part, expected as Decimal4)) <= CENT / 2n
}
