import { noSuchReference, refused } from './problems.ts'
import { asList, asObject } from './properties.ts'
import type { Entity } from './store.ts'

/** Rates of the company's tax codes and groups, in percent. */
const taxCodes: Readonly<Record<string, number>> = { EX: 0, LA: 8.25, VA: 5 }
const localCurrency = '$'
/** Value of one unit of each currency in the local one. */
const currencies: Readonly<Record<string, number>> = { $: 1, EUR: 1.1, JPY: 0.0067, KWD: 3.25 }
/** Decimals of a currency's amounts, as in its definition (OCRN); two if not defined. */
const currencyDecimals: Readonly<Record<string, number>> = { KWD: 3 }
/** Codes of the company's additional expenses (freight). */
const expenseCodes: ReadonlySet<number> = new Set([1, 2])

const MICRO = 1_000_000n
const micro = (value: number): bigint => BigInt(Math.round(value * 1e6))

/** quantity × unit price × (1 - percent), rounded half up to the decimals; the percent has six. */
export function lineTotal(quantity: number, unitPrice: number, percent: number, decimals = 2): number {
  const whole = 100n * MICRO
  const product = micro(quantity) * micro(unitPrice) * (whole - micro(percent))
  const scale = 10 ** decimals
  const cent = (MICRO * MICRO * whole) / BigInt(scale)
  const half = product < 0n ? -cent / 2n : cent / 2n
  return Number((product + half) / cent) / scale
}

/** Rounded to the local currency's decimals. */
export const cents = (value: number): number => rounded(value, 2)

const rounded = (value: number, decimals: number): number => Math.round(value * 10 ** decimals) / 10 ** decimals

/** The document with everything that SAP computes from its lines, expenses and discount. @throws SapProblem */
export function withTotals(document: Entity): Entity {
  const currency = String(document['DocCurrency'])
  const decimals = currencyDecimals[currency] ?? 2
  const exact = (value: number) => rounded(value, decimals)
  const lines = asList(document['DocumentLines']).map((line) => withLineTotals(line, decimals))
  const expenses = asList(document['DocumentAdditionalExpenses']).map((expense, index) => {
    if (!expenseCodes.has(Number(expense['ExpenseCode']))) throw noSuchReference()
    return {
      LineNum: index,
      Status: 'bost_Open',
      TaxSum: 0,
      ...expense,
      LineTotal: exact(Number(expense['LineTotal'])),
    }
  })
  const sum = (entities: readonly Entity[], name: string) =>
    entities.reduce((total, entity) => total + Number(entity[name] ?? 0), 0)
  const beforeDiscount = sum(lines, 'LineTotal')
  const discount = exact((beforeDiscount * Number(document['DiscountPercent'] ?? 0)) / 100)
  const vat = exact(sum(lines, 'TaxTotal') + sum(expenses, 'TaxSum'))
  const total = exact(beforeDiscount - discount + sum(expenses, 'LineTotal') + vat)
  const rate = currencies[currency]
  if (rate === undefined) throw refused(`Specify an active currency: '${currency}'  [ORDR.DocCurrency]`)
  const isForeign = currency !== localCurrency
  return {
    ...document,
    DocumentLines: lines,
    DocumentAdditionalExpenses: expenses,
    AddressExtension: asObject(document['AddressExtension']),
    TotalDiscount: discount,
    DocRate: rate,
    VatSum: cents(vat * rate),
    DocTotal: cents(total * rate),
    VatSumFc: isForeign ? vat : 0,
    DocTotalFc: isForeign ? total : 0,
  }
}

function withLineTotals(line: Entity, decimals: number): Entity {
  const [quantity, unitPrice] = [Number(line['Quantity']), Number(line['UnitPrice'])]
  const percent = Number(line['DiscountPercent'] ?? 0)
  const total = lineTotal(quantity, unitPrice, percent, decimals)
  const price = Math.round(unitPrice * (1 - percent / 100) * 1e6) / 1e6
  return { ...line, DiscountPercent: percent, Price: price, LineTotal: total, TaxTotal: taxOf(line, total, decimals) }
}

function taxOf(row: Entity, total: number, decimals: number): number {
  const code = row['TaxCode'] ?? row['VatGroup'] ?? null
  const rate = code === null ? 0 : taxCodes[String(code)]
  if (rate === undefined) throw noSuchReference()
  return rounded((total * rate) / 100, decimals)
}
