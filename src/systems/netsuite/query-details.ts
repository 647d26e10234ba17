import { requireText, textOf, type Wire } from '../kit/wire.ts'
import { chunks, IN_LIMIT, SUITEQL_LIMIT, type SuiteQl } from './suiteql.ts'
import { idList } from './window.ts'

/**
 * All rows of a query about some ids, by the column that holds the id; the query is ordered by it. Ids whose rows did
 * not all fit into an answer are queried again instead of paging by offset, so that NetSuite's limit of 100,000 rows
 * per query does not apply.
 */
export async function detailsOf(
  client: Pick<SuiteQl, 'suiteql' | 'suiteqlAll'>,
  ids: readonly string[],
  { by, query }: { readonly by: string; readonly query: (ids: string) => string },
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly Wire[]>> {
  const rows: Wire[] = []
  const sorted = [...new Set(ids)].toSorted((a, b) => Number(a) - Number(b))
  for (const part of chunks(sorted, IN_LIMIT)) {
    for (let left = part; left.length > 0; ) {
      const page = await client.suiteql(query(idList(left)), [], { limit: SUITEQL_LIMIT, offset: 0 }, signal)
      const last = page.items.at(-1)
      if (!page.hasMore || last === undefined) {
        rows.push(...page.items)
        break
      }
      const cut = requireText(last, by)
      const whole = page.items.filter((row) => textOf(row[by]) !== cut)
      // One id has more rows than an answer holds.
      if (whole.length === 0) rows.push(...(await client.suiteqlAll(query(idList([cut])), [], signal)))
      else rows.push(...whole)
      left = left.slice(left.indexOf(cut) + (whole.length === 0 ? 1 : 0))
    }
  }
  return Map.groupBy(rows, (row) => textOf(row[by]) ?? '')
}
