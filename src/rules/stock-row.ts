import type { Connection } from '../configuration/model.ts'
import type { UniversalInventoryChanged } from '../events/generated/events.ts'

/** A row of stock as the feed has it, in the form of the event that made it; of its claims only the revision. */
export interface StockRow extends Omit<UniversalInventoryChanged, 'claims' | 'taskId'> {
  /** 0: it never had any. */
  readonly claimsRevision: number
}

/** The stock of a connection's SKUs in these sources. The feed may be a second behind. */
export type FindStock = (
  connection: Connection,
  sources: readonly string[],
  skus: readonly string[],
) => Promise<readonly StockRow[]>

/** How far our own pipeline is with the stock of a connection. */
export interface StockProgress {
  /** Milliseconds: what was appended before it is in the feed, except what is held. Null: unknown. */
  readonly until: number | null
  /** Whether a change of the SKU was read and is not in its row: it waits at a stage before the feed, or failed there. */
  readonly isHeld: (sku: string) => boolean
}

export type FindStockProgress = (connection: Connection, sources: readonly string[]) => Promise<StockProgress>

/** Whether orders and oversells count for the stock of a connection. */
export function countsClaims({ sellableStock }: Pick<Connection, 'sellableStock'>): boolean {
  return sellableStock?.reserve === true || sellableStock?.oversell !== undefined
}
