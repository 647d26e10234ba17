import { requireText, type Wire } from '../kit/wire.ts'
import type { BigCommerceClient } from './client.ts'

/** Rows that every list returns at least per page if there are as many: fewer rows mean the last page. */
export const SURE_ROWS = 50

/** All rows of a record's list, without duplicate ids. */
export async function wholeList(
  client: BigCommerceClient,
  path: string,
  signal: AbortSignal,
): Promise<readonly Wire[]> {
  const rows = new Map<string, Wire>()
  for (let page = 1; ; page += 1) {
    const query = [['limit', '250'] as const, ['page', String(page)] as const]
    const found = await client.list(path, query, signal)
    const before = rows.size
    for (const row of found) rows.set(requireText(row, 'id', `${path} `), row)
    if (found.length < SURE_ROWS || rows.size === before) return [...rows.values()]
  }
}
