import { StreamError } from '../errors.ts'
import { canonicalJson } from '../events/canonical-json.ts'
import type { Page, Scoped } from '../operations/scope.ts'
import { openSealedText, sealedText } from './sealed-text.ts'

/** All list responses use this function or `answerPage`, so that they contain only rows within the caller's scope. */
export function answerList<T>(items: Scoped<T>): { items: T[] } {
  return { items: [...items] }
}

/** A page with the cursor of the next page from `cursorOf`; null at the end. */
export function answerPage<T, A>(
  { items, next }: Page<T>,
  toItem: (row: T) => A,
  cursorOf: (next: string) => string,
): { items: A[]; cursor: string | null } {
  return { items: items.map(toItem), cursor: next === null ? null : cursorOf(next) }
}

interface Wire {
  readonly k: string
  readonly f: string
  readonly after: string
}

/** The cursor of the page after a place, for one list and filter. */
export function pageCursor(key: string, list: string, filter: object, next: string): string {
  return sealedText(key, { k: list, f: canonicalJson(filter), after: next } satisfies Wire)
}

/** The place after which a cursor continues; null without a cursor. Throws `cursor_invalid`. */
export function placeOfCursor(key: string, list: string, filter: object, text: string | undefined): string | null {
  if (text === undefined) return null
  const wire = openSealedText(key, text) as Wire | undefined
  if (wire?.k === list && wire.f === canonicalJson(filter)) return wire.after
  const message = 'cursor: belongs to another request; keep the parameters, or begin without a cursor'
  throw new StreamError('cursor_invalid', message, { field: 'cursor' })
}

type Filter = Readonly<Record<string, string | number | null>>

/** As `pageCursor`, but with separate filter fields, so that an error can name the one that differs. */
export function fieldCursor(key: string, list: string, filter: Filter, next: string): string {
  return sealedText(key, { k: list, ...filter, after: next })
}

/** Throws `cursor_invalid`, naming the parameter that differs from the cursor's. */
export function placeOfFieldCursor(key: string, list: string, filter: Filter, text: string | undefined): string | null {
  if (text === undefined) return null
  const cursor = openSealedText(key, text) as (Filter & { readonly k: string; readonly after: string }) | undefined
  const field = cursor?.k === list ? Object.keys(filter).find((name) => cursor[name] !== filter[name]) : 'cursor'
  if (cursor !== undefined && field === undefined) return cursor.after
  const message = `${field}: the cursor belongs to another request; keep the parameters, or begin without a cursor`
  throw new StreamError('cursor_invalid', message, { field: field ?? 'cursor' })
}
