import type { Connection } from '../configuration/model.ts'
import { isoTime } from '../events/times.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import { listOversold } from '../processors/stock/claim-rows.ts'
import { countsClaims } from '../rules/stock-row.ts'

/** A SKU of which more was sold than the vendor has. */
export interface OversoldStatus {
  readonly sku: string
  /** ISO 8601. */
  readonly since: string
  /** ISO 8601: it is not sold until then, since the vendor canceled an order; null: orders claim more than there is. */
  readonly held_until: string | null
}

/** Oversold SKUs of a connection's vendor, 100 at most; none if nothing counts them. */
export async function oversoldOf(
  tables: Tables,
  connection: Pick<Connection, 'vendor' | 'sellableStock'>,
): Promise<readonly OversoldStatus[]> {
  if (!countsClaims(connection)) return []
  const found = await listOversold(tables, connection.vendor)
  return found.map(({ sku, since, heldUntil }) => ({ sku, since: isoTime(since), held_until: isoTime(heldUntil) }))
}
