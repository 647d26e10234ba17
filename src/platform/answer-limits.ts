import { promisify } from 'node:util'
import { brotliDecompress, constants, gunzip, inflate } from 'node:zlib'
import { StreamError } from '../errors.ts'
import type { CallKind } from './governor/governor.ts'

const MB = 1024 * 1024

interface AnswerLimit {
  /** Bytes as sent, compressed or not. */
  readonly sent: number
  readonly unpacked: number
}

const USUAL: AnswerLimit = { sent: 16 * MB, unpacked: 32 * MB }
/** For rows with many fields. */
const LARGE: AnswerLimit = { sent: 32 * MB, unpacked: 64 * MB }

/** Largest answer to a call of a kind. */
export function answerLimit(kind: CallKind): AnswerLimit {
  return kind === 'orders' || kind === 'products' ? LARGE : USUAL
}

/** Encodings that requests accept and `unpackedText` unpacks. */
export const ACCEPT_ENCODING = 'gzip, deflate, br'

/** Unpacks as much as there is of a truncated answer: its reader detects that the end is missing. */
const FLUSH = { finishFlush: constants.Z_SYNC_FLUSH } as const
const UNPACK = {
  gzip: promisify<Buffer, object, Buffer>(gunzip),
  'x-gzip': promisify<Buffer, object, Buffer>(gunzip),
  deflate: promisify<Buffer, object, Buffer>(inflate),
  br: promisify<Buffer, object, Buffer>(brotliDecompress),
} as const

/**
 * The text of a body. Throws `value_too_large` when it exceeds the limit for calls of this kind; never holds more than
 * the limit in memory.
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

/** Error for an answer over the limit of its kind of call. */
export function tooLargeError(what: string, kind: CallKind, limit: number): StreamError {
  const message =
    `${what}: the answer is larger than ${limit / MB} MB, the limit of calls about ${kind}; ` +
    'ask for fewer rows at once (pageSize of the read)'
  return new StreamError('value_too_large', message, { details: { limit } })
}

function textOf(body: Buffer): string {
  return body.toString('utf8').replace(/^\uFEFF/, '')
}
