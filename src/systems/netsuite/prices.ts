import { StreamError } from '../../errors.ts'
import type { Decimal8 } from '../../events/decimal.ts'
import type { PriceAtLevel, Prices } from '../../events/generated/events.ts'
import { ONE_PIECE, tiersOf } from '../kit/price-tiers.ts'
import { requireSku } from '../kit/sku.ts'
import { priceOf, quantityOf, requireText, roundingNote, textOf, type Wire } from '../kit/wire.ts'
import { ownCurrency } from './item-prices.ts'

const PATH = 'itemprice.'

/**
 * Maps an item (`id`, `itemid`, `cost`) and its rows of `itemprice` to prices; pure. A level is one entry per currency:
 * its price is that of one piece, and its tiers are the prices of larger quantities. NetSuite's item prices have no
 * validity. Throws `value_missing`, `decimal_invalid` or `source_data_invalid`, naming the column.
 */
export function toPrices(item: Wire, rows: readonly Wire[], asked: string | null): Prices {
  const currency = ownCurrency(rows, asked)
  const priced = rows.filter((row) => textOf(row['price']) !== null)
  const levels = [...Map.groupBy(priced, (row) => `${textOf(row['currency'])} ${levelOf(row)}`).values()].map((own) =>
    levelPrice(own, currency),
  )
  return {
    sku: requireSku(item, 'itemid'),
    currency,
    cost: priceOf(item, 'cost', 'item.'),
    levels: levels.toSorted((a, b) => compare(a.level, b.level) || compare(a.currency ?? '', b.currency ?? '')),
    attributes: roundingNote({ cost: item['cost'], ...originals(priced) }),
  }
}

const levelOf = (row: Wire): string => requireText(row, 'pricelevelname', PATH)
const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b))

/** A level in one currency. Without quantities, the highest of several prices is that of one piece. */
function levelPrice(rows: readonly Wire[], own: string | null): PriceAtLevel {
  const [first = {}] = rows
  const level = levelOf(first)
  const byQuantity = new Map<Decimal8, Decimal8>()
  for (const row of rows) {
    const price = requirePrice(row)
    const quantity = quantityOf(row, 'quantity', PATH)
    const from = quantity === null || quantity < ONE_PIECE ? ONE_PIECE : quantity
    const known = byQuantity.get(from)
    if (known !== undefined && known !== price && quantity !== null) throw twoPricesError(level)
    if (known === undefined || price > known) byQuantity.set(from, price)
  }
  return {
    level,
    price: byQuantity.get(ONE_PIECE) ?? null,
    currency: textOf(first['currency']) ?? own,
    tiers: tiersOf(byQuantity),
    validFrom: null,
    validTo: null,
  }
}

function requirePrice(row: Wire): Decimal8 {
  requireText(row, 'price', PATH)
  return priceOf(row, 'price', PATH) as Decimal8
}

function twoPricesError(level: string): StreamError {
  const message = `itemprice has two prices of level "${level}" for one quantity and currency; remove one in NetSuite`
  return new StreamError('source_data_invalid', message, { field: 'itemprice.price' })
}

/** The prices as NetSuite has them, by level, currency and quantity. */
function originals(rows: readonly Wire[]): Wire {
  const nameOf = (row: Wire) =>
    ['levels', levelOf(row), textOf(row['currency']), textOf(row['quantity'])].filter((part) => part !== null).join('.')
  return Object.fromEntries(rows.map((row) => [nameOf(row), row['price']]))
}
