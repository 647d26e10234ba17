import type { FastifyInstance, FastifyRequest } from 'fastify'
import { parseLimitedJson } from '../platform/limited-json.ts'
import { HttpError } from './http-error.ts'

/** Accepts only JSON bodies. An empty body counts as missing, so that any client can call routes without a body. */
export function readBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'string' },
    async (request: FastifyRequest, body: unknown) => {
      checkEncoding(request)
      return body === '' ? undefined : parseLimitedJson(String(body))
    },
  )
}

/** For routes that need the exact bytes, to check a signature. */
export function keepBodiesRaw(app: FastifyInstance): void {
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async (request: FastifyRequest, body: unknown) => {
      checkEncoding(request)
      return body
    },
  )
}

function checkEncoding({ headers }: FastifyRequest): void {
  const encoding = headers['content-encoding'] ?? 'identity'
  if (encoding.toLowerCase() === 'identity') return
  throw new HttpError(415, 'content-encoding: send the body uncompressed')
}
