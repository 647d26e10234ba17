import type { PullSettings } from './pull-settings.ts'
import type { Shop } from './shop.ts'
import type { RowResult, StagedRow } from './staged-row.ts'
import type { Product } from './wire-types.ts'

/** Where a writer reports each row. */
export interface RowNotes {
  /** Before the attempt. */
  begin(rows: readonly StagedRow[]): void
  /** Before the product of the row is disabled. */
  disabling(row: StagedRow): void
  end(row: StagedRow, result: RowResult): void
}

/** What writers write to. */
export interface WriteTarget {
  readonly shop: Shop
  readonly settings: PullSettings
  /** Every address that the shop's own images ever began with. */
  readonly ownMedia: readonly string[]
  readonly signal: AbortSignal
}

/** Writes rows of one feed to the shop, and reports the result of each. */
export type RowWriter = (target: WriteTarget, rows: readonly StagedRow[], notes: RowNotes) => void | Promise<void>

/** Finds products as the catalogue does: it does not tell upper from lower case in SKUs. */
export function productFinder({ store }: Shop): (sku: string) => Product | undefined {
  let skus: Map<string, string> | undefined
  return (sku) => {
    const known = store.products.get(sku)
    if (known !== undefined) return known
    skus ??= new Map(store.products.all().map((product) => [product.sku.toLowerCase(), product.sku]))
    const other = skus.get(sku.toLowerCase())
    return other === undefined ? undefined : store.products.get(other)
  }
}

export const noProduct = (sku: string): string => `The catalog has no product "${sku}".`
