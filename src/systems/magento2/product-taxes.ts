import { type Decimal4, subtract, sum, toCent, ZERO4, ZERO8 } from '../../events/decimal.ts'
import { parseExact } from '../../platform/json.ts'
import { minorUnit } from '../../rules/currency.ts'
import { amountOf, quantityOf, textOf, type Wire, wiresOf } from '../kit/wire.ts'
import { type Candidate, charge } from './charge.ts'

interface ProductTax {
  readonly lineId: string | null
  readonly amount: Decimal4
  /** Its tax, which is part of the order's tax but of no row. */
  readonly tax: Decimal4
}

/** The fixed product taxes of an order's rows; a child row that repeats its parent's tax is left out. */
function productTaxesOf(order: Wire): readonly ProductTax[] {
  const items = wiresOf(order['items'])
  return items.flatMap((item) => {
    const lineId = textOf(item['item_id'])
    const parent = items.find((one) => textOf(one['item_id']) === textOf(item['parent_item_id']))
    const amount = rowAmount(item)
    const isRepeated = parent !== undefined && rowAmount(parent) !== 0n
    return amount === 0n || isRepeated ? [] : [{ lineId, amount, tax: taxOn(item, amount, order) }]
  })
}

/** The fixed product taxes as one candidate for the order's total, with their tax or without. */
export function productTaxes(order: Wire): Candidate[] {
  const found = productTaxesOf(order)
  if (found.length === 0) return []
  const without = found.map(({ lineId, amount }) => charge('fixed_product_tax', 'weee', amount, { lineId }))
  const taxed = without.map((one, index) => ({ ...one, tax: found[index]?.tax ?? ZERO4 }))
  return found.every(({ tax }) => tax === 0n) ? [without] : [taxed, without]
}

/** The subtotal without the fixed product taxes of its rows, if the shop includes them. */
export function withoutProductTaxes(order: Wire, subtotal: Decimal4, rows: Decimal4): Decimal4 {
  const taxes = sum(productTaxesOf(order).map(({ amount }) => amount))
  return subtract(subtotal, rows) === taxes ? rows : subtotal
}

const rowAmount = (item: Wire): Decimal4 => amountOf(item, 'weee_tax_applied_row_amount', 'items.') ?? ZERO4

/** The tax listed in the row, or else computed with the tax rate of the row. */
function taxOn(item: Wire, amount: Decimal4, order: Wire): Decimal4 {
  const listed = appliedTo(item)
  if (listed.length > 0) {
    const of = (name: string) => listed.map((one) => amountOf(one, name, 'items.weee_tax_applied.') ?? ZERO4)
    const inclusive = sum(of('row_amount_incl_tax'))
    return inclusive === 0n ? ZERO4 : subtract(inclusive, sum(of('row_amount')))
  }
  const percent = quantityOf(item, 'tax_percent', 'items.') ?? ZERO8
  const unit = minorUnit(textOf(order['order_currency_code']) ?? '')
  return toCent((((amount as bigint) * percent) / 10n ** 10n) as Decimal4, unit)
}

/** Magento stores the list as JSON; releases before 2.2 in PHP's serialization format. */
function appliedTo(item: Wire): readonly Wire[] {
  try {
    return wiresOf(parseExact(textOf(item['weee_tax_applied']) ?? '[]'))
  } catch {
    return []
  }
}
