import type { Connection } from '../../configuration/model.ts'
import type { Order } from '../../events/generated/events.ts'
import { asSold, atShopPrices, pricedByErp, sellersAccount } from '../../rules/vendor-terms.ts'
import type { TaxWay } from './order-amounts.ts'
import type { OrderSettings } from './order-settings.ts'

/** The customer of an order in the company, its prices, and how it is compared. */
export interface OrderTerms {
  /** The customer is the seller; the shop's customer is only the recipient. */
  readonly isSellers: boolean
  /** SAP determines prices and discounts by the customer's price list: they are neither sent nor compared. */
  readonly erpPrices: boolean
  /** Whether the order is in the shop's currency; otherwise, it is in the customer's. */
  readonly atShopPrices: boolean
  /** How orders of this connection are written into the company. */
  readonly settings: OrderSettings
  /** Overrides the tax way of the settings in comparisons; null: does not. */
  readonly comparedTax: TaxWay | null
  /** The order as the vendor sells it. Throws `mapping_failed` for a SKU without a cost. */
  sold(order: Order): Order
}

export function orderTerms(connection: Connection, settings: OrderSettings): OrderTerms {
  const seller = sellersAccount(connection)
  const shop = atShopPrices(connection)
  // The shop's tax is that of the sale to its customer, not of the sale to the seller: no expense for it is sent.
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
