import { constants } from 'node:buffer'
import { pipeline, Readable, type Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib'
import { StreamError } from '../../errors.ts'
import { KIND_BYTES, kindOf } from './file-kind.ts'
import { feedCutShortError, feedError } from './record.ts'

/** Largest accepted feed, unpacked: the longest possible string. */
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

/**
 * Unpacks the bytes of a feed by its Content-Encoding and, if the file itself is gzipped (detected by its first two
 * bytes), again. Throws `source_data_invalid` if the data exceeds `most` bytes at any stage, because a small file may
 * unpack to any size; also if it is not text, such as a ZIP file, and names its type.
 */
export async function* unpacked(
  body: AsyncIterable<Buffer>,
  encoding: string | null,
  most: number,
): AsyncGenerator<Buffer> {
  let bytes = within(body, most)
  for (const coding of codingsOf(encoding)) bytes = within(through(bytes, coding), most)
  for (let layer = 0; ; layer += 1) {
    const { head, all } = await peek(bytes, KIND_BYTES)
    const begin = Buffer.concat(head).subarray(0, KIND_BYTES)
    if (!begin.subarray(0, GZIP.length).equals(GZIP)) {
      const kind = kindOf(begin)
      if (kind === null) return yield* all
      throw feedError(`it is ${kind}; serve the CSV, JSON or XML file itself, as it is or gzipped`)
    }
    if (layer === MOST_LAYERS) {
      throw feedError(`it is gzipped more than ${MOST_LAYERS} times; gzip it once`)
    }
    bytes = within(through(all, 'gzip'), most)
  }
}

async function* within(bytes: AsyncIterable<Buffer>, most: number): AsyncGenerator<Buffer> {
  let size = 0
  for await (const chunk of bytes) {
    size += chunk.length
    if (size > most) {
      throw new StreamError('source_data_invalid', `the image feed has more than ${most} bytes, unpacked; split it`)
    }
    yield chunk
  }
}

/** The last named coding was applied last. Gzip is detected by its bytes, whatever the header says. */
function codingsOf(encoding: string | null): readonly string[] {
  const named = (encoding ?? '').split(',').map((name) => name.trim().toLowerCase())
  return named.filter((name) => Object.hasOwn(CODINGS, name)).toReversed()
}

async function* through(chunks: AsyncIterable<Buffer>, coding: string): AsyncGenerator<Buffer> {
  const unpack = (CODINGS[coding] ?? createGunzip)()
  // An error ends the unpacked stream, which is read here.
  pipeline(Readable.from(chunks), unpack, () => undefined)
  try {
    for await (const chunk of unpack) yield chunk as Buffer
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
    throw /^(Z_|ERR__|ZSTD_)/.test(code) ? feedCutShortError(`its ${coding} can't be unpacked`, cause) : cause
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
