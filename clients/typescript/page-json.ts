import { FeedError } from './feed-error.ts'
import type { FeedRow } from './feed-store.ts'
import { isRecord } from './is-record.ts'

/** The body of an answer. */
export interface PageJson {
  readonly items: readonly FeedRow[]
  readonly cursor: string
  readonly complete: boolean
}

/**
 * Throws a transient `invalid_answer` for text that is not a complete page: it was cut off, or another server answered.
 */
export function parsePage(text: string, status: number): PageJson {
  const page = parsed(text)
  const { items, cursor, complete } = isRecord(page) ? page : {}
  if (Array.isArray(items) && items.every(isFeedRow) && typeof cursor === 'string' && typeof complete === 'boolean') {
    return { items, cursor, complete }
  }
  throw new FeedError('invalid_answer', 'the answer is not a complete page of a feed', { status, transient: true })
}

export function isFeedRow(value: unknown): value is FeedRow {
  if (!isRecord(value)) return false
  const { connection, source, updated_at, position, deleted, data } = value
  return [connection, source, updated_at, position].every(isText) && typeof deleted === 'boolean' && isRecord(data)
}

const isText = (value: unknown) => typeof value === 'string'

/** Undefined: not JSON. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
