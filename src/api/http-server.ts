import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { Socket } from 'node:net'
import type { SecureContextOptions } from 'node:tls'
import { rawProblem } from './problems.ts'

export interface ServerLimits {
  /** Time within which a request must arrive completely. */
  readonly requestTimeoutMs: number
  readonly mostConnections: number
  /** Per address, or per /64 of IPv6. */
  readonly mostConnectionsPerAddress: number
}

/** Well-behaved clients send headers at once. */
const HEADERS_WITHIN_MS = 10_000
/** How often connections are checked against the time limits. */
const CHECKED_EVERY_MS = 1_000
/** Longer than the usual 60 s of load balancers, so that they close first and no request meets a closing connection. */
const KEEP_ALIVE_MS = 65_000
/** Closes a connection without any traffic for this long. */
const SILENT_MS = 120_000
const HANDSHAKE_WITHIN_MS = 10_000
const MOST_HEADER_BYTES = 16 * 1024

/** A server that closes idle and slow connections; `tls` null: without encryption. */
export function createHttpServer(
  handler: RequestListener,
  { requestTimeoutMs, mostConnections }: ServerLimits,
  tls: SecureContextOptions | null,
): Server {
  const options = {
    requestTimeout: requestTimeoutMs,
    headersTimeout: Math.min(HEADERS_WITHIN_MS, requestTimeoutMs),
    connectionsCheckingInterval: CHECKED_EVERY_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxHeaderSize: MOST_HEADER_BYTES,
    // The API itself rejects such a request, with a problem document.
    requireHostHeader: false,
  }
  const secure = { ...options, ...tls, handshakeTimeout: HANDSHAKE_WITHIN_MS, minVersion: 'TLSv1.2' } as const
  const server = tls === null ? createServer(options, handler) : createSecureServer(secure, handler)
  server.timeout = SILENT_MS
  server.maxConnections = mostConnections
  server.on('checkExpectation', (_: IncomingMessage, response: ServerResponse) => {
    response.socket?.end(rawProblem(417))
  })
  server.on('connect', (_: IncomingMessage, socket: Socket) => socket.end(rawProblem(405)))
  return server
}

interface ParserError extends Error {
  readonly code?: string
}

const statusOf: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
}

/** Answers a request that the parser could not read or that took too long, and closes the connection. */
export function refuseUnreadable(error: ParserError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return
  if (!socket.writable) return void socket.destroy()
  socket.end(rawProblem(statusOf[error.code ?? ''] ?? 400), () => socket.destroy())
}
