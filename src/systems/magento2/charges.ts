import { add, type Decimal4, sum, ZERO4 } from '../../events/decimal.ts'
import type { Charge } from '../../events/generated/events.ts'
import { leftOver } from '../../rules/unexplained.ts'
import { amountOf, textOf, type Wire, wireOf, wiresOf } from '../kit/wire.ts'
import { type Candidate, charge, withTaxOrNot } from './charge.ts'
import { fees } from './fees.ts'
import { productTaxes } from './product-taxes.ts'

/** Candidates that are tried in all their combinations. */
const MOST_CANDIDATES = 10

/**
 * The charges that an order's total has beside its lines and shipping. `missing` is what the known amounts do not add up to:
 * official fields come first (fixed product taxes by their rows, gift wrapping, custom fees), then whatever an extension calls
 * a fee. What none of them explains is left over (`leftOver`): the order is not guessed at.
 */
export function chargesOf(wire: Wire, missing: Decimal4): Charge[] {
  if (missing === 0n) return []
  const candidates = [...productTaxes(wire), ...giftWrapping(wire), ...customFees(wire), ...fees(wire)]
  const found = explaining(missing, candidates.slice(0, MOST_CANDIDATES))
  if (found !== undefined) return found.flat()
  return leftOver(missing, wiresOf(wire['items']).length, textOf(wire['order_currency_code']) ?? '')
}

/**
 * What of the order's tax is the tax of charges, and in that of no row: Magento adds the tax of fixed product taxes to the
 * order's, Adobe Commerce that of gift wrapping, extensions that of their fees. `beyondRows`: the order's tax less that of its
 * rows; nothing unless they explain it.
 */
export function chargeTaxes(wire: Wire, beyondRows: Decimal4): Decimal4 {
  if (beyondRows === 0n) return ZERO4
  const taxes = [...productTaxes(wire), ...giftWrapping(wire), ...customFees(wire), ...fees(wire)]
    .map((charges): Candidate => charges.map((one) => ({ ...one, amount: ZERO4 })))
    .filter((charges) => sum(charges.map(({ tax }) => tax)) !== 0n)
  return explaining(beyondRows, taxes.slice(0, MOST_CANDIDATES)) === undefined ? ZERO4 : beyondRows
}

function explaining(missing: Decimal4, candidates: readonly Candidate[]): readonly Candidate[] | undefined {
  const combinations = Array.from({ length: 2 ** candidates.length }, (_, bits) =>
    candidates.filter((_one, index) => ((bits >> index) & 1) === 1),
  )
  return combinations.find((some) => some.length > 0 && sum(some.flat().map(whole)) === missing)
}

const whole = ({ amount, tax }: Charge): Decimal4 => add(amount, tax)

/** Magento has the tax on wrapping in fields of its own; whether the order's tax has it too, differs by release. */
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
