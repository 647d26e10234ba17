import { saveSourceItems } from './inventory-routes.ts'
import type { MapLines } from './map-lines.ts'
import { productFinder } from './product-finder.ts'
import { sourcesOf } from './pull-settings.ts'
import { type RowNotes, type RowWriter, withoutProduct } from './row-writer.ts'
import type { Shop } from './shop.ts'
import { sourceItemKey } from './shop-store.ts'
import { isDeleted, rowFailed, rowWritten, type StagedRow, skuOf } from './staged-row.ts'
import type { SourceItem } from './wire-types.ts'

interface StockChange {
  readonly row: StagedRow
  readonly items: readonly SourceItem[]
}

/**
 * Writes stock as the module does: absolute levels, those of a batch that differ in one call. What a row no longer
 * names, and all of a deleted row, becomes zero in the sources of the map. A row that is not in stock keeps its
 * quantities, and all its source items are out of stock.
 */
export const writeStock: RowWriter = ({ shop, settings }, rows, notes) => {
  const sources = sourcesOf(settings)
  const find = productFinder(shop)
  const changes: StockChange[] = []
  for (const row of rows) {
    const sku = find(skuOf(row))?.sku
    if (sku === undefined) {
      notes.end(row, withoutProduct(row, shop))
      continue
    }
    try {
      changes.push({ row, items: changedItems(shop, row, sku, sources) })
    } catch (error) {
      notes.end(row, rowFailed(error))
    }
  }
  const first = changes.filter(({ row }) => row.attempts === 0)
  const apart = changes.filter(({ row }) => row.attempts > 0)
  // One wrong row fails the call: each by itself then shows which.
  for (const change of saveTogether(shop, first, notes) ? apart : [...first, ...apart]) saveApart(shop, change, notes)
}

function changedItems(shop: Shop, row: StagedRow, sku: string, sources: MapLines): readonly SourceItem[] {
  const current = (code: string) => shop.store.sourceItems.get(sourceItemKey({ sku, source_code: code }))
  const levels = levelsOf(row, sources)
  for (const code of sources.values()) {
    if (current(code) !== undefined && !levels.has(code)) levels.set(code, 0)
  }
  const inStock = row.row.data['in_stock'] !== false
  const items = [...levels].map(([source_code, quantity]) => {
    return { sku, source_code, quantity, status: inStock && quantity > 0 ? 1 : 0 }
  })
  return items.filter(({ source_code, quantity, status }) => {
    const known = current(source_code)
    return known?.quantity !== quantity || known.status !== status
  })
}

/** Locations of one source are added up; none is below zero. @throws Error for a level that is not a number */
function levelsOf(row: StagedRow, sources: MapLines): Map<string, number> {
  const levels = new Map<string, number>()
  const { locations } = row.row.data as { locations?: readonly { location: string; available: string }[] }
  for (const { location, available } of isDeleted(row) ? [] : (locations ?? [])) {
    const code = sources.get(location)
    if (code === null) continue
    if (available.trim() === '' || !Number.isFinite(Number(available))) {
      throw new Error(`"${available}" of ${location} is no quantity`)
    }
    levels.set(code, (levels.get(code) ?? 0) + Number(available))
  }
  return new Map([...levels].map(([code, level]) => [code, Math.max(0, Math.round(level * 10_000) / 10_000)]))
}

/** @returns false: the call failed, and the rows have no result yet */
function saveTogether(shop: Shop, changes: readonly StockChange[], notes: RowNotes): boolean {
  const rows = changes.map(({ row }) => row)
  notes.begin(rows)
  try {
    save(
      shop,
      changes.flatMap(({ items }) => items),
    )
  } catch {
    return false
  }
  for (const row of rows) notes.end(row, rowWritten())
  return true
}

function saveApart(shop: Shop, { row, items }: StockChange, notes: RowNotes): void {
  notes.begin([row])
  try {
    save(shop, items)
    notes.end(row, rowWritten())
  } catch (error) {
    notes.end(row, rowFailed(error))
  }
}

function save(shop: Shop, items: readonly SourceItem[]): void {
  if (items.length > 0) saveSourceItems(shop, { sourceItems: items })
}
