import type { OwnOrderFields } from '../../configuration/system-type.ts'
import { DIGEST_FIELD, LINE_FIELD } from './custom-fields.ts'

/** Fields of a sales order that Waldstream sets itself; all others come from the order map. */
export const bodyFields = [
  'entity',
  'externalId',
  'item',
  'tranDate',
  'otherRefNum',
  'memo',
  'email',
  'billingAddress',
  'shippingAddress',
  'shippingCost',
  'shipMethod',
  'location',
  'discountItem',
  'discountRate',
  'discountTotal',
  'taxTotal',
  DIGEST_FIELD,
] as const
/** Set by Waldstream if `settings.currencies` is set; else a rule of the order map may set it. */
export const CURRENCY = 'currency'
export type BodyField = (typeof bodyFields)[number] | typeof CURRENCY

/** Fields of the lines that Waldstream sets itself. */
export const lineFields = ['item', 'line', 'quantity', 'rate', 'amount', 'price', 'isClosed', LINE_FIELD] as const
export type LineField = (typeof lineFields)[number]

/** A rule may set the price level of a line: it is used if the level has the line's price. */
export const LEVEL = 'price.id'

/** A customer's ids, addresses (NetSuite appends to them with every write) and currencies: rules must not set them. */
export const ownCustomerFields = ['externalId', 'id', 'addressBook', 'currencyList']

export const orderFields: OwnOrderFields = {
  own: [...bodyFields, ...lineFields.map((name) => `line.${name}`)],
  mappable: [`line.${LEVEL}`],
  customer: ownCustomerFields,
}

/** Includes the order's currency, which Waldstream sets itself if `settings.currencies` is set. */
export const orderFieldsWithCurrency: OwnOrderFields = { ...orderFields, own: [...orderFields.own, CURRENCY] }
