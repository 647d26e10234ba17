import { type Decimal4, subtract, ZERO4 } from '../../events/decimal.ts'
import { amountOf, isWire, textOf, type Wire, wireOf, wiresOf } from '../kit/wire.ts'
import { type Candidate, charge, withTaxOrNot } from './charge.ts'

/** Field names of extensions for a charge. */
const CHARGE_NAME =
  /fee|surcharge|(?<!re)charge|handling|processing|cash_?on_?delivery|(?:^|_)cod(?:_|$)|insurance|warranty|donation|deposit|gratuity|(?:^|_)tips?(?:_|$)|packag|packing|rounding|round_?off|recycl|environment|(?:^|_)eco(?!n|mm)|(?:^|_)dut(?:y|ies)|protection|levy/i
/**
 * Field names of extensions for an amount paid by credit, not for a number of points. A credit card is not a credit,
 * but a discount for paying by credit card is; a fee for a credit is a charge.
 */
const CREDIT_NAME =
  /^(?=.*(?:gift_?(?:card|cert|voucher)|credit(?!_?(?:card(?!.*discount)|memo|note|limit))|wallet|reward|points|loyalty|voucher|cash_?back))(?=.*(?:amount|discount|value|money))(?!.*(?:earn|balance|refund|invoiced|tax))/i
/** Magento's own credits, which are already among the order's amounts. */
const OWN_CREDITS = new Set(['gift_cards_amount', 'customer_balance_amount', 'reward_currency_amount'])
const TAX_NAME = /_?tax(?:_amount)?$/i

/** Field names for the amount, the tax and the label of a charge object. */
const AMOUNTS = ['amount', 'value', 'fee_amount', 'total', 'price']
const TAXES = ['tax_amount', 'tax']
const LABELS = ['code', 'key', 'title', 'label', 'name']

/** Parts of an order that are read elsewhere or repeat other parts. */
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

/** Extensions nest their data in objects and lists. */
const DEEPEST = 3

/** Amounts that extensions add to the order, each with the tax of the matching name; credits are negative. */
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

/** An object is a charge if its name or label says so; otherwise it may contain charges. */
function feesOf(name: string, fields: Wire, depth: number): readonly Candidate[] {
  const label = LABELS.map((one) => textOf(fields[one])).find((one) => one !== null) ?? name
  const first = (names: readonly string[]) => names.map((one) => numberIn(fields, one)).find((one) => one !== null)
  const amount = [name, label].some((one) => CHARGE_NAME.test(one)) ? first(AMOUNTS) : null
  return amount ? withTaxOrNot(charge('fee', label, amount), first(TAXES) ?? ZERO4) : feesIn(fields, depth)
}

/** Extensions write credits with either sign. */
const negative = (amount: Decimal4): Decimal4 => (amount > 0n ? subtract(ZERO4, amount) : amount)

/**
 * The tax whose name starts like that of the charge: `cod_fee_tax` for `cod_fee`, `extrafee_tax_amount` for
 * `extrafee_fee_amount`.
 */
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
