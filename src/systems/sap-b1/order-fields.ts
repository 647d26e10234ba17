import type { OwnOrderFields } from '../../configuration/system-type.ts'
import { type CustomerWay, lineTaxFields } from './order-settings.ts'
import type { MarkFields } from './settings.ts'

/** Fields of an order that Waldstream sets itself, in addition to its digest; all others come from the order map. */
export const bodyFields = [
  'CardCode',
  'NumAtCard',
  'DocDate',
  'DocDueDate',
  'DocCurrency',
  'DiscountPercent',
  'TransportationCode',
  'AddressExtension',
  'DocumentLines',
  'DocumentAdditionalExpenses',
] as const
export type BodyField = (typeof bodyFields)[number]

/** Fields of the lines that Waldstream sets itself, in addition to the shop's line id. */
export const lineFields = ['LineNum', 'ItemCode', 'Quantity', 'UnitPrice', 'DiscountPercent', 'WarehouseCode'] as const
export type LineField = (typeof lineFields)[number]

/** Fields that rules must not set of a customer that Waldstream creates. */
export const ownCustomerFields = ['CardCode', 'CardType']

/** The tax code of lines may be mapped for all lines at once, or for each. */
export function orderFields({ digest, line }: MarkFields, customers: CustomerWay['way']): OwnOrderFields {
  return {
    own: [...bodyFields, digest, ...[...lineFields, line].map((name) => `line.${name}`)],
    mappable: [...lineTaxFields, ...lineTaxFields.map((name) => `line.${name}`)],
    customer: customers === 'create' ? ownCustomerFields : null,
  }
}
