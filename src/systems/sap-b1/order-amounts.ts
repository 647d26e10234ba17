import { StreamError } from '../../errors.ts'
import {
  add,
  allocate,
  type Decimal4,
  type Decimal8,
  decimal4,
  greatest,
  multiply,
  subtract,
  sum,
  text4,
  toCent,
  ZERO4,
} from '../../events/decimal.ts'
import type { Order, OrderLine } from '../../events/generated/events.ts'
import { groupLines } from '../../rules/components.ts'
import { minorUnit } from '../../rules/currency.ts'
import { openPart } from '../../rules/open-part.ts'
import { vendorQuantity, withdrawnQuantity } from '../../rules/quantities.ts'
import { chargeTotals } from '../../rules/vendor-charges.ts'

/** A line as SAP computes it: quantity × unit price less the percent is `net`, to the cent. */
export interface PricedLine {
  readonly line: OrderLine
  readonly quantity: Decimal8
  /** Six decimals at most. */
  readonly unitPrice: string
  /** Six decimals at most. */
  readonly discountPercent: string
  readonly net: Decimal4
}

export interface OrderAmounts {
  /** One for each top-level line that has pieces left to deliver. */
  readonly lines: readonly PricedLine[]
  /** The smallest amount of the currency. */
  readonly unit: Decimal4
  /** Before tax: the sum of the lines' `net`. */
  readonly net: Decimal4
  readonly shipping: Decimal4
  /** Tax of the lines and of shipping. */
  readonly tax: Decimal4
}

interface Row {
  readonly line: OrderLine
  readonly quantity: Decimal8
  readonly gross: Decimal4
  readonly net: Decimal4
}

/**
 * The amounts of an order as SAP takes them; pure. Guarantee 7: discounts of lines, components and the order are in the
 * lines, and the shop's rounding over the whole order is shared among them, so that the lines add up to subtotal less
 * discount to the cent (or the currency's unit), and none is negative. Pieces that the shop took back are left out,
 * with their part of discount and tax; shipping stays as it was charged. Throws `totals_differ` for a line whose amount
 * results from no percent and no price of six decimals.
 */
export function orderAmounts(order: Order): OrderAmounts {
  const groups = topLevel(order)
  const unit = minorUnit(order.currency)
  const charges = chargeTotals(order)
  const rows = groups.map(({ line, discount }) => rowOf(line, discount, unit)).filter(({ quantity }) => quantity > 0n)
  const all = (field: 'rowTotal' | 'discount' | 'tax') => sum(groups.map((group) => group[field]))
  const rounding = subtract(subtract(order.subtotal, all('rowTotal')), subtract(order.discount, all('discount')))
  // If no remaining line has a price, the rounding belongs to pieces that were taken back.
  const isFree = rows.every(({ gross }) => gross === 0n) && groups.some(({ line }) => withdrawnQuantity(line) > 0n)
  const target = isFree ? ZERO4 : greatest(ZERO4, toCent(add(sum(rows.map(({ net }) => net)), rounding), unit))
  const shares = allocate(target, weightsOf(rows), unit)
  const lines = rows.map((row, index) => priced(row, shares[index] ?? ZERO4, unit))
  const taxes = groups.map(({ line, tax }) => openPart(line, tax, unit))
  const taxed = [subtract(order.tax, all('tax')), order.shippingTax, charges.tax]
  const tax = toCent(taxed.reduce(add, sum(taxes)), unit)
  return { lines, unit, net: target, shipping: toCent(add(order.shipping, charges.shipping), unit), tax }
}

interface TopLevel {
  readonly line: OrderLine
  readonly rowTotal: Decimal4
  /** Including those of its components. */
  readonly discount: Decimal4
  readonly tax: Decimal4
}

/** A configurable's row carries its child's SKU. */
function topLevel({ lines }: Order): readonly TopLevel[] {
  return groupLines(lines).map(({ root, lines: members }) => ({
    line: root,
    rowTotal: root.rowTotal,
    discount: sum(members.map(({ discount }) => discount)),
    tax: sum(members.map(({ tax }) => tax)),
  }))
}

