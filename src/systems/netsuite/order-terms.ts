import type { Connection } from '../../configuration/model.ts'
import { StreamError } from '../../errors.ts'
import type { Order } from '../../events/generated/events.ts'
import { asSold, atShopPrices, pricedByErp, sellersAccount } from '../../rules/vendor-terms.ts'
import type { ErpPrices } from './order-lines.ts'
import { type NetSuiteValues, taxSetting } from './settings.ts'
import type { TaxSetting } from './taxes.ts'

/** The customer of an order in the account, its prices, and how its amounts are sent. */
export interface OrderTerms {
  /** Internal id of the seller as a customer; null: the customer is the shop's. */
  readonly seller: string | null
  /** Null: the prices of lines are sent. */
  readonly erpPrices: ErpPrices | null
  readonly taxes: TaxSetting
  /** Null: discounts are in the lines. */
  readonly discountItem: string | null
  /** Whether shipping is sent; otherwise, the account may charge its own. */
  readonly sendsShipping: boolean
  /** Whether the order is written at the shop's prices, and so in the order's currency. */
  readonly atShopPrices: boolean
  /** Internal id of the order's currency; null: not sent. Throws `target_rejected` for one that the account lacks. */
  currencyOf(order: Order): string | null
  /** The order as the vendor sells it. Throws `mapping_failed` for a SKU without a cost. */
  sold(order: Order): Order
}

/** `isBegun`: a part of the order is fulfilled; its lines then keep their prices, unless these are the shop's. */
export function orderTerms(connection: Connection, settings: NetSuiteValues, isBegun: boolean): OrderTerms {
  const shop = atShopPrices(connection)
  const byErp = pricedByErp(connection)
  const level = connection.prices === 'priceLevel' ? connection.priceLevel : null
  return {
    seller: sellersAccount(connection),
    erpPrices: byErp || (isBegun && !shop) ? { level: isBegun ? null : level } : null,
    // The shop's tax is that of the sale to its customer, not of the sale to the seller.
    taxes: shop ? taxSetting(settings) : { way: 'none' },
    discountItem: shop ? settings.discountItem : null,
    sendsShipping: shop ? connection.shipping !== 'none' : connection.shipping === 'shop',
    atShopPrices: shop,
    currencyOf: (order) => (shop ? currencyOf(order, settings) : null),
    sold: (order) => asSold(order, connection, shop ? order.currency : settings.currency),
  }
}

/** If no currency is sent, NetSuite books the same number in the customer's currency. */
function currencyOf(order: Order, { currency, currencies }: NetSuiteValues): string | null {
  const id = currencies.get(order.currency)
  if (id !== undefined) return id
  if (currency === null || order.currency === currency) return null
  const message =
    `order ${order.orderNumber} is in ${order.currency}, the account in ${currency} (settings.currency of the system); ` +
    "add the internal id of the order's currency to settings.currencies, if the account has it"
  throw new StreamError('target_rejected', message, { field: 'currency' })
}
