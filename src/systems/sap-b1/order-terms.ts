import type { Connection } from '../../configuration/model.ts'
import type { Order } from '../../events/generated/events.ts'
import { asSold, atShopPrices, pricedByErp, sellersAccount } from '../../rules/vendor-terms.ts'
import type { TaxWay } from './order-amounts.ts'
import type { OrderSettings } from './order-settings.ts'

/** Whose an order is in the company, at what price, and how it is compared. */
export interface OrderTerms {
  /** The customer is the seller: the shop's customer is the recipient only. */
  readonly isSellers: boolean
  /** SAP finds prices and discounts itself, by the customer's price list: they are neither sent nor compared. */
  readonly erpPrices: boolean
  /** Whether the order is in the shop's currency; else in the customer's own. */
  readonly atShopPrices: boolean
  /** How the company takes orders, for this connection. */
  readonly settings: OrderSettings
  /** Instead of the way of the settings; null: that one. */
  readonly comparedTax: TaxWay | null
  /** The order as the vendor sells it. Throws `mapping_failed` for a SKU without a cost. */
  sold(order: Order): Order
}

export function orderTerms(connection: Connection, settings: OrderSettings): OrderTerms {
  const seller = sellersAccount(connection)
  const shop = atShopPrices(connection)
  // The tax of a sale to the customer is not that of a sale to the seller: an expense would hold nothing.
  const tax = !shop && settings.tax.way === 'expense' ? ({ way: 'none' } as const) : settings.tax
  return {
    isSellers: seller !== null,
    erpPrices: pricedByErp(connection),
    atShopPrices: shop,
    settings: {
      ...settings,
      tax,
      customer: seller === null ? settings.customer : { way: 'fixed', cardCode: seller },
    },
    comparedTax: shop ? null : 'none',
    sold: (order) => asSold(order, connection, shop ? order.currency : null),
  }
}
