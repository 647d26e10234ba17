import { promisify } from 'node:util'
import { brotliDecompress, constants, gunzip, inflate } from 'node:zlib'
import { StreamError } from '../errors.ts'
import type { CallKind } from './governor/governor.ts'

const MB = 1024 * 1024

interface AnswerLimit {
  /** Bytes as they are sent, packed or not. */
  readonly sent: number
  readonly unpacked: number
}

const USUAL: AnswerLimit = { sent: 16 * MB, unpacked: 32 * MB }
/** Rows with many fields. */
const LARGE: AnswerLimit = { sent: 32 * MB, unpacked: 64 * MB }

/** Largest answers to calls of a kind. */
export function answerLimit(kind: CallKind): AnswerLimit {
  return kind === 'orders' || kind === 'products' ? LARGE : USUAL
}

/** Encodings that are unpacked; what is asked for. */
export const ACCEPT_ENCODING = 'gzip, deflate, br'

/** What was cut on its way is unpacked as far as it goes: whoever reads it sees that it has no end. */
const FLUSH = { finishFlush: constants.Z_SYNC_FLUSH } as const
const UNPACK = {
  gzip: promisify<Buffer, object, Buffer>(gunzip),
  'x-gzip': promisify<Buffer, object, Buffer>(gunzip),
  deflate: promisify<Buffer, object, Buffer>(inflate),
  br: promisify<Buffer, object, Buffer>(brotliDecompress),
} as const

/**
 * The text of a body. Throws `value_too_large` when it is larger than answers to calls of this kind may be: no more of it
 * than that is ever in memory.
 */
export async function unpackedText(what: string, kind: CallKind, body: Buffer, encoding: string): Promise<string> {
  const limit = answerLimit(kind).unpacked
  const name = encoding.trim().toLowerCase()
  if (body.length === 0 || !Object.hasOwn(UNPACK, name)) return textOf(body)
  const unpack = UNPACK[name as keyof typeof UNPACK]
  const flush = name === 'br' ? { finishFlush: constants.BROTLI_OPERATION_FLUSH } : FLUSH
  try {
    return textOf(await unpack(body, { ...flush, maxOutputLength: limit }))
  } catch (error) {
    if ((error as { readonly code?: string }).code === 'ERR_BUFFER_TOO_LARGE') throw tooLargeError(what, kind, limit)
    throw new StreamError('target_unavailable', `${what}: the answer can't be unpacked (${name})`)
  }
}

/** An answer that is larger than answers to calls of its kind may be. */
export function tooLargeError(what: string, kind: CallKind, limit: number): StreamError {
  const message =
    `${what}: the answer is larger than ${limit / MB} MB, the limit of calls about ${kind}; ` +
    'ask for fewer rows at once (pageSize of the read)'
  return new StreamError('value_too_large', message, { details: { limit } })
}

function textOf(body: Buffer): string {
  return body.toString('utf8').replace(/^\uFEFF/, '')
}
