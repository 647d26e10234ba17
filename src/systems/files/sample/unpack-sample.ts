import { fileError } from '../../kit/file-errors.ts'
import { spool } from '../file-spool.ts'
import type { NamePattern } from '../name-pattern.ts'
import { nameOf } from '../place.ts'
import type { FileContent, RowWords } from '../row-source.ts'
import { MOST_BYTES } from '../text-source.ts'
import { fromArchive } from '../zip-archive.ts'
import { filesIn, isArchive, WORKBOOK_PART } from '../zipped-source.ts'

/** What is in a file whose packing was found. */
export interface Unpacked {
  readonly kind: 'workbook' | 'text'
  readonly content: FileContent
  /** The file in a ZIP archive that was taken, and all of its files; null: it is no archive. */
  readonly archive: { readonly taken: string; readonly names: readonly string[] } | null
}

/** Names of files with rows; others may be notes and pictures. */
const DATA = /\.(?:csv|tsv|jsonl?|ndjson|xml|xlsx)$/i

/** The file that the settings name, else one with rows by its name, else the first. */
function mostLikely(names: readonly string[], zipped: NamePattern | null): string | undefined {
  const isNamed = (name: string) => zipped !== null && zipped.match(nameOf(name)) !== null
  return names.find(isNamed) ?? names.find((name) => DATA.test(name)) ?? names[0]
}

/** Works with the content of a file, whatever ZIP archive it is in. Gzip is left to the reader of texts. */
export async function withUnpacked<T>(
  { content, zipped }: { readonly content: FileContent; readonly zipped: NamePattern | null },
  words: RowWords,
  work: (unpacked: Unpacked) => Promise<T>,
): Promise<T> {
  if (!(await isArchive(content.path))) return await work({ kind: 'text', content, archive: null })
  const results = fromArchive(content.path, words, async function* (archive): AsyncGenerator<T> {
    if (archive.names.includes(WORKBOOK_PART)) return yield await work({ kind: 'workbook', content, archive: null })
    const names = filesIn(archive)
    const taken = mostLikely(names, zipped)
    if (taken === undefined) throw fileError(words, 'its ZIP archive has no file')
    const inner = await spool(archive.read(taken, MOST_BYTES))
    try {
      const kind = (await isArchive(inner.path)) ? 'workbook' : 'text'
      yield await work({ kind, content: inner, archive: { taken: nameOf(taken), names: names.map(nameOf) } })
    } finally {
      await inner.discard()
    }
  })
  const [result] = await Array.fromAsync(results)
  return result as T
}
