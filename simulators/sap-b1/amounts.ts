import { noSuchReference, refused } from './problems.ts'
import { asList, asObject } from './properties.ts'
import type { Entity } from './store.ts'

/** Rates of the company's tax codes and groups, in percent. */
const taxCodes: Readonly<Record<string, number>> = { EX: 0, LA: 8.25, VA: 5 }
const localCurrency = '$'
/** What one of each currency is in the local one. */
const currencies: Readonly<Record<string, number>> = { $: 1, EUR: 1.1, JPY: 0.0067 }
/** Codes of the company's additional expenses (freight). */
const expenseCodes: ReadonlySet<number> = new Set([1, 2])

const MICRO = 1_000_000n
const micro = (value: number): bigint => BigInt(Math.round(value * 1e6))

/** quantity × unit price × (1 - percent), rounded half up to the cent; the percent has six decimals. */
export function lineTotal(quantity: number, unitPrice: number, percent: number): number {
  const whole = 100n * MICRO
  const product = micro(quantity) * micro(unitPrice) * (whole - micro(percent))
  const cent = (MICRO * MICRO * whole) / 100n
  const half = product < 0n ? -cent / 2n : cent / 2n
  return Number((product + half) / cent) / 100
}

export const cents = (value: number): number => Math.round(value * 100) / 100

/** The document with everything that SAP computes of its lines, expenses and discount. @throws SapProblem */
export function withTotals(document: Entity): Entity {
  const lines = asList(document['DocumentLines']).map(withLineTotals)
  const expenses = asList(document['DocumentAdditionalExpenses']).map((expense, index) => {
    if (!expenseCodes.has(Number(expense['ExpenseCode']))) throw noSuchReference()
    return {
      LineNum: index,
      Status: 'bost_Open',
      TaxSum: 0,
      ...expense,
      LineTotal: cents(Number(expense['LineTotal'])),
    }
  })
  const sum = (entities: readonly Entity[], name: string) =>
    entities.reduce((total, entity) => total + Number(entity[name] ?? 0), 0)
  const beforeDiscount = sum(lines, 'LineTotal')
  const discount = cents((beforeDiscount * Number(document['DiscountPercent'] ?? 0)) / 100)
  const vat = cents(sum(lines, 'TaxTotal') + sum(expenses, 'TaxSum'))
  const total = cents(beforeDiscount - discount + sum(expenses, 'LineTotal') + vat)
  const currency = String(document['DocCurrency'])
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

function withLineTotals(line: Entity): Entity {
  const [quantity, unitPrice] = [Number(line['Quantity']), Number(line['UnitPrice'])]
  const percent = Number(line['DiscountPercent'] ?? 0)
  const total = lineTotal(quantity, unitPrice, percent)
  const price = Math.round(unitPrice * (1 - percent / 100) * 1e6) / 1e6
  return { ...line, DiscountPercent: percent, Price: price, LineTotal: total, TaxTotal: taxOf(line, total) }
}

function taxOf(row: Entity, total: number): number {
  const code = row['TaxCode'] ?? row['VatGroup'] ?? null
  const rate = code === null ? 0 : taxCodes[String(code)]
  if (rate === undefined) throw noSuchReference()
  return cents((total * rate) / 100)
}
