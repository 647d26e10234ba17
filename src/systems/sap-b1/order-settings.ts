import type { StreamError } from '../../errors.ts'
import type { ConfiguredSystem } from '../kit/configured-system.ts'
import { currencyCodes, invalid, type MarkFields, markFields } from './settings.ts'

/** Whose orders are: one customer's for all; of a customer that is looked up; of one that is made where there is none. */
export type CustomerWay =
  | { readonly way: 'fixed'; readonly cardCode: string }
  | { readonly way: 'lookup' }
  | { readonly way: 'create'; readonly group: number | null }

/** Properties of lines that say what SAP computes tax by: which of them, depends on the company's country. */
export const lineTaxFields = ['TaxCode', 'VatGroup'] as const
export type LineTaxField = (typeof lineTaxFields)[number]

/** How orders are written into a company. */
export interface OrderSettings {
  readonly zone: string
  readonly marks: MarkFields
  readonly customer: CustomerWay
  /** How tax gets to SAP: by the code of every line, of which SAP computes it; as an expense; not at all. */
  readonly tax:
    | { readonly way: 'none' }
    | { readonly way: 'code'; readonly field: LineTaxField; readonly code: string }
    | { readonly way: 'expense'; readonly code: number }
  readonly freight:
    | null
    | { readonly way: 'expense'; readonly code: number }
    | { readonly way: 'item'; readonly itemCode: string }
  readonly currencies: ReadonlyMap<string, string>
  /** An order of which a part is delivered is closed when the shop cancels the rest; else a person has to settle it. */
  readonly closeDelivered: boolean
}

type Configured = Pick<ConfiguredSystem, 'id' | 'settings'> & { readonly zone: string }

/** Throws `configuration_invalid`, naming the setting. */
export function orderSettings(system: Configured): OrderSettings {
  const { freightExpenseCode, freightItemCode, cancelDelivered = 'conflict' } = system.settings
  const number = (name: string, value: string): number => {
    if (/^-?\d+$/.test(value)) return Number(value)
    throw wrong(system, name, `must be a number of SAP; "${value}" is none`)
  }
  if (!['conflict', 'close'].includes(cancelDelivered))
    throw wrong(system, 'cancelDelivered', 'must be conflict or close')
  if (freightExpenseCode !== undefined && freightItemCode !== undefined) {
    throw wrong(system, 'freightItemCode', 'can not be there beside settings.freightExpenseCode')
  }
  const expense = freightExpenseCode === undefined ? null : number('freightExpenseCode', freightExpenseCode)
  const item = freightItemCode === undefined ? null : ({ way: 'item', itemCode: freightItemCode } as const)
  return {
    zone: system.zone,
    marks: markFields(system),
    customer: customerWay(system, number),
    tax: taxWay(system, number),
    freight: expense === null ? item : { way: 'expense', code: expense },
    currencies: currencyCodes(system),
    closeDelivered: cancelDelivered === 'close',
  }
}

function taxWay(system: Configured, number: (name: string, value: string) => number): OrderSettings['tax'] {
  const { taxCode, vatGroup, taxExpenseCode } = system.settings
  if ([taxCode, vatGroup, taxExpenseCode].filter((value) => value !== undefined).length > 1) {
    throw wrong(
      system,
      'taxCode',
      'is one of three ways, with settings.vatGroup and settings.taxExpenseCode: give one of them',
    )
  }
  if (taxExpenseCode !== undefined) return { way: 'expense', code: number('taxExpenseCode', taxExpenseCode) }
  if (taxCode !== undefined) return { way: 'code', field: 'TaxCode', code: taxCode }
  return vatGroup === undefined ? { way: 'none' } : { way: 'code', field: 'VatGroup', code: vatGroup }
}

function customerWay(system: Configured, number: (name: string, value: string) => number): CustomerWay {
  const { cardCode, customers = cardCode === undefined ? 'create' : 'fixed', customerGroup } = system.settings
  if (customers === 'lookup') return { way: 'lookup' }
  if (customers === 'create') {
    return { way: 'create', group: customerGroup === undefined ? null : number('customerGroup', customerGroup) }
  }
  if (customers !== 'fixed') throw wrong(system, 'customers', 'must be fixed, lookup or create')
  if (cardCode !== undefined) return { way: 'fixed', cardCode }
  throw wrong(system, 'cardCode', 'is missing: it is the customer of all orders')
}

function wrong(system: Configured, name: string, problem: string): StreamError {
  return invalid(system, `settings.${name}`, problem)
}
