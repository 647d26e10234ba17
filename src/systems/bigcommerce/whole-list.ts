import { requireText, type Wire } from '../kit/wire.ts'
import type { BigCommerceClient } from './client.ts'

/** Rows that any list gives at once, where there are as many: fewer are the last ones. */
export const SURE_ROWS = 50

/** All rows of a list below one record, by id. */
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
