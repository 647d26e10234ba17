import { StreamError } from '../errors.ts'
import { canonicalJson, digest } from '../events/identity.ts'
import type { Item, Tables } from '../platform/dynamodb/tables.ts'
import { REQUESTS } from './tables.ts'

/** A request under the key its caller gave it. */
export interface KeyedRequest {
  readonly id: string
  /** When it came first, milliseconds: what is made of it carries this time, however often it is sent. */
  readonly at: number
  /** Null: it has not been answered, or its process ended before. */
  readonly answer: Item | null
  readonly isNew: boolean
}

/**
 * Takes a request under its key (Guarantee 3): the same again is the same request. Throws `state_conflict` for another
 * one under the same key; `content` null: whatever comes under the key is the same.
 */
export async function takeRequest(
  tables: Tables,
  id: string,
  content: object | null,
  now: number,
): Promise<KeyedRequest> {
  const own = content === null ? '' : digest(canonicalJson(content))
  if (await tables.put(REQUESTS, { id, digest: own, at: now }, { absent: 'id' })) {
    return { id, at: now, answer: null, isNew: true }
  }
  const item = await tables.get(REQUESTS, { id })
  if (item?.['digest'] !== own) {
    const message = 'idempotency-key: another request was sent under this key; send each request under its own'
    throw new StreamError('state_conflict', message, { field: 'idempotency-key' })
  }
  const { at, answer = null } = item as unknown as { readonly at: number; readonly answer?: Item | null }
  return { id, at, answer, isNew: false }
}

export async function answerRequest(tables: Tables, id: string, answer: Item): Promise<void> {
  await tables.update(REQUESTS, { id }, { set: { answer } })
}

export async function requestAnswer(tables: Tables, id: string): Promise<Item | undefined> {
  const item = await tables.get(REQUESTS, { id })
  return item?.['answer'] as Item | undefined
}
