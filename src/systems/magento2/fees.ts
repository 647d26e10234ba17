import { type Decimal4, subtract, ZERO4 } from '../../events/decimal.ts'
import { amountOf, isWire, textOf, type Wire, wireOf, wiresOf } from '../kit/wire.ts'
import { type Candidate, charge, withTaxOrNot } from './charge.ts'

/** Names by which extensions tell of a charge of theirs. */
const CHARGE_NAME =
  /fee|surcharge|(?<!re)charge|handling|processing|cash_?on_?delivery|(?:^|_)cod(?:_|$)|insurance|warranty|donation|deposit|gratuity|(?:^|_)tips?(?:_|$)|packag|packing|rounding|round_?off|recycl|environment|(?:^|_)eco(?!n|mm)|(?:^|_)dut(?:y|ies)|protection|levy/i
/**
 * Names by which they tell of what was paid by a credit of theirs: an amount, and no number of points. A credit card is none,
 * but a discount for those who pay by it is; and what is charged for a credit is a charge.
 */
const CREDIT_NAME =
  /^(?=.*(?:gift_?(?:card|cert|voucher)|credit(?!_?(?:card(?!.*discount)|memo|note|limit))|wallet|reward|points|loyalty|voucher|cash_?back))(?=.*(?:amount|discount|value|money))(?!.*(?:earn|balance|refund|invoiced|tax))/i
/** Credits of Magento's own, which are among the order's amounts. */
const OWN_CREDITS = new Set(['gift_cards_amount', 'customer_balance_amount', 'reward_currency_amount'])
const TAX_NAME = /_?tax(?:_amount)?$/i

/** What an object that tells of a charge calls its amount, the tax on it, and itself. */
const AMOUNTS = ['amount', 'value', 'fee_amount', 'total', 'price']
const TAXES = ['tax_amount', 'tax']
const LABELS = ['code', 'key', 'title', 'label', 'name']

/** Parts of an order that are read by themselves, or repeat others. */
const KNOWN_PARTS = new Set([
  'items',
  'billing_address',
  'payment',
  'status_histories',
  'extension_attributes',
  'shipping_assignments',
  'custom_fees',
  'taxes',
  'applied_taxes',
  'item_applied_taxes',
  'additional_itemized_taxes',
])

/** Extensions put what they tell into objects and lists of these. */
const DEEPEST = 3

/** Amounts that extensions put into the order, each with the tax that has its name; credits are less than nothing. */
export function fees(wire: Wire): Candidate[] {
  return [wireOf(wire['extension_attributes']), wire].flatMap((fields) => feesIn(fields, DEEPEST))
}

function feesIn(fields: Wire, depth: number): Candidate[] {
  return Object.entries(fields).flatMap(([name, value]): readonly Candidate[] => {
    if ((depth === DEEPEST && KNOWN_PARTS.has(name)) || name.startsWith('base_') || TAX_NAME.test(name)) return []
    const inner = isWire(value) ? [value] : wiresOf(value)
    if (inner.length > 0) return depth === 0 ? [] : inner.flatMap((one) => feesOf(name, one, depth - 1))
    const amount = numberIn(fields, name)
    if (!amount) return []
    if (CHARGE_NAME.test(name)) return withTaxOrNot(charge('fee', name, amount), taxBeside(fields, name))
    return CREDIT_NAME.test(name) && !OWN_CREDITS.has(name) ? [[charge('fee', name, negative(amount))]] : []
  })
}

/** An object is a charge where its name or label says so; else it may hold some. */
function feesOf(name: string, fields: Wire, depth: number): readonly Candidate[] {
  const label = LABELS.map((one) => textOf(fields[one])).find((one) => one !== null) ?? name
  const first = (names: readonly string[]) => names.map((one) => numberIn(fields, one)).find((one) => one !== null)
  const amount = [name, label].some((one) => CHARGE_NAME.test(one)) ? first(AMOUNTS) : null
  return amount ? withTaxOrNot(charge('fee', label, amount), first(TAXES) ?? ZERO4) : feesIn(fields, depth)
}

/** Extensions write what a credit takes off with either sign. */
const negative = (amount: Decimal4): Decimal4 => (amount > 0n ? subtract(ZERO4, amount) : amount)

/** The tax that begins as the charge does: `cod_fee_tax` of `cod_fee`, `extrafee_tax_amount` of `extrafee_fee_amount`. */
function taxBeside(fields: Wire, name: string): Decimal4 {
  const tax = Object.keys(fields)
    .filter((one) => TAX_NAME.test(one) && !one.startsWith('base_'))
    .map((one) => ({ name: one, of: one.replace(TAX_NAME, '') }))
    .filter(({ of }) => of.length > 2 && name.startsWith(of))
    .toSorted((a, b) => b.of.length - a.of.length)[0]
  return tax === undefined ? ZERO4 : (numberIn(fields, tax.name) ?? ZERO4)
}

function numberIn(fields: Wire, name: string): Decimal4 | null {
  const text = textOf(fields[name]) ?? ''
  return /^-?\d+(?:\.\d{1,4})?0*$/.test(text) ? amountOf(fields, name) : null
}
