import { type Decimal4, subtract, ZERO4 } from '../../events/decimal.ts'
import type { Charge } from '../../events/generated/events.ts'
import { amountOf, textOf, type Wire, wiresOf } from '../kit/wire.ts'

/**
 * An order's charges besides rows and shipping: gift wrapping, and the fees of the checkout. A fee of type
 * `custom_fee`, the only documented one, becomes `custom_fee`; any other becomes `fee`.
 */
export function chargesOf(order: Wire): Charge[] {
  const wrapping = charge('gift_wrapping', 'wrapping_cost', {
    ex: amountOf(order, 'wrapping_cost_ex_tax') ?? ZERO4,
    inc: amountOf(order, 'wrapping_cost_inc_tax') ?? ZERO4,
  })
  return [wrapping, ...wiresOf(order['fees']).map(toFee)].filter(({ amount, tax }) => amount !== 0n || tax !== 0n)
}

function toFee(fee: Wire): Charge {
  // The specification has both spellings.
  const ex = amountOf(fee, 'cost_ex_tax', 'fees.') ?? amountOf(fee, 'cost_exc_tax', 'fees.')
  const inc = amountOf(fee, 'cost_inc_tax', 'fees.')
  const name = textOf(fee['display_name_merchant']) ?? textOf(fee['display_name_customer'])
  const costs = { ex: ex ?? inc ?? ZERO4, inc: inc ?? ex ?? ZERO4 }
  return charge(textOf(fee['type']) === 'custom_fee' ? 'custom_fee' : 'fee', name, costs)
}

interface Costs {
  readonly ex: Decimal4
  readonly inc: Decimal4
}

function charge(kind: string, name: string | null, { ex, inc }: Costs): Charge {
  return { kind, name, lineId: null, amount: ex, tax: subtract(inc, ex) }
}
