import { createServer, type Server, type ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import { toStreamError } from '../../errors.ts'
import { isInUse, type ListenPlace, listenError, portOf, reachableHost } from '../listening.ts'

/** What a process reports to its operators. */
export interface Observed {
  /** Problems that only a restart may fix; empty while none is needed. */
  live(): Promise<readonly string[]>
  /** By check: `ok`, or an error code. */
  ready(): Promise<Readonly<Record<string, string>>>
  /** In the text format of Prometheus. */
  metrics(): Promise<string>
}

export interface MetricsServerOptions {
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  /** True when the port was not set: takes a free one when it is in use. */
  readonly portIsDefault: boolean
  readonly contentType: string
  readonly logger: Pick<Logger, 'info' | 'warn'>
}

export interface RunningMetrics {
  /** Address from this machine. */
  readonly url: string
  close(): Promise<void>
}

const NAMES = { host: 'METRICS_HOST', port: 'METRICS_PORT' }
/** Few clients scrape and probe; more connections are of no use. */
const MOST_CONNECTIONS = 50
const REQUEST_MS = 10_000

/**
 * Answers `/metrics`, `/health/live` and `/health/ready` to everyone who reaches the port: it belongs in the operator's
 * network. Throws `port_in_use` when a set port is in use, `configuration_invalid` when this machine lacks the address.
 */
export async function startMetricsServer(options: MetricsServerOptions, observed: Observed): Promise<RunningMetrics> {
  const { host, port, portIsDefault, logger } = options
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0] ?? ''
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    if (!isRead) return send(response, 405, 'text/plain', 'only GET is allowed\n')
    answer(path, options, observed, response).catch((error: unknown) => {
      const { code } = toStreamError(error)
      logger.warn({ err: error, path }, 'the metrics server could not answer')
      send(response, 500, 'text/plain', `${code}\n`)
    })
  })
  server.maxConnections = MOST_CONNECTIONS
  server.requestTimeout = REQUEST_MS
  server.headersTimeout = REQUEST_MS
  try {
    await listen(server, { host, port })
  } catch (error) {
    if (!(portIsDefault && isInUse(error))) throw listenError(error, { host, port, names: NAMES } satisfies ListenPlace)
    await listen(server, { host, port: 0 })
  }
  return {
    url: `http://${reachableHost(host)}:${portOf(server.address())}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function listen(server: Server, place: Pick<ListenPlace, 'host' | 'port'>): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(place, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

async function answer(
  path: string,
  { contentType }: MetricsServerOptions,
  observed: Observed,
  response: ServerResponse,
): Promise<void> {
  if (path === '/metrics') return send(response, 200, contentType, await observed.metrics())
  if (path === '/health/live') {
    const problems = await observed.live()
    const status = problems.length === 0 ? 'live' : 'stalled'
    return sendJson(response, problems.length === 0, { status, problems })
  }
  if (path === '/health/ready') {
    const checks = await observed.ready()
    const isReady = Object.values(checks).every((state) => state === 'ok')
    return sendJson(response, isReady, { status: isReady ? 'ready' : 'unready', checks })
  }
  send(response, 404, 'text/plain', '/metrics, /health/live, /health/ready\n')
}

function sendJson(response: ServerResponse, good: boolean, body: object): void {
  send(response, good ? 200 : 503, 'application/json', `${JSON.stringify(body)}\n`)
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  const headers = { 'content-type': type, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }
  response.writeHead(status, headers).end(body)
}
