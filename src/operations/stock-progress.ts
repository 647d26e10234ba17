import { StreamError } from '../errors.ts'
import type { Positions } from '../platform/runtime/positions.ts'
import { readMeta } from '../projections/feed-table.ts'
import { inventoryFeed } from '../projections/inventory-feed.ts'
import type { FindStockProgress, StockProgress } from '../rules/stock-row.ts'
import { feedProgress, isMappingNoted, type ProgressDeps } from './feed-progress.ts'

const UNKNOWN: StockProgress = { until: null, isHeld: () => true }

interface StockProgressDeps extends ProgressDeps {
  readonly positions: Pick<Positions, 'read' | 'readUntil'>
}

/** How far our own pipeline is with the stock of a connection: the same as ages of rows are made of. */
export function createFindStockProgress(deps: StockProgressDeps): FindStockProgress {
  return async ({ id }, sources) => {
    try {
      const meta = await readMeta(deps.tables, inventoryFeed)
      const [{ until, held, more }, isNoted] = await Promise.all([
        feedProgress(deps, inventoryFeed, meta, id),
        isMappingNoted(deps, inventoryFeed),
      ])
      const keys = new Set(held.filter(({ source }) => sources.includes(source)).map(({ key }) => key))
      return { until: isNoted ? until : null, isHeld: (sku) => more || keys.has(sku) }
    } catch (error) {
      // The role of an earlier release may not read `staged`: nothing is proven, and all else goes on.
      if (error instanceof StreamError && error.code === 'permission_missing') return UNKNOWN
      throw error
    }
  }
}
