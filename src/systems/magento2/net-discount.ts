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

/** Corrects discount and tax of lines whose discount was taken off the price including tax. */
export function withNetDiscounts(lines: readonly OrderLine[]): OrderLine[] {
  return lines.map((line) => {
    const { rowTotal, discount, tax, attributes } = line
    const percent = (name: string) => percentOf(attributes[name])
    const row = { rowTotal, discount, tax, taxPercent: percent('tax_percent') }
    return { ...line, ...netRow({ ...row, discountPercent: percent('discount_percent') }) }
  })
}

/** Null if the row does not contain a percentage. */
function percentOf(json: string | undefined): Decimal8 | null {
  const text = json?.replaceAll('"', '') ?? ''
  return /^\d+(?:\.\d{1,8})?$/.test(text) ? decimal8(text, 'percent') : null
}

/** A row's discount and tax as stated. */
interface RowAmounts {
  /** Before discount and tax. */
  readonly rowTotal: Decimal4
  readonly discount: Decimal4
  readonly tax: Decimal4
  /** Null if the row does not contain it. */
  readonly taxPercent: Decimal8 | null
  readonly discountPercent: Decimal8 | null
}

/**
 * A row's net discount and the remaining tax. A shop may charge the tax on the full price and take a discount off the
 * price including tax: then the discount contains tax, and both tax and discount are reduced by that part. The discount
 * never exceeds the row.
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

/** Whether the discount was taken off the price including tax, with tax charged on the full price. */
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

/** Whether a part is this percentage of a whole, to the cent. */
function isPercent(part: Decimal4, whole: Decimal4, percent: Decimal8): boolean {
  const expected = ((whole as bigint) * percent) / 10_000_000_000n
  return magnitude(subtract(part, expected as Decimal4)) <= CENT
}

/**
 * Whether a part is a percentage with `perPercent` steps per percent (1: whole percent, 10: tenths), to half a cent.
 */
function isWhole(part: Decimal4, whole: Decimal4, perPercent: bigint): boolean {
  if (whole <= 0n) return false
  const steps = 100n * perPercent
  const nearest = ((part as bigint) * steps * 2n + whole) / ((whole as bigint) * 2n)
  const expected = ((whole as bigint) * nearest) / steps
  return magnitude(subtract(part, expected as Decimal4)) <= CENT / 2n
}
