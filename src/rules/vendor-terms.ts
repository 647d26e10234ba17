import type { Connection } from '../configuration/model.ts'
import { StreamError } from '../errors.ts'
import { type Decimal4, type Decimal8, decimal8, multiply, sum, toCent, ZERO4, ZERO8 } from '../events/decimal.ts'
import type { Order, OrderLine } from '../events/generated/events.ts'
import { minorUnit } from './currency.ts'
import { topLevelLines } from './split-order.ts'

/** Who is the vendor's customer for an order, and at what price. */
export type VendorTerms = Pick<Connection, 'billTo' | 'customer' | 'prices' | 'priceLevel' | 'costs' | 'shipping'>

/** The vendor's id of the seller as its customer; null: the vendor's customer is the shop's customer. */
export function sellersAccount({ billTo, customer }: VendorTerms): string | null {
  return billTo === 'seller' ? customer : null
}

/** Whether the shop's prices, discounts, taxes and charges apply at the vendor too. */
export function atShopPrices({ prices }: Pick<VendorTerms, 'prices'>): boolean {
  return prices !== 'list' && prices !== 'priceLevel' && prices !== 'none'
}

/** Whether the ERP finds the prices of lines itself: they are neither sent nor compared. */
export function pricedByErp({ prices }: Pick<VendorTerms, 'prices'>): boolean {
  return prices === 'priceLevel' || prices === 'none'
}

/** A currency without a name: amounts have two decimals. */
const NO_CURRENCY = 'XXX'

/**
 * The order as the vendor sells it to the seller; pure. At prices other than the shop's it contains none of the
 * customer's discounts, taxes and charges: lines cost what the list says, or zero if the ERP prices them. `currency`:
 * of these prices; null: not known. Throws `mapping_failed` for a SKU that the list does not have.
 */
export function asSold(order: Order, terms: VendorTerms, currency: string | null): Order {
  if (atShopPrices(terms)) return terms.shipping === 'none' ? { ...order, shipping: ZERO4, shippingTax: ZERO4 } : order
  const sold = new Set(topLevelLines(order))
  const unit = minorUnit(currency ?? NO_CURRENCY)
  const lines = order.lines.map((line) => soldLine(line, sold.has(line), terms, unit))
  return {
    ...order,
    currency: currency ?? NO_CURRENCY,
    lines,
    subtotal: sum(lines.map(({ rowTotal }) => rowTotal)),
    discount: ZERO4,
    tax: ZERO4,
    shipping: terms.shipping === 'shop' ? order.shipping : ZERO4,
    shippingTax: ZERO4,
    charges: [],
    giftCard: ZERO4,
    storeCredit: ZERO4,
  }
}

function soldLine(line: OrderLine, isSold: boolean, terms: VendorTerms, unit: Decimal4): OrderLine {
  const unitPrice = isSold && terms.prices === 'list' ? costOf(line, terms) : ZERO8
  const rowTotal = toCent(multiply(line.quantityOrdered, unitPrice), unit)
  return { ...line, unitPrice, originalPrice: null, rowTotal, discount: ZERO4, tax: ZERO4, ownAmounts: null }
}

function costOf({ sku, lineId }: OrderLine, { costs }: VendorTerms): Decimal8 {
  const cost = Object.hasOwn(costs, sku) ? costs[sku] : undefined
  if (cost !== undefined) return decimal8(cost, 'costs')
  const message = `costs of the connection have no price for SKU ${sku}; add it there, then retry the order`
  throw new StreamError('mapping_failed', message, { field: 'costs', details: { lineId } })
}
