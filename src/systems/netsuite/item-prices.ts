import { StreamError } from '../../errors.ts'
import { textOf, type Wire } from '../kit/wire.ts'
import { detailsOf } from './query-details.ts'
import type { NetSuiteValues } from './settings.ts'
import type { SuiteQl } from './suiteql.ts'

/** Settings that say which currency a price is in. */
export type PriceSettings = Pick<NetSuiteValues, 'currency' | 'currencies'>

/**
 * Rows of `itemprice` by item id. `currency` of a row is the ISO 4217 code of its price, and `basecurrency` is T for
 * the account's own currency; rows of an account with a single currency have neither. `quantity`, if requested, is the
 * lowest quantity of the price; rows of an account without quantity pricing may lack it.
 */
export type ItemPrices = (
  items: readonly string[],
  signal: AbortSignal,
) => Promise<ReadonlyMap<string, readonly Wire[]>>

/** One form of the price query: the currency columns that it selects, and the join for them. */
interface Way {
  readonly columns: string
  readonly join: string
}

/** Best first; the next one applies if the account lacks the columns or the role cannot see the list of currencies. */
const WAYS: readonly Way[] = [
  {
    columns: ', currency.symbol AS currency, currency.isbasecurrency AS basecurrency',
    join: ' LEFT JOIN currency ON currency.id = itemprice.currencypage',
  },
  { columns: ', itemprice.currencypage', join: '' },
  // Without the feature Multiple Currencies, prices have no currency.
  { columns: '', join: '' },
]

const QUANTITY = 'itemprice.quantity'

/**
 * Queries prices in the first form that the account accepts, and remembers that form. Starts again with the best form
 * if currencies are unknown: the role may have got the permission since.
 */
export function itemPrices(
  client: Pick<SuiteQl, 'suiteql' | 'suiteqlAll'>,
  settings: PriceSettings,
  { quantities } = { quantities: false },
): ItemPrices {
  let ways = WAYS
  let more = quantities ? `, ${QUANTITY}` : ''
  const unknown = new Set<string>()
  const ask: ItemPrices = async (items, signal) => {
    for (;;) {
      const [way, ...others] = ways
      if (way === undefined) return new Map()
      try {
        const query = (ids: string) => priceQuery({ ...way, columns: `${way.columns}${more}` }, ids)
        return await detailsOf(client, items, { by: 'item', query }, signal)
      } catch (error) {
        if (more !== '' && lacks(error, /^itemprice\.quantity$/i)) {
          more = ''
          continue
        }
        if (others.length === 0 || !lacks(error, CURRENCIES)) throw error
        ways = others
      }
    }
  }
  return async (items, signal) => {
    const rows = await ask(items, signal)
    try {
      return withCodes(rows, settings, unknown)
    } catch (error) {
      ways = WAYS
      throw error
    }
  }
}

function priceQuery({ columns, join }: Way, ids: string): string {
  return (
    `SELECT itemprice.item, itemprice.pricelevel, itemprice.pricelevelname, itemprice.price${columns} ` +
    `FROM itemprice${join} WHERE itemprice.item IN (${ids}) ` +
    'ORDER BY itemprice.item, itemprice.pricelevelname, itemprice.price'
  )
}

const CURRENCIES = /^(currency(\..+)?|itemprice\.currencypage)$/i

/** Whether the account lacks a record or column, or the role does not see it. */
function lacks(error: unknown, names: RegExp): boolean {
  if (!(error instanceof StreamError)) return false
  const isLack = error.code === 'configuration_invalid' || error.code === 'permission_missing'
  return isLack && names.test(error.field ?? '')
}

/** Adds codes to rows that have only a currency's id: from `settings.currencies`, else the account's own currency. */
function withCodes(
  prices: ReadonlyMap<string, readonly Wire[]>,
  { currency, currencies }: PriceSettings,
  unknown: Set<string>,
): ReadonlyMap<string, readonly Wire[]> {
  const codes = new Map([...currencies].map(([code, id]) => [id, code]))
  const isNamed = currency !== null && currencies.has(currency)
  const unnamed = [...prices.values()].flat().flatMap((row) => {
    const id = textOf(row['currencypage'])
    return id === null || codes.has(id) ? [] : [id]
  })
  for (const id of unnamed) unknown.add(id)
  // A single unknown currency is the account's own; among several, it is not clear which one is.
  if (!isNamed && unnamed.length > 0 && unknown.size > 1) throw unknownCurrenciesError([...unknown])
  const named = (row: Wire): Wire => {
    const id = textOf(row['currencypage'])
    return id === null ? row : { ...row, currency: codes.get(id) ?? (isNamed ? unknownCode(id) : currency) }
  }
  return new Map([...prices].map(([item, own]) => [item, own.map(named)]))
}

/** Stands for the code of a currency whose id is in no setting, in an account whose own currency has one. */
const unknownCode = (id: string): string => `id ${id}`

/** The prices whose currency is known, and the ids of the currencies of the others. */
export function knownCurrencies(rows: readonly Wire[]): {
  readonly known: readonly Wire[]
  readonly unknown: readonly string[]
} {
  const isUnknown = (row: Wire): boolean => {
    const id = textOf(row['currencypage'])
    return id !== null && textOf(row['currency']) === unknownCode(id)
  }
  const unknown = new Set(rows.filter(isUnknown).map((row) => textOf(row['currencypage']) ?? ''))
  return { known: rows.filter((row) => !isUnknown(row)), unknown: [...unknown] }
}

/** The account's own currency: the configured one, else what the account says, else the only one of the prices. */
export function ownCurrency(rows: readonly Wire[], configured: string | null): string | null {
  const base = rows.find((row) => textOf(row['basecurrency']) === 'T')
  const codes = new Set(rows.map((row) => textOf(row['currency'])))
  const [only = null] = codes
  return configured ?? textOf(base?.['currency']) ?? (codes.size === 1 ? only : null)
}

function unknownCurrenciesError(ids: readonly string[]): StreamError {
  const message =
    `prices are in currencies with the internal ids ${ids.join(', ')}, and the role cannot see the list of them: give it ` +
    'Lists > Currency (View), or add the ids to settings.currencies, including the one of settings.currency'
  return new StreamError('permission_missing', message, { field: 'currency' })
}

/**
 * The prices in one currency: the requested one, else the account's own, else the only one that they are in. Throws
 * `source_data_invalid` if there are several and none of these applies.
 */
export function pricesIn(
  rows: readonly Wire[],
  asked: string | null,
): { readonly currency: string | null; readonly rows: readonly Wire[] } {
  const codeOf = (row: Wire) => textOf(row['currency'])
  const base = rows.find((row) => textOf(row['basecurrency']) === 'T')
  const meant = asked ?? (base === undefined ? null : codeOf(base))
  const codes = new Set(rows.map(codeOf).filter((code) => code !== null))
  const unnamed = new Set(rows.filter((row) => codeOf(row) === null).map((row) => textOf(row['currencypage'])))
  if ((meant === null && codes.size + unnamed.size > 1) || unnamed.size > 1) {
    const named = [...codes, ...[...unnamed].map((id) => `the currency ${id ?? 'of the account'}`)]
    const message = `itemprice has prices in ${named.join(', ')}: name the account's currency in settings.currency`
    throw new StreamError('source_data_invalid', message, { field: 'itemprice.currency' })
  }
  const [only = null] = codes
  const currency = meant ?? only
  const isMeant = (row: Wire) => currency === null || (codeOf(row) ?? currency) === currency
  return { currency, rows: rows.filter(isMeant) }
}
