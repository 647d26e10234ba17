import type { StreamError } from '../../errors.ts'
import { type FileWords, fileCutShortError, fileError } from '../kit/file-errors.ts'

/** One row of a feed, whatever its format. */
export interface FeedRecord {
  /** Where it is in the file, for people: `line 7`, `row 7`. */
  readonly place: string
  /** Why the row is odd; null: it is valid. The values of an odd row may be wrong. */
  readonly odd: string | null
  /**
   * The values of a name (a column, or a path of keys or elements), in order; empty if there are none. Undefined marks
   * a value that is not text, such as an object.
   */
  values(name: string): readonly (string | undefined)[]
  /** Its possible SKUs if its cells may have shifted; absent: they have not. */
  readonly maybeSkus?: readonly string[]
  /** Its names, for error messages. */
  names(): readonly string[]
}

/** Maximum rows of a feed; all are held in memory while it is read. */
export const MOST_ROWS = 1_000_000

/** What messages say of the feed. */
export const feedWords: FileWords = {
  what: 'the image feed',
  encodingSetting: 'encoding',
  otherKind: 'serve the CSV, JSON or XML file itself, as it is or gzipped',
}

/** Rejects a whole feed if a part may be missing: half a feed would delete images that still exist. */
export function feedCutShortError(reason: string, cause?: unknown): StreamError {
  return fileCutShortError(feedWords, reason, cause)
}

export function feedError(reason: string, field?: string): StreamError {
  return fileError(feedWords, reason, field)
}
