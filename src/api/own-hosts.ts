import type { FastifyInstance, FastifyRequest } from 'fastify'
import { HttpError } from './http-error.ts'

const LOOPBACK: readonly string[] = ['localhost', '127.0.0.1', '[::1]']
/** Methods that a web page may send without a preflight request. */
const SIMPLE: readonly string[] = ['GET', 'HEAD', 'POST']
/** Headers that a web page cannot send without a preflight request. */
const OWN_HEADERS = ['x-actor', 'idempotency-key', 'authorization'] as const

export interface HostOptions {
  /** Whether a request is accepted without a key. */
  readonly isOpen: (request: FastifyRequest) => Promise<boolean>
  /** Names, with or without port, that are allowed besides those of the machine itself. */
  readonly allowedHosts: readonly string[]
}

/**
 * Without keys, anyone who reaches the API may use it, and a web page reaches whatever its browser reaches: with a host
 * name that resolves to this machine (DNS rebinding), or with a request whose response it cannot read. Rejects both.
 */
export function acceptOwnHosts(app: FastifyInstance, { isOpen, allowedHosts }: HostOptions): void {
  const allowed = new Set(allowedHosts.map((host) => host.toLowerCase()))
  const isOwn = (host: string) => {
    const name = host.toLowerCase()
    const withoutPort = name.replace(/:\d{1,5}$/, '')
    return LOOPBACK.includes(withoutPort) || allowed.has(name) || allowed.has(withoutPort)
  }
  app.addHook('onRequest', async (request) => {
    checkOneHost(request)
    if (!(await isOpen(request))) return
    if (!isOwn(request.host)) {
      const message = `host: "${shortened(request.host)}" is not a name of this API; use localhost or 127.0.0.1, or add the host to API_ALLOWED_HOSTS`
      throw new HttpError(421, message, { code: 'host_refused' })
    }
    checkOrigin(request, isOwn)
  })
}

/** HTTP requires exactly one Host header; with several, a proxy might use another one than this API. */
function checkOneHost({ raw: { rawHeaders, httpVersion } }: FastifyRequest): void {
  let hosts = 0
  for (let at = 0; at < rawHeaders.length; at += 2) if (rawHeaders[at]?.toLowerCase() === 'host') hosts += 1
  if (hosts === 1 || (hosts === 0 && httpVersion === '1.0')) return
  throw new HttpError(400, `host: send this header once; it was sent ${hosts} times`)
}

function checkOrigin({ method, headers }: FastifyRequest, isOwn: (host: string) => boolean): void {
  const { origin } = headers
  if (origin !== undefined && !isOwn(origin.replace(/^https?:\/\//i, ''))) {
    throw refused(`origin: pages of "${shortened(origin)}" may not use this API`)
  }
  if (method === 'GET' || method === 'HEAD') return
  const site = headers['sec-fetch-site']
  if (site === 'cross-site' || site === 'same-site')
    throw refused('sec-fetch-site: pages of other sites may not use this API')
  if (!SIMPLE.includes(method) || OWN_HEADERS.some((name) => headers[name] !== undefined)) return
  if (/^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '')) return
  throw refused('content-type: send application/json, or the header X-Actor, so that no web page can send this request')
}

function refused(message: string): HttpError {
  return new HttpError(403, message, { code: 'origin_refused' })
}

function shortened(text: string): string {
  return text.slice(0, 100)
}