function rowOf(line: OrderLine, discount: Decimal4, unit: Decimal4): Row {
  const quantity = vendorQuantity(line)
  const gross = withdrawnQuantity(line) === 0n ? line.rowTotal : multiply(quantity, line.unitPrice)
  return { line, quantity, gross, net: subtract(gross, openPart(line, discount, unit)) }
}

/** Rounding goes to lines with an amount; if everything is fully discounted, to lines with a price. */
function weightsOf(rows: readonly Row[]): bigint[] {
  const nets = rows.map(({ net }) => (net < 0n ? 0n : net))
  return nets.some((net) => net > 0n) ? nets : rows.map(({ gross }) => gross)
}

const MICRO = 1_000_000n
/** 100 % in millionths of a percent. */
const WHOLE = 100n * MICRO

/** The line's price, less a percent if it needs one; if no percent is exact enough, the net price. */
function priced({ line, quantity }: Row, net: Decimal4, unit: Decimal4): PricedLine {
  const price = divided(line.unitPrice, 100n)
  const gross = quantity * price
  const scaledNet = net * 10n ** 10n
  const netPrice = divided(scaledNet, quantity)
  const usual = gross === 0n ? 0n : divided((gross - scaledNet) * WHOLE, gross)
  const ways = [
    { of: price, percent: 0n },
    { of: price, percent: usual },
    ...(gross === 0n ? [] : [{ of: netPrice, percent: 0n }]),
  ]
  // From quantity (8 decimals) × price (6) to the units of the currency (4).
  const perUnit = unit * 10n ** 10n
  const way = ways.find(({ of, percent }) => divided(quantity * of * (WHOLE - percent), WHOLE * perUnit) * unit === net)
  if (way !== undefined) {
    return { line, quantity, unitPrice: text6(way.of), discountPercent: text6(way.percent), net }
  }
  const message = `line ${line.lineId}: no percent and no price of six decimals result in ${text4(net)}`
  throw new StreamError('totals_differ', message, { field: `lines.${line.lineId}` })
}

/** Rounded half away from zero. */
function divided(value: bigint, by: bigint): bigint {
  const half = by / 2n
  return value < 0n ? (value - half) / by : (value + half) / by
}

/** Shortest decimal text of a number of millionths. */
function text6(value: bigint): string {
  const digits = (value < 0n ? -value : value).toString().padStart(7, '0')
  const fraction = digits.slice(-6).replace(/0+$/, '')
  return `${value < 0n ? '-' : ''}${digits.slice(0, -6)}${fraction === '' ? '' : `.${fraction}`}`
}

/** How an order's tax is sent to SAP: by tax code, as an expense, or not at all. */
export type TaxWay = 'code' | 'expense' | 'none'

/**
 * Compares what SAP computed with the order; null if they agree. With a tax code, SAP computes the tax: it may differ
 * by a cent per line, since SAP and the shop round differently.
 */
export function difference(amounts: OrderAmounts, taxWay: TaxWay, sap: { total: number; vat: number }): string | null {
  const decimal = (value: number) => decimal4(value.toFixed(4), 'DocTotal')
  const [total, vat] = [decimal(sap.total), decimal(sap.vat)]
  const net = add(add(amounts.net, amounts.shipping), taxWay === 'expense' ? amounts.tax : ZERO4)
  if (subtract(total, vat) !== net) return `it is ${text4(subtract(total, vat))} before tax instead of ${text4(net)}`
  const tax = taxWay === 'code' ? amounts.tax : ZERO4
  const tolerance = taxWay === 'code' ? amounts.unit * BigInt(amounts.lines.length + 1) : 0n
  const off = vat > tax ? vat - tax : tax - vat
  if (taxWay === 'none' || off <= tolerance) return null
  return `its tax is ${text4(vat)} instead of ${text4(tax)}`
}
