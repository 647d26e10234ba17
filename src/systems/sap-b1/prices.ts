import { StreamError } from '../../errors.ts'
import { type Decimal8, ZERO8 } from '../../events/decimal.ts'
import type { PriceAtLevel, Prices, PriceTier } from '../../events/generated/events.ts'
import type { Period } from '../kit/local-days.ts'
import { tiersOf } from '../kit/price-tiers.ts'
import { requireSku } from '../kit/sku.ts'
import { priceOf, quantityOf, requireText, textOf, type Wire, wiresOf } from '../kit/wire.ts'
import { common, type PriceList, periodOf } from './price-lists.ts'

/** How prices are read from a company. */
export interface PriceSettings {
  /** Number of the price list that has the company's own currency, unless `currency` says it. */
  readonly basePriceList: string
  /** ISO 4217 code of the company's own currency, which costs are in. */
  readonly currency: string | null
  /** Property of an item with its cost; null: costs are not read. */
  readonly cost: string | null
  /** SAP's code of a currency → ISO 4217. */
  readonly currencies: ReadonlyMap<string, string>
  readonly lists: ReadonlyMap<string, PriceList>
  /** Zone of the server's clock. */
  readonly zone: string
}

const ALWAYS: Period = { from: null, to: null }

/**
 * Maps an item and its special prices to prices; pure. Levels are the active price lists by name, and the customers of
 * special prices by code. A special price replaces the list's price for its period; the latest definition counts. A
 * price of 0 means no price. Throws `value_missing`, `decimal_invalid`, `time_invalid` or `source_data_invalid`, naming
 * the property.
 */
export function toPrices(item: Wire, specials: readonly Wire[], settings: PriceSettings): Prices {
  const rows = wiresOf(item['ItemPrices'])
  const all = [
    ...rows.flatMap((row) => listPrices(row, settings)),
    ...specials.flatMap((one) => special(one, settings)),
  ]
  const levels = new Map<string, PriceAtLevel>()
  for (const price of all) levels.set(placeOf(price), replacing(levels.get(placeOf(price)), price))
  return {
    sku: requireSku(item, 'ItemCode'),
    currency: settings.currency ?? baseCurrency(rows, settings),
    cost: settings.cost === null ? null : positive(item, settings.cost),
    levels: [...levels].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, price]) => price),
    attributes: {},
  }
}

/** Sorts prices by level, currency and period; no limit comes first. */
function placeOf({ level, currency, validFrom, validTo }: PriceAtLevel): string {
  return JSON.stringify([level, currency ?? '', ...[validFrom, validTo].map((at) => String(at ?? 0).padStart(16, '0'))])
}

/**
 * The later of two prices with the same level, currency and period. If it only has larger quantities, the prices of
 * smaller ones stay.
 */
function replacing(earlier: PriceAtLevel | undefined, later: PriceAtLevel): PriceAtLevel {
  const [lowest] = later.tiers
  if (earlier === undefined || later.price !== null || lowest === undefined) return later
  const smaller = earlier.tiers.filter(({ from }) => from < lowest.from)
  return { ...later, price: earlier.price, tiers: [...smaller, ...later.tiers] }
}

/** The price of an item in a list, in up to three currencies. */
function listPrices(row: Wire, settings: PriceSettings): PriceAtLevel[] {
  const list = settings.lists.get(requireText(row, 'PriceList', 'ItemPrices.'))
  if (list === undefined) return []
  const currencies = [
    ['Price', 'Currency'],
    ...['1', '2'].map((n) => [`AdditionalPrice${n}`, `AdditionalCurrency${n}`]),
  ]
  return currencies.flatMap(([amount = '', currency = '']) => {
    const price = positive(row, amount, 'ItemPrices.')
    if (price === null) return []
    const code = textOf(row[currency]) ?? (amount === 'Price' ? list.currency : null)
    return [priceAt(list.name, isoOf(code, settings), list.period, { price, tiers: [] })]
  })
}

/**
 * A special price of a customer, or of a price list (`*1` is list 1), with its periods; each has prices of larger
 * quantities.
 */
function special(row: Wire, settings: PriceSettings): PriceAtLevel[] {
  const owner = requireText(row, 'CardCode', 'SpecialPrices.')
  const list = owner.startsWith('*') ? settings.lists.get(owner.slice(1)) : { name: owner, period: ALWAYS }
  if (list === undefined) return []
  const own = row['Valid'] === 'tYES' ? periodOf(row, 'ValidFrom', 'ValidTo', settings.zone) : ALWAYS
  const whole = common(own, list.period)
  if (whole === null) return []
  const code = textOf(row['Currency'])
  const head = { price: positive(row, 'Price', 'SpecialPrices.'), tiers: [] }
  const areas = wiresOf(row['SpecialPriceDataAreas']).flatMap((area) => {
    const period = common(whole, periodOf(area, 'DateFrom', 'Dateto', settings.zone))
    const found = { price: positive(area, 'SpecialPrice', AREA), tiers: areaTiers(area) }
    const currency = isoOf(textOf(area['PriceCurrency']) ?? code, settings)
    return period === null ? [] : [priceAt(list.name, currency, period, found)]
  })
  const all = [priceAt(list.name, isoOf(code, settings), whole, head), ...areas]
  return all.filter(({ price, tiers }) => price !== null || tiers.length > 0)
}

const AREA = 'SpecialPriceDataAreas.'
const QUANTITY_AREA = 'SpecialPriceQuantityAreas.'
/** Prices in the item's own unit have none of SAP's units, or the manual one. */
const OWN_UNITS = [null, '-1', '0']

function areaTiers(area: Wire): PriceTier[] {
  const prices = new Map<Decimal8, Decimal8>()
  for (const row of wiresOf(area['SpecialPriceQuantityAreas'])) {
    const price = positive(row, 'SpecialPrice', QUANTITY_AREA)
    const from = quantityOf(row, 'Quantity', QUANTITY_AREA) ?? ZERO8
    if (price === null || !OWN_UNITS.includes(textOf(row['UoMEntry']))) continue
    const known = prices.get(from)
    if (known !== undefined && known !== price) throw twoPricesError(requireText(row, 'Quantity', QUANTITY_AREA))
    prices.set(from, price)
  }
  return tiersOf(prices)
}

function twoPricesError(quantity: string): StreamError {
  const message = `special prices have two prices from quantity ${quantity} on; remove one in SAP`
  return new StreamError('source_data_invalid', message, { field: `${QUANTITY_AREA}SpecialPrice` })
}

function priceAt(
  level: string,
  currency: string | null,
  { from, to }: Period,
  { price, tiers }: Pick<PriceAtLevel, 'price' | 'tiers'>,
): PriceAtLevel {
  return { level, price, currency, tiers, validFrom: from, validTo: to }
}

/** SAP has 0 where nothing is set. */
function positive(row: Wire, name: string, path = ''): Decimal8 | null {
  const price = priceOf(row, name, path)
  return price === 0n ? null : price
}

function isoOf(code: string | null, { currencies }: PriceSettings): string | null {
  return code === null ? null : (currencies.get(code) ?? code)
}

function baseCurrency(rows: readonly Wire[], settings: PriceSettings): string | null {
  const base = rows.find((row) => textOf(row['PriceList']) === settings.basePriceList)
  const code = textOf(base?.['Currency']) ?? settings.lists.get(settings.basePriceList)?.currency ?? null
  return isoOf(code, settings)
}
