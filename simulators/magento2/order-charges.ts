import type { Random } from '../harness/random.ts'
import { fromCents, percentOf } from './money.ts'

/** Costs of an order besides lines and shipping, in cents, and the fields with them. */
export interface OrderCharges {
  amount: number
  /** Included in the order's tax, but in no row's. */
  tax: number
  /** Among the order's extension attributes. */
  fields: Record<string, unknown>
}

export const noCharges: OrderCharges = { amount: 0, tax: 0, fields: {} }

/** Gift wrapping of Adobe Commerce with its tax, or a custom fee of 2.4.9. */
export function drawCharges(orderId: number, taxBasisPoints: number, random: Random): OrderCharges {
  if (random.chance(0.7)) return noCharges
  return random.chance(0.5) ? giftWrapping(taxBasisPoints) : customFee(orderId, random.pick([265, 500, 99]))
}

/** The interface returns these amounts as text. */
function giftWrapping(taxBasisPoints: number): OrderCharges {
  const amount = 450
  const tax = percentOf(amount, taxBasisPoints)
  const text = (cents: number) => fromCents(cents).toFixed(4)
  const fields = {
    gw_id: '1',
    gw_price: text(amount),
    gw_base_price: text(amount),
    gw_tax_amount: text(tax),
    gw_base_tax_amount: text(tax),
    gw_price_incl_tax: text(amount + tax),
    gw_base_price_incl_tax: text(amount + tax),
  }
  return { amount, tax, fields }
}

function customFee(orderId: number, amount: number): OrderCharges {
  const money = fromCents(amount)
  const fee = {
    order_id: String(orderId),
    custom_fee_code: 'small_order',
    custom_fee_label: 'Small order',
    custom_fee_amount: money,
    base_custom_fee_amount: money,
    custom_fee_amount_invoiced: 0,
    base_custom_fee_amount_invoiced: 0,
    custom_fee_amount_refunded: 0,
    base_custom_fee_amount_refunded: 0,
  }
  return { amount, tax: 0, fields: { custom_fees: [fee] } }
}
