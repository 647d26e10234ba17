import { NetSuiteProblem } from './problems.ts'

/** The page requested by `limit` and `offset`. */
export interface Page {
  limit: number
  offset: number
}

/** @throws NetSuiteProblem 400 unless 1 ≤ limit ≤ 1000 and the offset is a multiple of it */
export function readPage(query: { limit?: string; offset?: string }): Page {
  const limit = Number(query.limit ?? 1000)
  const offset = Number(query.offset ?? 0)
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) {
    throw wrongParameter('limit', `The limit ${query.limit} is not between 1 and 1000.`)
  }
  if (!Number.isInteger(offset) || offset < 0 || offset % limit !== 0) {
    throw wrongParameter('offset', `The offset ${query.offset} is not divisible by the limit ${limit}.`)
  }
  return { limit, offset }
}

/** The envelope of a page; `href` is the address without limit and offset. */
export function pageEnvelope<T>(href: string, { limit, offset }: Page, items: readonly T[], total: number): object {
  const hasMore = offset + items.length < total
  const last = Math.max(0, Math.ceil(total / limit) - 1) * limit
  const link = (rel: string, at: number) => {
    const separator = href.includes('?') ? '&' : '?'
    return { rel, href: `${href}${separator}limit=${limit}&offset=${at}` }
  }
  const links = [
    ...(hasMore ? [link('next', offset + limit), link('last', last)] : []),
    ...(offset > 0 ? [link('first', 0), link('previous', Math.max(0, offset - limit))] : []),
    link('self', offset),
  ]
  return { links, count: items.length, hasMore, items, offset, totalResults: total }
}

function wrongParameter(queryParam: string, detail: string): NetSuiteProblem {
  return new NetSuiteProblem(400, { detail, code: 'INVALID_PARAMETER', queryParam })
}
