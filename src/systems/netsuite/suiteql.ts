import { StreamError } from '../../errors.ts'
import type { Http, HttpAnswer } from '../../platform/http.ts'
import { isWire, type Wire, wiresOf } from '../kit/wire.ts'
import type { QueryBody, QueryValues, SuiteQlValue } from './query-values.ts'

/** Most rows of a SuiteQL answer. */
export const SUITEQL_LIMIT = 1000
/** Most values of one IN list. */
export const IN_LIMIT = 500

export interface SuiteQlPage {
  readonly items: readonly Wire[]
  readonly hasMore: boolean
}

export interface SuiteQl {
  /**
   * One page; `params` are bound to the query's `?` in order. The query must be ordered for `offset` to mean anything.
   */
  suiteql(
    query: string,
    params?: readonly SuiteQlValue[],
    page?: { readonly limit: number; readonly offset: number },
    signal?: AbortSignal,
  ): Promise<SuiteQlPage>
  /** Every row, page by page. Not for more than 100,000 rows, NetSuite's limit per query. */
  suiteqlAll(query: string, params?: readonly SuiteQlValue[], signal?: AbortSignal): Promise<readonly Wire[]>
}

export function createSuiteQl(http: Http, values: QueryValues): SuiteQl {
  const suiteql: SuiteQl['suiteql'] = async (query, params = [], page = { limit: SUITEQL_LIMIT, offset: 0 }, signal) =>
    await values.send(query, params, async (body) => pageOf((await askSuiteQl(http, body, page, signal)).json))
  return {
    suiteql,
    async suiteqlAll(query, params = [], signal) {
      const rows: Wire[] = []
      for (;;) {
        const page = await suiteql(query, params, { limit: SUITEQL_LIMIT, offset: rows.length }, signal)
        rows.push(...page.items)
        // NetSuite accepts only offsets that are multiples of the limit: a short page is the end.
        if (!page.hasMore || page.items.length < SUITEQL_LIMIT) return rows
      }
    },
  }
}

/** Throws for a truncated answer, which would look like the end of the rows. */
function pageOf(json: unknown): SuiteQlPage {
  if (isWire(json) && Array.isArray(json['items']) && typeof json['hasMore'] === 'boolean') {
    return { items: wiresOf(json['items']), hasMore: json['hasMore'] }
  }
  throw new StreamError('target_unavailable', "NetSuite's answer to a SuiteQL query is not a page of rows")
}

export async function askSuiteQl(
  http: Http,
  body: QueryBody,
  page: { readonly limit: number; readonly offset: number },
  signal: AbortSignal | undefined,
): Promise<HttpAnswer> {
  return await http.request({
    method: 'POST',
    path: '/services/rest/query/v1/suiteql',
    query: [
      ['limit', String(page.limit)],
      ['offset', String(page.offset)],
    ],
    headers: { prefer: 'transient' },
    json: body,
    ...(signal === undefined ? {} : { signal }),
  })
}

/** The values in parts of at most `size`. */
export function chunks<T>(values: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(values.length / size) }, (_, index) =>
    values.slice(index * size, (index + 1) * size),
  )
}
