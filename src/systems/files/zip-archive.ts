import { crc32 } from 'node:zlib'
import { type Entry, openPromise, type ZipFile } from 'yauzl'
import { StreamError } from '../../errors.ts'
import { type FileWords, fileCutShortError, fileError } from '../kit/file-errors.ts'

/** Limits of an archive: a small one may unpack to any size. */
const MOST_ENTRIES = 10_000

/** Files in a ZIP archive. */
export interface Archive {
  readonly names: readonly string[]
  /**
   * The unpacked content of a file, as a stream. Throws `source_data_invalid` if it has more than `most` bytes, is
   * damaged or is encrypted; `most` also bounds what a wrong size in the archive hides.
   */
  read(name: string, most: number): AsyncIterable<Buffer>
}

/**
 * Reads from the archive at a path of this machine, and closes it. Throws `source_data_invalid` for an archive that was
 * cut short: its table of contents is at its end.
 */
export async function* fromArchive<T>(
  path: string,
  words: FileWords,
  work: (archive: Archive) => AsyncIterable<T>,
): AsyncGenerator<T> {
  const zip = await checked(openPromise(path, { autoClose: false, lazyEntries: true }), words)
  try {
    if (zip.entryCount > MOST_ENTRIES) throw fileError(words, `its archive has more than ${MOST_ENTRIES} files`)
    const entries = new Map((await entriesOf(zip, words)).map((entry) => [entry.fileName, entry]))
    yield* work({
      names: [...entries.keys()].filter((name) => !name.endsWith('/')),
      read(name, most) {
        const entry = entries.get(name)
        if (entry === undefined) throw fileError(words, `its archive has no file ${name}`)
        return contentOf(zip, entry, most, words)
      },
    })
  } finally {
    zip.close()
  }
}

async function entriesOf(zip: ZipFile, words: FileWords): Promise<readonly Entry[]> {
  return await checked(Array.fromAsync(zip.eachEntry()), words)
}

async function* contentOf(zip: ZipFile, entry: Entry, most: number, words: FileWords): AsyncGenerator<Buffer> {
  const name = entry.fileName
  if (entry.isEncrypted()) throw fileError(words, `${name} in its archive is encrypted; deliver it without a password`)
  if (entry.uncompressedSize > most) throw tooLargeError(words, name, most)
  const stream = await checked(zip.openReadStreamPromise(entry), words)
  let [size, sum] = [0, 0]
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > most) throw tooLargeError(words, name, most)
      sum = crc32(chunk, sum)
      yield chunk
    }
  } catch (error) {
    throw error instanceof StreamError ? error : archiveError(words, error)
  } finally {
    stream.destroy()
  }
  if (sum !== entry.crc32) throw fileCutShortError(words, `${name} in its archive has another checksum`)
}

async function checked<T>(step: Promise<T>, words: FileWords): Promise<T> {
  try {
    return await step
  } catch (error) {
    throw archiveError(words, error)
  }
}

/** What comes from the disk is no fault of the file. */
function archiveError(words: FileWords, cause: unknown): unknown {
  const isOfDisk = cause instanceof Error && 'syscall' in cause
  const said = cause instanceof Error ? cause.message : ''
  return isOfDisk ? cause : fileCutShortError(words, `its ZIP archive is not whole: ${said}`, cause)
}

function tooLargeError({ what }: FileWords, name: string, most: number): StreamError {
  const message = `${what} can't be read: ${name} in its archive has more than ${most} bytes, unpacked; split it`
  return new StreamError('source_data_invalid', message)
}
