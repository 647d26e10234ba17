import type { Configuration, Connection } from '../configuration/model.ts'
import type { FeedRow } from '../projections/feed-row.ts'
import type { FeedMeta } from '../projections/feed-table.ts'
import { inventoryFeed, type StockData } from '../projections/inventory-feed.ts'
import { oneRowAKey } from '../projections/one-row-a-key.ts'
import { sourcesOf } from '../projections/read-feed.ts'
import { rowsOfKeys } from '../projections/read-rows.ts'
import { sharedMeta } from '../projections/shared-meta.ts'
import { type FeedDeps, viewOf } from './chosen-view.ts'
import { type FeedStanding, feedStanding, type Stale, servingOf, standingOf } from './feed-ages.ts'
import type { Principal } from './principal.ts'
import { sees } from './scope.ts'
import { skuPolicy } from './sku-view.ts'

/** Stock of a SKU at a source as shops would read it, with both configurations; null: no such connection. */
export interface StockPreview {
  readonly source: string
  readonly before: ShownStock | null
  readonly after: ShownStock | null
}

/** Stock as shops read it, and why it is not as it was read. */
export interface ShownStock extends StockData {
  readonly stale: Stale | null
  /** Null: the feed has the row. */
  readonly left_out: LeftOut | null
}

/** Why the feed has no row of stock that was read. */
interface LeftOut {
  readonly reason: string
  /** The setting of the connection that leaves it out; null: every feed of several sources does. */
  readonly setting: string | null
}

interface Sides {
  readonly connection: string
  readonly after: Configuration
}

/**
 * The stock of SKUs, by SKU, as the feed shows it, and as it would show it with another configuration and its products
 * as they are. Null: neither of them sets anything that changes stock, or the caller does not see the connection.
 */
export async function previewStock(
  deps: FeedDeps,
  by: Principal,
  keys: readonly string[],
  { connection, after }: Sides,
): Promise<ReadonlyMap<string, readonly StockPreview[]> | null> {
  if (!sees(by.scope, { connection })) return null
  const now = deps.clock.now()
  const meta = await sharedMeta(deps.tables, inventoryFeed)
  const about = { meta, connection }
  const old = await feedStanding(deps, inventoryFeed, about, { now, keptMs: 0 })
  const next = after.connections.find(({ id }) => id === connection)
  const served = next && ({ connection: next, policies: next, problem: null } as const)
  const changed = served && (await standingOf(deps, inventoryFeed, about, served))
  if (![old, changed].some((side) => side !== undefined && changesStock(side))) return null
  const sources = sourcesOf(meta, { connection, sources: null })
  const all = await rowsOfKeys({ ...deps, feed: inventoryFeed, meta }, { connection, sources, keys })
  const rows = all.filter(({ deleted }) => !deleted).toSorted((a, b) => (a.source < b.source ? -1 : 1))
  const shown = { meta, now, sources, rows }
  const [before, later] = [await shownBy(deps, old, shown), changed && (await shownBy(deps, changed, shown))]
  const previews = rows.map((row) => {
    return { key: row.key, preview: { source: row.source, before: before(row), after: later?.(row) ?? null } }
  })
  const bySku = Map.groupBy(previews, ({ key }) => key)
  return new Map([...bySku].map(([key, own]) => [key, own.map(({ preview }) => preview)]))
}

function changesStock({ connection, policies: { sellableStock, staleStock } }: FeedStanding): boolean {
  return sellableStock !== undefined || staleStock !== undefined || showsOnlyProducts(connection)
}

function showsOnlyProducts(connection: Connection | undefined): boolean {
  return connection !== undefined && skuPolicy(inventoryFeed.entity, connection, null)?.isOnlyProducts === true
}

interface Shown {
  readonly meta: FeedMeta
  readonly now: number
  readonly sources: readonly string[]
  /** The rows of all sources, as they were read. */
  readonly rows: readonly FeedRow[]
}

/** How the feed shows each of the rows. */
async function shownBy(
  deps: FeedDeps,
  standing: FeedStanding,
  { meta, now, sources, rows }: Shown,
): Promise<(row: FeedRow) => ShownStock> {
  const { id, connection } = standing
  const request = { ...deps, feed: inventoryFeed, meta }
  const shop = connection?.shop ?? null
  const single = new Set(await oneRowAKey(request, { connection: id, sources, shop }, rows))
  const wanted = { connection: id, sources: null }
  const view = await viewOf(deps, { feed: inventoryFeed, meta, now, isFresh: true }, connection, wanted)
  const keys = [...new Set(rows.map(({ key }) => key))]
  const inView = new Map((await view.ofKeys(sources, keys)).map((row) => [nameOf(row), row]))
  const { serve } = servingOf(inventoryFeed, standing, sources, now)
  return (row) => {
    const { data, stale } = serve(row)
    const others = rows.filter(({ key, source }) => key === row.key && source !== row.source)
    const left_out = single.has(row) ? leftOut(row, inView.get(nameOf(row))) : replaced(others)
    // `serve` returns the feed's columns.
    return { ...(data as StockData), stale, left_out }
  }
}

const nameOf = ({ source, key }: FeedRow): string => JSON.stringify([source, key])

function replaced(others: readonly FeedRow[]): LeftOut {
  const names = others.map(({ source }) => source).join(', ')
  return { reason: `${names} has the SKU: its row replaces that of the shop`, setting: null }
}

/** `found`: the row in the view of the feed. */
function leftOut({ key }: FeedRow, found: FeedRow | undefined): LeftOut | null {
  if (found !== undefined && !found.deleted) return null
  const what = `the products feed has no product ${key} of the vendor`
  return {
    reason: found === undefined ? what : `${what} any more: shops get a deleted row`,
    setting: `feeds.${inventoryFeed.entity}.skus: vendor`,
  }
}
