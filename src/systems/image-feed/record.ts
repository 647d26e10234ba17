import { StreamError } from '../../errors.ts'

/** One row of a feed, whatever its format. */
export interface FeedRecord {
  /** Where it is in the file, for people: `line 7`, `row 7`. */
  readonly place: string
  /** What it has under a name (of a column; a path of keys or elements), in order; empty when it has nothing there. */
  values(name: string): readonly string[]
  /** What it has, for messages. */
  names(): readonly string[]
}

/** A feed is refused as a whole where a part of it may be missing: half a feed would take away images that still exist. */
export function feedCutShortError(reason: string, cause?: unknown): StreamError {
  return new StreamError('source_data_invalid', `the image feed was cut short or is damaged: ${reason}`, { cause })
}

export function feedError(reason: string, field?: string): StreamError {
  const message = `the image feed can't be read: ${reason}`
  return new StreamError('source_data_invalid', message, field === undefined ? {} : { field })
}
