import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { preferredCoding } from './accepted.ts'

/** A smaller body fits into one packet as it is. */
const LEAST_BYTES = 1_024
/**
 * Compresses a page of 500 rows in a few milliseconds, in a separate thread; the highest quality takes 100 times as
 * long.
 */
const BROTLI_QUALITY = 4
const GZIP_LEVEL = 6

const brotli = promisify(brotliCompress)
const zip = promisify(gzip)

const codings = {
  br: (body: Buffer) =>
    brotli(body, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
        [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
        [constants.BROTLI_PARAM_SIZE_HINT]: body.length,
      },
    }),
  gzip: (body: Buffer) => zip(body, { level: GZIP_LEVEL }),
} as const
type Coding = keyof typeof codings
const offered: readonly Coding[] = ['br', 'gzip']

/**
 * Compresses an answer if the caller accepts that and the body is large enough. A compressed answer has a weak `ETag`:
 * its bytes differ from those that the tag was computed from. A hook of single routes, after `unlessUnchanged`.
 */
export async function compressed(request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> {
  reply.header('vary', 'accept, accept-encoding')
  if (reply.statusCode !== 200 || typeof payload !== 'string' || payload.length < LEAST_BYTES) return payload
  const coding = preferredCoding(request.headers['accept-encoding'], offered)
  if (coding === null) return payload
  const tag = reply.getHeader('etag')
  if (tag !== undefined) reply.header('etag', `W/${String(tag)}`)
  reply.header('content-encoding', coding).removeHeader('content-length')
  return await codings[coding](Buffer.from(payload))
}
