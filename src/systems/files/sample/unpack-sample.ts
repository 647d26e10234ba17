import { spool } from '../file-spool.ts'
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

/** Works with the content of a file, whatever ZIP archive it is in. Gzip is left to the reader of texts. */
export async function withUnpacked<T>(
  content: FileContent,
  words: RowWords,
  work: (unpacked: Unpacked) => Promise<T>,
): Promise<T> {
  if (!(await isArchive(content.path))) return await work({ kind: 'text', content, archive: null })
  const results = fromArchive(content.path, words, async function* (archive): AsyncGenerator<T> {
    if (archive.names.includes(WORKBOOK_PART)) return yield await work({ kind: 'workbook', content, archive: null })
    const names = filesIn(archive)
    const [taken = ''] = names
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
