import { StreamError } from '../../errors.ts'

/** What messages about a vendor's file say of it. */
export interface FileWords {
  /** `the image feed`, `the file stock.csv`. */
  readonly what: string
  /** Setting that names the encoding. */
  readonly encodingSetting: string
  /** Setting that allows a file without a final line break; `lastLineBreak` by default. */
  readonly lastLineBreakSetting?: string
  /** Setting that names the format; `format` by default. */
  readonly formatSetting?: string
  /** What to do about a file of another kind, such as a ZIP file. */
  readonly otherKind: string
}

/** Rejects a whole file if a part may be missing: half a file must not count as all of it. */
export function fileCutShortError({ what }: Pick<FileWords, 'what'>, reason: string, cause?: unknown): StreamError {
  return new StreamError('source_data_invalid', `${what} was cut short or is damaged: ${reason}`, { cause })
}

export function fileError({ what }: Pick<FileWords, 'what'>, reason: string, field?: string): StreamError {
  const message = `${what} can't be read: ${reason}`
  return new StreamError('source_data_invalid', message, field === undefined ? {} : { field })
}
