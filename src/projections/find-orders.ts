import { mergedPage } from '../platform/dynamodb/merged-page.ts'
import { rowsOf } from '../platform/dynamodb/rows.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import { type IndexedOrder, indexedOrders } from './order-index.ts'

export interface FoundOrders {
  readonly orders: readonly IndexedOrder[]
  /** Place of the last row; null at the end. */
  readonly next: string | null
}

/**
 * Orders found by any of these terms, the last placed first, after the place `after`: one query per term. An order that
 * several terms find is returned once.
 */
export async function findOrders(
  tables: Tables,
  foundBy: readonly string[],
  { limit, after }: { readonly limit: number; readonly after: string | null },
): Promise<FoundOrders> {
  const placeOf = ({ place }: IndexedOrder) => place
  const wanted = { partitions: foundBy, placeOf, descending: true, limit, after }
  const { rows, next } = await mergedPage(rowsOf(tables, indexedOrders), wanted)
  return { orders: rows, next }
}
