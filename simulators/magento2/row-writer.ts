import type { PullSettings } from './pull-settings.ts'
import type { Shop } from './shop.ts'
import { isDeleted, type RowResult, rowFailed, rowWritten, type StagedRow, skuOf } from './staged-row.ts'

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

const daySeconds = 86_400

/**
 * The result of a row whose SKU the catalog does not have. It may get the product at any time, so the row is tried once
 * a day, however often it has failed.
 */
export function withoutProduct(row: StagedRow, { clock }: Shop): RowResult {
  if (isDeleted(row)) return rowWritten()
  return rowFailed(`The catalog has no product "${skuOf(row)}".`, Math.floor(clock.now().getTime() / 1000) + daySeconds)
}
