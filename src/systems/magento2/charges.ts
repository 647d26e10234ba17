import { add, CENT, type Decimal4, magnitude, sum, ZERO4 } from '../../events/decimal.ts'
import type { Charge } from '../../events/generated/events.ts'
import { amountOf, textOf, type Wire, wireOf, wiresOf } from '../kit/wire.ts'

/** What may explain a part of an order's total: charges that belong together. */
type Candidate = readonly Charge[]

/** Candidates that are tried in all their combinations. */
const MOST_CANDIDATES = 10

/** Names by which extensions tell of a charge of theirs. */
const CHARGE_NAME = /fee|surcharge|charge|handling/i
const TAX_NAME = /_?tax(?:_amount)?$/i

/**
 * The charges that an order's total has beside its lines and shipping. `missing` is what the known amounts do not add up to:
 * official fields come first (fixed product taxes by their rows, gift wrapping, custom fees), then whatever an extension calls
 * a fee. What none of them explains is `rounding`, to a cent for each row, or `unexplained`: then the order is not guessed at.
 */
export function chargesOf(wire: Wire, missing: Decimal4): Charge[] {
  if (missing === 0n) return []
  const candidates = [...productTaxes(wire), ...giftWrapping(wire), ...customFees(wire), ...fees(wire)]
  const found = explaining(missing, candidates.slice(0, MOST_CANDIDATES))
  if (found !== undefined) return found.flat()
  const rows = wiresOf(wire['items']).length + 1
  const kind = magnitude(missing) <= CENT * BigInt(rows) ? 'rounding' : 'unexplained'
  return [charge(kind, null, missing)]
}

/**
 * What of the order's tax is the tax of charges, and in that of no row: Adobe Commerce adds the tax of gift wrapping to the
 * order's, extensions that of their fees. `beyondRows`: the order's tax less that of its rows; nothing unless they explain it.
 */
export function chargeTaxes(wire: Wire, beyondRows: Decimal4): Decimal4 {
  if (beyondRows === 0n) return ZERO4
  const taxes = [...giftWrapping(wire), ...fees(wire)]
    .flat()
    .filter(({ tax }) => tax !== 0n)
    .map((one): Candidate => [{ ...one, amount: ZERO4 }])
  return explaining(beyondRows, taxes.slice(0, MOST_CANDIDATES)) === undefined ? ZERO4 : beyondRows
}

function explaining(missing: Decimal4, candidates: readonly Candidate[]): readonly Candidate[] | undefined {
  const combinations = Array.from({ length: 2 ** candidates.length }, (_, bits) =>
    candidates.filter((_one, index) => ((bits >> index) & 1) === 1),
  )
  return combinations.find((some) => some.length > 0 && sum(some.flat().map(whole)) === missing)
}

const whole = ({ amount, tax }: Charge): Decimal4 => add(amount, tax)

function charge(kind: string, name: string | null, amount: Decimal4, more: Partial<Charge> = {}): Charge {
  return { kind, name, lineId: null, amount, tax: ZERO4, ...more }
}

/** Fixed product taxes of the rows; a part that repeats the tax of its row has none of its own. */
function productTaxes(wire: Wire): Candidate[] {
  const items = wiresOf(wire['items'])
  const taxOf = (item: Wire | undefined) =>
    item === undefined ? ZERO4 : (amountOf(item, 'weee_tax_applied_row_amount', 'items.') ?? ZERO4)
  const charges = items.flatMap((item) => {
    const lineId = textOf(item['item_id'])
    const parent = items.find((one) => textOf(one['item_id']) === textOf(item['parent_item_id']))
    const amount = taxOf(item)
    return amount === 0n || taxOf(parent) !== 0n ? [] : [charge('fixed_product_tax', 'weee', amount, { lineId })]
  })
  return charges.length === 0 ? [] : [charges]
}

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
    const amount = ['custom_fee_amount', 'amount', 'value', 'fee_amount', 'price']
      .map((name) => amountOf(fee, name))
      .find((one) => one !== null)
    const name = textOf(fee['custom_fee_label']) ?? textOf(fee['title']) ?? textOf(fee['label']) ?? textOf(fee['code'])
    return amount ? [[charge('custom_fee', name, amount)]] : []
  })
}

/** Amounts that extensions put into the order, each with the tax that has its name. */
function fees(wire: Wire): Candidate[] {
  const extension = wireOf(wire['extension_attributes'])
  return [extension, wire].flatMap((fields) =>
    Object.keys(fields)
      .filter((name) => CHARGE_NAME.test(name) && !name.startsWith('base_') && !TAX_NAME.test(name))
      .flatMap((name): Candidate[] => {
        const amount = numberIn(fields, name)
        if (amount === null || amount === 0n) return []
        const tax = numberIn(fields, `${name}_tax`) ?? numberIn(fields, `${name}_tax_amount`) ?? ZERO4
        const own = charge('fee', name, amount)
        return tax === 0n ? [[own]] : [[{ ...own, tax }], [own]]
      }),
  )
}

function numberIn(fields: Wire, name: string): Decimal4 | null {
  const text = textOf(fields[name]) ?? ''
  return /^-?\d+(?:\.\d{1,4})?0*$/.test(text) ? amountOf(fields, name) : null
}
