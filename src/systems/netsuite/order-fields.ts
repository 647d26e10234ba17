import type { OwnOrderFields } from '../../configuration/system-type.ts'
import { DIGEST_FIELD, LINE_FIELD } from './custom-fields.ts'

/** Fields of a sales order that Waldstream writes itself; the body has no others of its own. */
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
/** Where `settings.currencies` names them; else a rule of the order map may give it. */
export const CURRENCY = 'currency'
export type BodyField = (typeof bodyFields)[number] | typeof CURRENCY

/** Fields of its lines. */
export const lineFields = ['item', 'line', 'quantity', 'rate', 'amount', 'price', 'isClosed', LINE_FIELD] as const
export type LineField = (typeof lineFields)[number]

/** A rule may name the level of a line's price: it is kept to where the level has the line's price. */
export const LEVEL = 'price.id'

/** What a customer is known by, its addresses (NetSuite appends to them with every write) and its currencies. */
export const ownCustomerFields = ['externalId', 'id', 'addressBook', 'currencyList']

export const orderFields: OwnOrderFields = {
  own: [...bodyFields, ...lineFields.map((name) => `line.${name}`)],
  mappable: [`line.${LEVEL}`],
  customer: ownCustomerFields,
}

/** With the order's currency, which is Waldstream's own where the account's are named. */
export const orderFieldsWithCurrency: OwnOrderFields = { ...orderFields, own: [...orderFields.own, CURRENCY] }
