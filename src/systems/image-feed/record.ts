import { StreamError } from '../../errors.ts'

/** One row of a feed, whatever its format. */
export interface FeedRecord {
  /** Where it is in the file, for people: `line 7`, `row 7`. */
  readonly place: string
  /** Why it is no row as the others are; null: it is one. What it has may be a guess then. */
  readonly odd: string | null
  /**
   * What it has under a name (of a column; a path of keys or elements), in order; empty when it has nothing there.
   * Undefined is what is no text: an object where a text belongs.
   */
  values(name: string): readonly (string | undefined)[]
  /** What may be its SKU, where its cells may not be in their places; left out: they are. */
  readonly maybeSkus?: readonly string[]
  /** What it has, for messages. */
  names(): readonly string[]
}

/** Longest text of one row: a quote or an element that is never closed ends here, and not with the file. */
export const LONGEST_ROW = 1024 * 1024
/** Most values that a row of JSON or XML may have, and how deep they may be. */
export const MOST_VALUES = 20_000
export const DEEPEST = 64

/** Rows of a feed; each is held in memory while the feed is read. */
export const MOST_ROWS = 1_000_000

/** A feed is refused as a whole where a part of it may be missing: half a feed would take away images that still exist. */
export function feedCutShortError(reason: string, cause?: unknown): StreamError {
  return new StreamError('source_data_invalid', `the image feed was cut short or is damaged: ${reason}`, { cause })
}

export function feedError(reason: string, field?: string): StreamError {
  const message = `the image feed can't be read: ${reason}`
  return new StreamError('source_data_invalid', message, field === undefined ? {} : { field })
}
