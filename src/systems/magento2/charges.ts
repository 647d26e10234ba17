import { add, type Decimal4, sum, ZERO4 } from '../../events/decimal.ts'
import type { Charge } from '../../events/generated/events.ts'
import { leftOver } from '../../rules/unexplained.ts'
import { amountOf, textOf, type Wire, wireOf, wiresOf } from '../kit/wire.ts'
import { type Candidate, charge, withTaxOrNot } from './charge.ts'
import { fees } from './fees.ts'
import { productTaxes } from './product-taxes.ts'

/** Most candidates whose combinations are all tried. */
const MOST_CANDIDATES = 10

/**
 * The charges in an order's total besides lines and shipping. `missing` is the difference between the total and the
 * known amounts. Official fields come first (fixed product taxes by row, gift wrapping, custom fees), then any field
 * that an extension names like a fee. If no combination matches exactly, the difference becomes an unexplained charge
 * (`leftOver`): nothing is guessed.
 */
export function chargesOf(wire: Wire, missing: Decimal4): Charge[] {
  if (missing === 0n) return []
  const candidates = [...productTaxes(wire), ...giftWrapping(wire), ...customFees(wire), ...fees(wire)]
  const found = findExplanation(missing, candidates.slice(0, MOST_CANDIDATES))
  if (found !== undefined) return found.flat()
  return leftOver(missing, wiresOf(wire['items']).length, textOf(wire['order_currency_code']) ?? '')
}

/**
 * The part of the order's tax that belongs to charges and to no row: Magento adds the tax of fixed product taxes to the
 * order's tax, Adobe Commerce that of gift wrapping, extensions that of their fees. `beyondRows`: the order's tax minus
 * the tax of its rows. Returns zero unless charges explain it exactly.
 */
export function chargeTaxes(wire: Wire, beyondRows: Decimal4): Decimal4 {
  if (beyondRows === 0n) return ZERO4
  const taxes = [...productTaxes(wire), ...giftWrapping(wire), ...customFees(wire), ...fees(wire)]
    .map((charges): Candidate => charges.map((one) => ({ ...one, amount: ZERO4 })))
    .filter((charges) => sum(charges.map(({ tax }) => tax)) !== 0n)
  return findExplanation(beyondRows, taxes.slice(0, MOST_CANDIDATES)) === undefined ? ZERO4 : beyondRows
}

function findExplanation(missing: Decimal4, candidates: readonly Candidate[]): readonly Candidate[] | undefined {
  const combinations = Array.from({ length: 2 ** candidates.length }, (_, bits) =>
    candidates.filter((_one, index) => ((bits >> index) & 1) === 1),
  )
  return combinations.find((some) => some.length > 0 && sum(some.flat().map(whole)) === missing)
}

const whole = ({ amount, tax }: Charge): Decimal4 => add(amount, tax)

/** Magento lists the tax on wrapping in separate fields; whether the order's tax includes it depends on the release. */
function giftWrapping(wire: Wire): Candidate[] {
  const extension = wireOf(wire['extension_attributes'])
  const amount = (name: string) => amountOf(extension, name, 'extension_attributes.') ?? amountOf(wire, name) ?? ZERO4
  return (['gw_', 'gw_items_', 'gw_card_'] as const).flatMap((prefix) => {
    const price = amount(`${prefix}price`)
    const tax = amount(`${prefix}tax_amount`)
    if (price === 0n) return []
    return [
      [charge('gift_wrapping', `${prefix}price`, price)],
      ...(tax === 0n ? [] : [[charge('gift_wrapping', `${prefix}tax_amount`, ZERO4, { tax })]]),
    ]
  })
}

function customFees(wire: Wire): Candidate[] {
  const extension = wireOf(wire['extension_attributes'])
  const listed = [wire['custom_fees'], extension['custom_fees']].flatMap(wiresOf)
  return listed.flatMap((fee) => {
    const first = (names: readonly string[]) =>
      names.map((name) => amountOf(fee, name, 'custom_fees.')).find((one) => one !== null)
    const amount = first(['custom_fee_amount', 'amount', 'value', 'fee_amount', 'price'])
    const name = textOf(fee['custom_fee_label']) ?? textOf(fee['title']) ?? textOf(fee['label']) ?? textOf(fee['code'])
    if (!amount) return []
    const tax = first(['custom_fee_tax_amount', 'tax_amount', 'tax']) ?? ZERO4
    return withTaxOrNot(charge('custom_fee', name, amount), tax)
  })
}
