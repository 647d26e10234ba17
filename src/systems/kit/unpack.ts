import { constants } from 'node:buffer'
import { pipeline, Readable, type Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib'
import { StreamError } from '../../errors.ts'
import { type FileWords, fileCutShortError, fileError } from './file-errors.ts'
import { KIND_BYTES, kindOf } from './file-kind.ts'

/** The longest possible string: the largest file that is held as one text. */
export const MOST_BYTES = constants.MAX_STRING_LENGTH

const GZIP = Buffer.from([0x1f, 0x8b])
/** A file may be gzipped, be sent gzipped, and be gzipped once more by mistake. */
const MOST_LAYERS = 3

/** HTTP content codings. Any other word (`UTF-8`, `none`, `binary`) is not a coding, and the body is taken as it is. */
const CODINGS: Readonly<Record<string, () => Transform>> = {
  br: createBrotliDecompress,
  deflate: createInflate,
  zstd: createZstdDecompress,
}

export interface Packing {
  /** Content-Encoding of the answer; null: none. */
  readonly encoding: string | null
  /** Most bytes at any stage. */
  readonly most: number
  readonly words: FileWords
}

/**
 * Unpacks the bytes of a file by its Content-Encoding and, if the file itself is gzipped (detected by its first two
 * bytes), again. Throws `source_data_invalid` if the data exceeds `most` bytes at any stage, because a small file may
 * unpack to any size; also if it is not text, such as a ZIP file, and names its type.
 */
export async function* unpacked(body: AsyncIterable<Buffer>, { encoding, ...limits }: Packing): AsyncGenerator<Buffer> {
  const { words } = limits
  const through = (chunks: AsyncIterable<Buffer>, coding: string) => within(decompressed(chunks, coding, words), limits)
  let bytes = within(body, limits)
  for (const coding of codingsOf(encoding)) bytes = through(bytes, coding)
  for (let layer = 0; ; layer += 1) {
    const { head, all } = await peek(bytes, KIND_BYTES)
    const begin = Buffer.concat(head).subarray(0, KIND_BYTES)
    if (!begin.subarray(0, GZIP.length).equals(GZIP)) {
      const kind = kindOf(begin)
      if (kind === null) return yield* all
      throw fileError(words, `it is ${kind}; ${words.otherKind}`)
    }
    if (layer === MOST_LAYERS) {
      throw fileError(words, `it is gzipped more than ${MOST_LAYERS} times; gzip it once`)
    }
    bytes = through(all, 'gzip')
  }
}

async function* within(
  bytes: AsyncIterable<Buffer>,
  { most, words }: Pick<Packing, 'most' | 'words'>,
): AsyncGenerator<Buffer> {
  let size = 0
  for await (const chunk of bytes) {
    size += chunk.length
    if (size > most) {
      throw new StreamError('source_data_invalid', `${words.what} has more than ${most} bytes, unpacked; split it`)
    }
    yield chunk
  }
}

/** The last named coding was applied last. Gzip is detected by its bytes, whatever the header says. */
function codingsOf(encoding: string | null): readonly string[] {
  const named = (encoding ?? '').split(',').map((name) => name.trim().toLowerCase())
  return named.filter((name) => Object.hasOwn(CODINGS, name)).toReversed()
}

async function* decompressed(chunks: AsyncIterable<Buffer>, coding: string, words: FileWords): AsyncGenerator<Buffer> {
  const unpack = (CODINGS[coding] ?? createGunzip)()
  // An error ends the unpacked stream, which is read here.
  pipeline(Readable.from(chunks), unpack, () => undefined)
  try {
    for await (const chunk of unpack) yield chunk as Buffer
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
    throw /^(Z_|ERR__|ZSTD_)/.test(code) ? fileCutShortError(words, `its ${coding} can't be unpacked`, cause) : cause
  }
}

/**
 * Reads the first chunks until they have `size` bytes or characters by `counted`; returns them as `head`, and all
 * chunks as `all`.
 */
export async function peek<T extends { readonly length: number }>(
  chunks: AsyncIterable<T>,
  size: number,
  counted: (chunk: T) => number = ({ length }) => length,
): Promise<{ readonly head: readonly T[]; readonly all: AsyncGenerator<T> }> {
  const iterator = chunks[Symbol.asyncIterator]()
  const head: T[] = []
  for (let taken = 0; taken < size; ) {
    const next = await iterator.next()
    if (next.done === true) break
    taken += counted(next.value)
    head.push(next.value)
  }
  const all = async function* () {
    try {
      yield* head
      for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value
    } finally {
      await iterator.return?.()
    }
  }
  return { head, all: all() }
}
