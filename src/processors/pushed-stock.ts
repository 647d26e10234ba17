import type { Connection } from '../configuration/model.ts'
import { decimal8, text8 } from '../events/decimal.ts'
import type {
  ShopInventoryRequested,
  UniversalInventory,
  UniversalInventoryChanged,
} from '../events/generated/events.ts'
import { contentDigest } from '../events/identity.ts'
import { rankVersion, versionRank } from '../events/version.ts'
import { sellableInventory } from '../rules/sellable-stock.ts'
import { appliedClaims, foldStock, type StockState, storedClaims } from '../rules/stock-claims.ts'
import { countsClaims } from '../rules/stock-row.ts'
import type { Remembered } from './processor.ts'

/** Levels with decimals as text. */
interface StoredLevels {
  readonly sku: string
  readonly total: string
  readonly inStock: boolean
  readonly locations: readonly { readonly location: string; readonly onHand: string; readonly available: string }[]
}

/** Stock of a source's SKU by connection, of those for which orders claim stock: as the feed has it. */
export interface PushedStock extends Remembered {
  readonly rows: Readonly<Record<string, StockState<StoredLevels>>>
}

type Pushed = Omit<ShopInventoryRequested, 'eventId'>

/**
 * What an event makes of the stock that is pushed to the shops of these connections. `state`: what to remember;
 * undefined: no connection counts claims.
 */
export function pushedStock(
  event: UniversalInventoryChanged,
  connections: readonly Connection[],
  before: PushedStock | undefined,
): { readonly state: PushedStock | undefined; eventFor(connection: Connection): Pushed } {
  const { occurredAt, readAt, deleted, eventId, data, claims } = event
  const given = { rank: versionRank(event), eventId, deleted, level: stored(data), claims: storedClaims(claims) }
  const known = new Map(Object.entries(before?.rows ?? {}))
  const own = new Map(connections.filter(countsClaims).map(({ id }) => [id, foldStock(known.get(id), given)]))
  const rows = Object.fromEntries([...known, ...own])
  return {
    state: own.size === 0 ? undefined : { version: { occurredAt, readAt }, rows },
    eventFor: ({ id, sellableStock }) => {
      const { claims: _claims, ...row } = event
      if (sellableStock === undefined) return row
      const state = own.get(id) ?? given
      const level = sellableInventory(levels(state.level), sellableStock, appliedClaims(state.claims, sellableStock))
      const digest = contentDigest({ deleted: state.deleted, data: level })
      return { ...row, ...rankVersion(state.rank), deleted: state.deleted, data: level, contentDigest: digest }
    },
  }
}

function stored({ sku, total, inStock, locations }: UniversalInventory): StoredLevels {
  return {
    sku,
    total: text8(total),
    inStock,
    locations: locations.map(({ location, onHand, available }) => {
      return { location, onHand: text8(onHand), available: text8(available) }
    }),
  }
}

function levels({ sku, total, inStock, locations }: StoredLevels): UniversalInventory {
  return {
    sku,
    total: decimal8(total, 'total'),
    inStock,
    locations: locations.map(({ location, onHand, available }) => {
      return { location, onHand: decimal8(onHand, 'on hand'), available: decimal8(available, 'available') }
    }),
  }
}
