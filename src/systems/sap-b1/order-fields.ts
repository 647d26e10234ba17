import type { OwnOrderFields } from '../../configuration/system-type.ts'
import { type CustomerWay, lineTaxFields } from './order-settings.ts'
import type { MarkFields } from './settings.ts'

/** Fields of an order that Waldstream writes itself, beside its digest; the body has no others of its own. */
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

/** Fields of its lines, beside the shop's id of the line. */
export const lineFields = ['LineNum', 'ItemCode', 'Quantity', 'UnitPrice', 'DiscountPercent', 'WarehouseCode'] as const
export type LineField = (typeof lineFields)[number]

/** What a customer that we make is known by. */
export const ownCustomerFields = ['CardCode', 'CardType']

/** The tax code of lines may be mapped for all lines at once, or for each. */
export function orderFields({ digest, line }: MarkFields, customers: CustomerWay['way']): OwnOrderFields {
  return {
    own: [...bodyFields, digest, ...[...lineFields, line].map((name) => `line.${name}`)],
    mappable: [...lineTaxFields, ...lineTaxFields.map((name) => `line.${name}`)],
    customer: customers === 'create' ? ownCustomerFields : null,
  }
}
