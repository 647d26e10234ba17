import { add, type Decimal4, sum } from '../events/decimal.ts'
import type { Charge, Order } from '../events/generated/events.ts'
import { groupLines } from './components.ts'
import { minorUnit } from './currency.ts'
import { openPart } from './open-part.ts'

export interface ChargeTotals {
  /** Taxes of products, and the tax on charges. */
  readonly tax: Decimal4
  /** Everything else: charged with the shipping. */
  readonly shipping: Decimal4
}

/** Where the charges of a vendor's order go in an ERP, without those of withdrawn pieces. */
export function chargeTotals(order: Order): ChargeTotals {
  const groups = groupLines(order.lines)
  const unit = minorUnit(order.currency)
  const left = ({ lineId }: Charge, amount: Decimal4): Decimal4 => {
    const group = groups.find(({ lines }) => lines.some((line) => line.lineId === lineId))
    return group === undefined ? amount : openPart(group.root, amount, unit)
  }
  const isTax = ({ kind }: Charge) => kind === 'fixed_product_tax'
  const amounts = (charges: readonly Charge[]) => sum(charges.map((charge) => left(charge, charge.amount)))
  const taxes = sum(order.charges.map((charge) => left(charge, charge.tax)))
  return {
    tax: add(taxes, amounts(order.charges.filter(isTax))),
    shipping: amounts(order.charges.filter((charge) => !isTax(charge))),
  }
}
