import type { SellableStock } from '../configuration/model.ts'
import { canonicalJson } from '../events/canonical-json.ts'
import { text8 } from '../events/decimal.ts'
import { digest } from '../events/identity.ts'
import { isoTime } from '../events/times.ts'
import type { FeedRow } from '../projections/feed-row.ts'
import type { StockParts } from '../projections/inventory-feed.ts'
import { splitClaims } from '../projections/stock-fold.ts'
import { stockLevels } from '../projections/stock-levels.ts'
import { sellableStock } from '../rules/sellable-stock.ts'
import { appliedClaims, type StoredClaims } from '../rules/stock-claims.ts'
import type { ServedConnection } from './served-connection.ts'

type Data = FeedRow['data']

/** What decides how the stock rows of a connection are served. */
export interface StockOwner {
  /** Null: it cannot be read. */
  readonly shop: string | null
  readonly sellableStock?: SellableStock
}

export function stockOwnerOf({ connection, policies: { sellableStock } }: ServedConnection): StockOwner {
  return { shop: connection?.shop ?? null, ...(sellableStock === undefined ? {} : { sellableStock }) }
}

/**
 * A stock row of a connection as shops read it. Its levels are unchanged if the connection does not set what may be
 * sold, and for stock of the shop itself.
 */
export function sellableRow(row: FeedRow, connection: StockOwner | undefined): FeedRow {
  const { level, claims } = splitClaims(row.data)
  const policy = policyFor(row.source, connection)
  const data = policy === null || row.deleted ? level : sellableData(row.key, level, policy, claims)
  return { ...row, data }
}

const FEW_DIGITS = 12

/** Identifies how rows of a source are served: if it changes, readers have to receive them again. Null: as read. */
export function sellableWay(source: string, connection: StockOwner | undefined): string | null {
  const policy = policyFor(source, connection)
  return policy === null ? null : `sellable ${digest(canonicalJson(policy)).slice(0, FEW_DIGITS)}`
}

function policyFor(source: string, connection: StockOwner | undefined): SellableStock | null {
  return source === connection?.shop ? null : (connection?.sellableStock ?? null)
}

/**
 * The data of a stock row with what may be sold as `total` and `available`, and the parts of the sum. Throws
 * `value_undecodable` for quantities that are not decimals.
 */
function sellableData(sku: string, data: Data, policy: SellableStock, claims: StoredClaims | null): Data {
  const found = sellableStock(sku, stockLevels(data), policy, appliedClaims(claims, policy))
  const parts: StockParts = {
    on_hand: text8(found.onHand),
    available: text8(found.available),
    reserved: text8(found.reserved),
    buffer: text8(found.buffer),
    sellable: text8(found.sellable),
    locations: [...found.counted],
    shortages: found.shortages.map(({ location, available }) => ({ location, available: text8(available) })),
    reason: found.reason,
    held_until: isoTime(policy.oversell === undefined ? null : (claims?.held_until ?? null)),
  }
  const locations = found.locations.map(({ location, onHand, available }) => {
    return { location, on_hand: text8(onHand), available: text8(available) }
  })
  const in_stock = data['in_stock'] === true && found.reason === null
  return { ...data, total: text8(found.sellable), in_stock, locations, parts }
}
