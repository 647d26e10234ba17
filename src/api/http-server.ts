import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { Socket } from 'node:net'
import type { SecureContextOptions } from 'node:tls'
import { rawProblem } from './problems.ts'

export interface ServerLimits {
  /** Within this time a request has to arrive whole. */
  readonly requestTimeoutMs: number
  readonly mostConnections: number
  /** Of one address, or one /64 of IPv6. */
  readonly mostConnectionsPerAddress: number
}

/** Headers are sent at once by everybody who means well. */
const HEADERS_WITHIN_MS = 10_000
/** How late a connection may be found out. */
const CHECKED_EVERY_MS = 1_000
/** Longer than the load balancers' usual 60 s: they close first, so that no request meets a connection that is closing. */
const KEEP_ALIVE_MS = 65_000
/** Nothing at all went over the connection: whoever reads an answer does so within this time. */
const SILENT_MS = 120_000
const HANDSHAKE_WITHIN_MS = 10_000
const MOST_HEADER_BYTES = 16 * 1024

/** A server that holds nothing open for those who send nothing; `tls` null: without encryption. */
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
    // The API refuses it itself, with a problem document.
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

/** Answers what the parser could not read, or waited for too long, and closes the connection. */
export function refuseUnreadable(error: ParserError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return
  if (!socket.writable) return void socket.destroy()
  socket.end(rawProblem(statusOf[error.code ?? ''] ?? 400), () => socket.destroy())
}
