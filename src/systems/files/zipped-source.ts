import { open } from 'node:fs/promises'
import { fileError } from '../kit/file-errors.ts'
import type { FileRow } from './file-row.ts'
import { spool } from './file-spool.ts'
import type { NamePattern } from './name-pattern.ts'
import { nameOf } from './place.ts'
import type { RowSource, RowWords } from './row-source.ts'
import { MOST_BYTES, wordsOf } from './text-source.ts'
import { type Archive, fromArchive } from './zip-archive.ts'

/** Every workbook is an archive with this file. */
export const WORKBOOK_PART = '[Content_Types].xml'

/** First bytes of an archive, and of one without a file. */
const MAGICS: readonly string[] = ['PK\x03\x04', 'PK\x05\x06']

/**
 * Rows of files that may be in a ZIP archive, which their first bytes show. `pattern`: names of the one file in an
 * archive that has the rows; null: it has no other. It is unpacked to the disk, because a format may need all of it.
 */
export function zippedSource(inner: RowSource, pattern: NamePattern | null, settingsOf: string): RowSource {
  return async function* (content, name, needed): AsyncGenerator<readonly FileRow[]> {
    if (!(await isArchive(content.path))) return yield* inner(content, name, needed)
    const words = wordsOf(name, settingsOf)
    yield* fromArchive(content.path, words, async function* (archive): AsyncGenerator<readonly FileRow[]> {
      if (archive.names.includes(WORKBOOK_PART)) return yield* inner(content, name, needed)
      const unpacked = await spool(archive.read(fileWithRows(archive, pattern, words), MOST_BYTES))
      try {
        yield* inner(unpacked, name, needed)
      } finally {
        await unpacked.discard()
      }
    })
  }
}

/** Whether the first bytes of a file are those of a ZIP archive. */
export async function isArchive(path: string): Promise<boolean> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0)
    return MAGICS.includes(buffer.toString('latin1', 0, bytesRead))
  } finally {
    await file.close()
  }
}

/** The files of an archive, without what macOS adds to every one. */
export function filesIn({ names }: Pick<Archive, 'names'>): readonly string[] {
  return names.filter((name) => !name.startsWith('__MACOSX/') && !nameOf(name).startsWith('.'))
}

function fileWithRows(archive: Archive, pattern: NamePattern | null, words: RowWords): string {
  const own = filesIn(archive)
  const found = pattern === null ? own : own.filter((name) => pattern.match(nameOf(name)) !== null)
  const [first] = found
  if (first !== undefined && found.length === 1) return first
  const setting = `settings.${words.settingsOf}.zipped`
  const what = `its ZIP archive has ${found.length} files${pattern === null ? '' : ' of this name'}, not one`
  const has = own.map((name) => JSON.stringify(name.slice(0, 80))).join(', ')
  const way = own.length === 0 ? '' : `; set ${setting} to the name of one of ${has.slice(0, 400)}`
  throw fileError(words, what + way, setting)
}
