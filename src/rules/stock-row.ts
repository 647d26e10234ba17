import type { Connection } from '../configuration/model.ts'
import type { UniversalInventoryChanged } from '../events/generated/events.ts'

/** A row of stock as the feed has it, in the form of the event that made it; without claims. */
export type StockRow = Omit<UniversalInventoryChanged, 'claims' | 'taskId'>

/** The stock of a connection's SKUs in these sources, deleted rows left out. The feed may be a second behind. */
export type FindStock = (
  connection: Connection,
  sources: readonly string[],
  skus: readonly string[],
) => Promise<readonly StockRow[]>

/** Whether orders and oversells count for the stock of a connection. */
export function countsClaims({ sellableStock }: Pick<Connection, 'sellableStock'>): boolean {
  return sellableStock?.reserve === true || sellableStock?.oversell !== undefined
}
