import { StreamError } from '../errors.ts'
import { canonicalJson } from '../events/identity.ts'
import { openSignedText, signedText } from './signed-text.ts'

interface Wire {
  readonly k: string
  readonly f: string
  readonly after: string
}

/** The cursor of the page after a place; null at the end. It is of one list and filter. */
export function pageCursor(key: string, list: string, filter: object, next: string | null): string | null {
  return next === null ? null : signedText(key, { k: list, f: canonicalJson(filter), after: next } satisfies Wire)
}

/** The place a cursor goes on after; null without one. Throws `cursor_invalid`. */
export function placeOfCursor(key: string, list: string, filter: object, text: string | undefined): string | null {
  if (text === undefined) return null
  const wire = openSignedText(key, text) as Wire | undefined
  if (wire?.k === list && wire.f === canonicalJson(filter)) return wire.after
  const message = 'cursor: not given for this; keep the parameters, or begin without a cursor'
  throw new StreamError('cursor_invalid', message, { field: 'cursor' })
}
