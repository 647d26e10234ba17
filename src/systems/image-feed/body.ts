import { constants } from 'node:buffer'
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { StreamError } from '../../errors.ts'
import { feedCutShortError } from './record.ts'

/** Largest feed that is taken, unpacked: the longest text there can be. */
export const MOST_BYTES = constants.MAX_STRING_LENGTH

const GZIP = Buffer.from([0x1f, 0x8b])

/**
 * The bytes of a feed, unpacked by its Content-Encoding and, where the file is itself a .gz one (known by its first two
 * bytes), once more. Throws `source_data_invalid` once there are more than `most`: a small file may unpack to any size.
 */
export async function* unpacked(
  body: AsyncIterable<Buffer>,
  encoding: string | null,
  most: number,
): AsyncGenerator<Buffer> {
  const sent = contentOf(body, encoding)
  const { head, all } = await peek(sent, (taken) => Buffer.concat(taken).length >= GZIP.length)
  const packed = Buffer.concat(head).subarray(0, GZIP.length).equals(GZIP)
  let size = 0
  for await (const chunk of packed ? gunzipped(all) : all) {
    size += chunk.length
    if (size > most) {
      throw new StreamError('source_data_invalid', `the image feed has more than ${most} bytes, unpacked; split it`)
    }
    yield chunk
  }
}

function contentOf(body: AsyncIterable<Buffer>, encoding: string | null): AsyncIterable<Buffer> {
  const name = encoding?.trim().toLowerCase() ?? ''
  if (name === '' || name === 'identity') return body
  if (name === 'gzip' || name === 'x-gzip') return gunzipped(body)
  throw new StreamError('source_data_invalid', `the image feed is encoded as ${name}; only gzip is taken`)
}

async function* gunzipped(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const gunzip = createGunzip()
  // What breaks ends the gunzip, which is read here.
  pipeline(Readable.from(chunks), gunzip, () => undefined)
  try {
    for await (const chunk of gunzip) yield chunk as Buffer
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
    throw /^Z_/.test(code) ? feedCutShortError('its gzip can not be unpacked', cause) : cause
  }
}

/** The first chunks, until they are enough, and all of them. */
export async function peek<T>(
  chunks: AsyncIterable<T>,
  isEnough: (taken: readonly T[]) => boolean,
): Promise<{ readonly head: readonly T[]; readonly all: AsyncGenerator<T> }> {
  const iterator = chunks[Symbol.asyncIterator]()
  const head: T[] = []
  while (!isEnough(head)) {
    const next = await iterator.next()
    if (next.done === true) break
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
