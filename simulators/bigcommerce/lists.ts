import type { FastifyReply } from 'fastify'
import { BigCommerceError } from './problems.ts'

export type Params = Readonly<Record<string, string | undefined>>

/** Undocumented behavior of v2's lists, which may be either way. */
export interface ListHabits {
  /** Whether the bounds `min_date_modified` and `max_date_modified` are inclusive. */
  inclusive: boolean
  /** Maximum rows of an answer, whatever is requested. */
  most: number
  /** Time zone of orders' times, with its offset. */
  zone: string
}

/** Page and limit of a list; a higher limit is reduced to the version's maximum. */
export function pageOf(query: Params, most = 250): { page: number; limit: number } {
  const page = numberOf(query, 'page') ?? 1
  const limit = numberOf(query, 'limit') ?? 50
  if (page < 1 || limit < 1) throw new BigCommerceError(400, 'page and limit must be 1 or more')
  return { page, limit: Math.min(limit, most) }
}

export function numberOf(query: Params, name: string): number | undefined {
  const given = query[name]
  if (given === undefined || given === '') return undefined
  const value = Number(given)
  if (!Number.isInteger(value)) throw new BigCommerceError(422, `${name} is not a whole number`, { [name]: 'invalid' })
  return value
}

/** Comma-separated values; undefined if absent. */
export function valuesOf(query: Params, name: string): readonly string[] | undefined {
  return query[name]?.split(',').map((value) => value.trim())
}

export function slice<T>(rows: readonly T[], { page, limit }: { page: number; limit: number }): T[] {
  return rows.slice((page - 1) * limit, page * limit)
}

/** No rows: 204 without a body. */
export function sendList(reply: FastifyReply, rows: readonly unknown[]): FastifyReply {
  return rows.length === 0 ? reply.code(204).send() : reply.send(rows)
}

/** v3's envelope of a page. */
export function envelope(rows: readonly unknown[], total: number, { page, limit }: { page: number; limit: number }) {
  const pages = Math.max(1, Math.ceil(total / limit))
  const link = (to: number) => `?page=${to}&limit=${limit}`
  const links = {
    ...(page > 1 ? { previous: link(page - 1) } : {}),
    current: link(page),
    ...(page < pages ? { next: link(page + 1) } : {}),
  }
  const pagination = { total, count: rows.length, per_page: limit, current_page: page, total_pages: pages, links }
  return { data: rows, meta: { pagination } }
}
