import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FeedFile } from './print.ts'
import type { Serving } from './serving.ts'

/** Sends the feed: 304 by `If-None-Match`, otherwise by `If-Modified-Since`; gzip for clients that accept it. */
export function sendFeed(
  request: FastifyRequest,
  reply: FastifyReply,
  { file, changedAt, serving }: { file: FeedFile; changedAt: Date; serving: Serving },
): FastifyReply {
  if (serving.redirectTo !== null) return reply.code(302).header('location', serving.redirectTo).send()
  if (!isKnown(request, serving)) {
    return reply.code(401).header('www-authenticate', 'Basic realm="feeds"').type('text/plain').send('Unauthorized')
  }
  const etag = `"${createHash('sha256').update(file.bytes).digest('hex').slice(0, 32)}"`
  reply.headers({ 'last-modified': changedAt.toUTCString(), vary: 'accept-encoding' })
  if (serving.etag) reply.header('etag', etag)
  if (isUnchanged(request, serving.etag ? etag : null, changedAt)) return reply.code(304).send()
  if (serving.cut !== null) return sendHalf(reply, file, serving.cut)
  reply.type(file.type)
  const packed = file.type !== 'application/gzip' && takesGzip(request)
  return packed ? reply.header('content-encoding', 'gzip').send(gzipSync(file.bytes)) : reply.send(file.bytes)
}

function isKnown({ headers }: FastifyRequest, { login, key }: Serving): boolean {
  const basic = login === null ? undefined : Buffer.from(`${login.username}:${login.password}`).toString('base64')
  const byLogin = basic === undefined || headers.authorization === `Basic ${basic}`
  return byLogin && (key === null || headers[key.name.toLowerCase()] === key.value)
}

function isUnchanged({ headers }: FastifyRequest, etag: string | null, changedAt: Date): boolean {
  const { 'if-none-match': known, 'if-modified-since': since } = headers
  if (known === undefined || etag === null) return since !== undefined && Date.parse(since) >= changedAt.getTime()
  return known.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag || tag.trim() === '*')
}

function takesGzip({ headers }: FastifyRequest): boolean {
  const encodings = String(headers['accept-encoding'] ?? '')
  return /(?:^|,)\s*gzip\s*(?:;\s*q=(?!0(?:\.0*)?\s*(?:,|$))[\d.]+\s*)?(?:,|$)/i.test(encodings)
}

/** Simulates a server that fails halfway; without a length, the client can't detect it from the connection. */
function sendHalf(reply: FastifyReply, { type, bytes }: FeedFile, cut: 'announced' | 'unannounced'): FastifyReply {
  reply.hijack()
  const { raw } = reply
  raw.useChunkedEncodingByDefault = false
  const length = cut === 'announced' ? { 'content-length': String(bytes.length) } : {}
  raw.writeHead(200, { 'content-type': type, connection: 'close', ...length })
  raw.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => raw.socket?.end())
  return reply
}
