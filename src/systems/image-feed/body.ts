import { constants } from 'node:buffer'
import { pipeline, Readable, type Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib'
import { StreamError } from '../../errors.ts'
import { KIND_BYTES, kindOf } from './file-kind.ts'
import { feedCutShortError, feedError } from './record.ts'

/** Largest feed that is taken, unpacked: the longest text there can be. */
export const MOST_BYTES = constants.MAX_STRING_LENGTH

const GZIP = Buffer.from([0x1f, 0x8b])
/** A file may be packed, be sent packed, and be packed once more by mistake. */
const MOST_LAYERS = 3

/** Codings of HTTP. Any other word there (`UTF-8`, `none`, `binary`) is no coding: the body is as it is. */
const CODINGS: Readonly<Record<string, () => Transform>> = {
  br: createBrotliDecompress,
  deflate: createInflate,
  zstd: createZstdDecompress,
}

/**
 * The bytes of a feed, unpacked by its Content-Encoding and, where the file is itself a .gz one (known by its first two
 * bytes), once more. Throws `source_data_invalid` once there are more than `most`, unpacked or on the way there: a small
 * file may unpack to any size; and for what is no text, such as a ZIP file, naming what it is.
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
      throw feedError(`it is packed with gzip more than ${MOST_LAYERS} times; pack it once`)
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

/** The last one named was applied last. Gzip is known by its bytes, whatever the header says. */
function codingsOf(encoding: string | null): readonly string[] {
  const named = (encoding ?? '').split(',').map((name) => name.trim().toLowerCase())
  return named.filter((name) => Object.hasOwn(CODINGS, name)).toReversed()
}

async function* through(chunks: AsyncIterable<Buffer>, coding: string): AsyncGenerator<Buffer> {
  const unpack = (CODINGS[coding] ?? createGunzip)()
  // What breaks ends the unpacking, which is read here.
  pipeline(Readable.from(chunks), unpack, () => undefined)
  try {
    for await (const chunk of unpack) yield chunk as Buffer
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
    throw /^(Z_|ERR__|ZSTD_)/.test(code) ? feedCutShortError(`its ${coding} can not be unpacked`, cause) : cause
  }
}

/** The first chunks, until they have so many bytes or characters of those that count, and all of them. */
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
