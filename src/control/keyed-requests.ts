import { StreamError } from '../errors.ts'
import { canonicalJson } from '../events/canonical-json.ts'
import { digest } from '../events/identity.ts'
import { expiresAfter, keptDays } from '../platform/dynamodb/expiry.ts'
import { number, opaque, orNull, rowsOf, rowType, text } from '../platform/dynamodb/rows.ts'
import type { Item, Tables } from '../platform/dynamodb/tables.ts'
import { REQUESTS } from './tables.ts'

/** A request with the idempotency key of its caller. */
export interface KeyedRequest {
  readonly id: string
  /** When it first came, milliseconds: what is made of it carries this time, however often it is sent. */
  readonly at: number
  /** Null: not answered yet, or its process ended before. */
  readonly answer: Item | null
  readonly isNew: boolean
}

interface RequestRow {
  readonly id: string
  readonly digest: string
  readonly at: number
  readonly answer: Item | null
  /** Seconds: the row may be removed then; null: written by a version that stored rows for ever. */
  readonly expires: number | null
}

export const requestRows = rowType<RequestRow>(REQUESTS, ['id'], {
  id: text,
  digest: text,
  at: number,
  answer: orNull(opaque()),
  expires: orNull(number),
})

/**
 * Takes a request under its key (Guarantee 3): a repetition is the same request. Throws `state_conflict` for a
 * different one under the same key; `content` null: any content counts as the same.
 */
export async function takeRequest(
  tables: Tables,
  id: string,
  content: object | null,
  now: number,
): Promise<KeyedRequest> {
  const own = content === null ? '' : digest(canonicalJson(content))
  const rows = rowsOf(tables, requestRows)
  // After so long nobody repeats a request; under its key it would count as new.
  const expires = expiresAfter(now, keptDays.requests)
  if (await rows.put({ id, digest: own, at: now, answer: null, expires }, { mine: { absent: 'id' } })) {
    return { id, at: now, answer: null, isNew: true }
  }
  const known = await rows.get({ id })
  if (known?.digest !== own) {
    const message = 'idempotency-key: this key was used for a different request; use a new key for each request'
    throw new StreamError('state_conflict', message, { field: 'idempotency-key' })
  }
  return { id, at: known.at, answer: known.answer, isNew: false }
}

export async function answerRequest(tables: Tables, id: string, answer: Item): Promise<void> {
  await rowsOf(tables, requestRows).update({ id }, { set: { answer } })
}

/** Null: there is no such request, or it is not answered yet. */
export async function requestAnswer(tables: Tables, id: string): Promise<Item | null> {
  return (await rowsOf(tables, requestRows).get({ id }))?.answer ?? null
}

/** Answers of those that exist and are answered. */
export async function requestAnswers(tables: Tables, ids: readonly string[]): Promise<readonly Item[]> {
  const rows = await rowsOf(tables, requestRows).getMany(ids.map((id) => ({ id })))
  return rows.flatMap(({ answer }) => (answer === null ? [] : [answer]))
}
