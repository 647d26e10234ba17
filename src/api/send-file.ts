import type { FastifyReply, FastifyRequest } from 'fastify'
import { type PageFile, pageEncodings } from './page-files.ts'

/** Sends a file of the page, compressed if the browser accepts it, or 304 if the browser has it. */
export function sendFile(request: FastifyRequest, reply: FastifyReply, file: PageFile): FastifyReply {
  reply.header('etag', file.etag)
  if (request.headers['if-none-match'] === file.etag) return reply.code(304).send()
  return sendWhole(request, reply, file)
}

/** As `sendFile`, for a response that is not cached. */
export function sendWhole(
  { headers }: FastifyRequest,
  reply: FastifyReply,
  { type, body, encoded }: PageFile,
): FastifyReply {
  reply.type(type)
  if (Object.keys(encoded).length === 0) return reply.send(body)
  reply.header('vary', 'accept-encoding')
  const encoding = pageEncodings.find((one) => encoded[one] !== undefined && takes(headers, one))
  if (encoding === undefined) return reply.send(body)
  return reply.header('content-encoding', encoding).send(encoded[encoding])
}

function takes(headers: FastifyRequest['headers'], encoding: string): boolean {
  const named = new RegExp(`(^|[\\s,])${encoding}(?!\\s*;\\s*q=0(\\.0+)?\\s*(,|$))(?=[\\s,;]|$)`)
  return named.test(String(headers['accept-encoding'] ?? ''))
}
