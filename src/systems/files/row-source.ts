import type { FileWords } from '../kit/file-errors.ts'
import type { FileRow } from './file-row.ts'
import type { SpooledFile } from './file-spool.ts'

/** What messages about a file of an entity say. */
export interface RowWords extends FileWords {
  /** Name of the file. */
  readonly name: string
  /** Entity whose settings the messages name. */
  readonly settingsOf: string
}

/** A fetched file. */
export type FileContent = Pick<SpooledFile, 'open' | 'path'>

/**
 * The port of formats: the rows of a file as a stream, in the order of the file, some at a time. Throws `source_data_invalid` if the
 * file was cut short, is no file of this format, or lacks one of the needed columns; some of it only at the end.
 */
export type RowSource = (
  content: FileContent,
  name: string,
  needed: readonly string[],
) => AsyncIterable<readonly FileRow[]>

/** Rows of the decoded text of a file. */
export type TextRows = (
  text: AsyncIterable<string>,
  needed: readonly string[],
  words: RowWords,
) => AsyncIterable<readonly FileRow[]>
