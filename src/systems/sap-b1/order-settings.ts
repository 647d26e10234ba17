import type { ConfiguredSystem } from '../kit/configured-system.ts'
import { type MarkFields, markFields, type SapB1Values } from './settings.ts'

/** How an order's customer is found: one customer for all orders, looked up, or created if there is none. */
export type CustomerWay =
  | { readonly way: 'fixed'; readonly cardCode: string }
  | { readonly way: 'lookup' }
  | { readonly way: 'create'; readonly group: number | null }

/** Line properties by which SAP computes tax; which of them applies depends on the company's country. */
export const lineTaxFields = ['TaxCode', 'VatGroup'] as const
export type LineTaxField = (typeof lineTaxFields)[number]

/** How orders are written into a company. */
export interface OrderSettings {
  readonly zone: string
  readonly marks: MarkFields
  readonly customer: CustomerWay
  /** How tax is sent to SAP: by a code on every line, from which SAP computes it; as an expense; or not at all. */
  readonly tax:
    | { readonly way: 'none' }
    | { readonly way: 'code'; readonly field: LineTaxField; readonly code: string }
    | { readonly way: 'expense'; readonly code: number }
  readonly freight:
    | null
    | { readonly way: 'expense'; readonly code: number }
    | { readonly way: 'item'; readonly itemCode: string }
  readonly currencies: ReadonlyMap<string, string>
  /**
   * What happens to the rest of a partly delivered order that the shop takes back: the vendor is asked to close it, it
   * is closed, or a person settles it.
   */
  readonly cancelDelivered: SapB1Values['cancelDelivered']
}

export function orderSettings({
  zone,
  settings,
}: Pick<ConfiguredSystem<SapB1Values>, 'zone' | 'settings'>): OrderSettings {
  const { freightExpenseCode, freightItemCode, cancelDelivered, currencies } = settings
  const item = freightItemCode === null ? null : ({ way: 'item', itemCode: freightItemCode } as const)
  return {
    zone,
    marks: markFields(settings),
    customer: customerWay(settings),
    tax: taxWay(settings),
    freight: freightExpenseCode === null ? item : { way: 'expense', code: freightExpenseCode },
    currencies,
    cancelDelivered,
  }
}

function taxWay({ taxCode, vatGroup, taxExpenseCode }: SapB1Values): OrderSettings['tax'] {
  if (taxExpenseCode !== null) return { way: 'expense', code: taxExpenseCode }
  if (taxCode !== null) return { way: 'code', field: 'TaxCode', code: taxCode }
  return vatGroup === null ? { way: 'none' } : { way: 'code', field: 'VatGroup', code: vatGroup }
}

export function customerWay({ customers, cardCode, customerGroup }: SapB1Values): CustomerWay {
  if (customers === 'lookup') return { way: 'lookup' }
  if (cardCode !== null && customers !== 'create') return { way: 'fixed', cardCode }
  return { way: 'create', group: customerGroup }
}
