import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import type { LookupFunction } from 'node:net'
import { StreamError } from '../errors.ts'
import type { NetworkRules } from './network-rules.ts'
import { assertHttpUrl } from './safe-address.ts'

export interface GuardedRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE'
  readonly url: string
  /** Sent with POST and PUT. */
  readonly body?: string | Buffer
  readonly headers?: Readonly<Record<string, string>>
  /** Headers that authenticate the caller; never sent to another host. */
  readonly credentials?: Readonly<Record<string, string>>
  /** Requests with different pools share no connections: one that does not answer holds up none of the others. */
  readonly pool?: string
  /** `none`: returns a redirect as the answer. By default follows up to five. */
  readonly redirects?: 'none'
  readonly signal: AbortSignal
}

export interface GuardedAnswer {
  /** Final address, after redirects. */
  readonly url: string
  readonly status: number
  readonly headers: Headers
  /** The body as sent, compressed or not; read it, or call `discard`. */
  readonly body: AsyncIterable<Buffer>
  discard(): void
}

/**
 * Fetches addresses that others supply, within the allowed networks: checks each redirect like the first address, and
 * each IP address that a name resolves to when connecting. Rejects with `source_data_invalid` for a forbidden address,
 * with `configuration_invalid` when credentials would be sent over http, and else with Node's error.
 */
export interface GuardedHttp {
  request(request: GuardedRequest): Promise<GuardedAnswer>
}

const MOST_REDIRECTS = 5
const REDIRECTS = [301, 302, 303, 307, 308]
/** Per server and pool. */
const MOST_SOCKETS = 20

type SocketsOf = { readonly pool?: string }

class PooledHttpAgent extends HttpAgent {
  override getName(options?: Parameters<HttpAgent['getName']>[0] & SocketsOf): string {
    return `${super.getName(options)}:${options?.pool ?? ''}`
  }
}

class PooledHttpsAgent extends HttpsAgent {
  override getName(options?: Parameters<HttpsAgent['getName']>[0] & SocketsOf): string {
    return `${super.getName(options)}:${options?.pool ?? ''}`
  }
}

export function createGuardedHttp(network: NetworkRules): GuardedHttp {
  const options = { keepAlive: true, maxSockets: MOST_SOCKETS }
  const agents = { http: new PooledHttpAgent(options), https: new PooledHttpsAgent(options) }
  return {
    async request(asked) {
      let url = new URL(asked.url)
      let trusted = true
      for (let redirects = 0; ; redirects += 1) {
        assertHttpUrl(url)
        assertFetched(network, url)
        if (trusted && Object.keys(asked.credentials ?? {}).length > 0) network.assertSecret(url)
        const answer = await send(agents, url, asked, trusted, fetchedLookup(network, url))
        const location = answer.headers.get('location')
        if (asked.redirects === 'none' || !REDIRECTS.includes(answer.status) || location === null) return answer
        answer.discard()
        if (redirects === MOST_REDIRECTS || !URL.canParse(location, url.href)) {
          const problem = redirects === MOST_REDIRECTS ? `more than ${MOST_REDIRECTS} times` : 'to an invalid address'
          throw new StreamError('source_data_invalid', `${url.host} redirects ${problem}`)
        }
        const next = new URL(location, url)
        trusted &&= keepsCredentials(url, next)
        url = next
      }
    },
  }
}

/** The whole body; null when it exceeds `mostBytes`; never holds more than that in memory. */
export async function bodyWithin({ body, discard }: GuardedAnswer, mostBytes: number): Promise<Buffer | null> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > mostBytes) {
      discard()
      return null
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Converts the error of an address that others supplied: it is wrong data, not wrong configuration. */
function wrongDataError(error: unknown): Error {
  if (!(error instanceof StreamError)) return error as Error
  return new StreamError('source_data_invalid', error.message, { field: 'address' })
}

function assertFetched(network: NetworkRules, url: URL): void {
  try {
    network.assertUrl(url)
  } catch (error) {
    throw wrongDataError(error)
  }
}

function fetchedLookup(network: NetworkRules, url: URL): LookupFunction {
  const lookup = network.lookup(url)
  return (hostname, options, callback) =>
    lookup(hostname, options, (error, found, family) =>
      callback(error === null ? null : wrongDataError(error), found, family),
    )
}

/** True for the same server, or for the same host with https in place of http. */
function keepsCredentials(from: URL, to: URL): boolean {
  const upgraded = from.protocol === 'http:' && to.protocol === 'https:' && from.port === '' && to.port === ''
  return from.origin === to.origin || (upgraded && from.hostname === to.hostname)
}

function send(
  agents: { readonly http: HttpAgent; readonly https: HttpsAgent },
  url: URL,
  asked: GuardedRequest,
  trusted: boolean,
  lookup: LookupFunction,
): Promise<GuardedAnswer> {
  const { method, headers, credentials, body, signal, pool = '' } = asked
  const secure = url.protocol === 'https:'
  const [request, shared] = secure ? [httpsRequest, agents.https] : [httpRequest, agents.http]
  // A file that is written has a connection of its own: nobody could say whether it arrived on one that just closed.
  const agent = method === 'PUT' ? false : shared
  // Takes the address apart: a name and password in it would be sent as credentials.
  const { protocol, port, pathname, search } = url
  const target = { protocol, hostname: url.hostname.replace(/^\[|\]$/g, ''), port, path: pathname + search }
  const sent = { 'user-agent': 'waldstream', ...headers, ...(trusted ? credentials : {}) }
  return new Promise((resolve, reject) => {
    const options = { ...target, method, headers: sent, agent, signal, lookup, pool }
    const outgoing = request(options, (response) => {
      resolve(answerOf(response, method, url))
    })
    outgoing.on('error', (error) => {
      // The server closed the idle connection just when it was used again.
      const isStale = outgoing.reusedSocket && 'code' in error && error.code === 'ECONNRESET' && !signal.aborted
      if (isStale) resolve(send(agents, url, asked, trusted, lookup))
      else reject(error)
    })
    outgoing.end(body)
  })
}

function answerOf(response: IncomingMessage, method: string, { href }: URL): GuardedAnswer {
  const pairs = Object.entries(response.headersDistinct).flatMap(([name, values = []]) =>
    values.map((value) => [name, value] as [string, string]),
  )
  return {
    url: href,
    status: response.statusCode ?? 0,
    headers: new Headers(pairs),
    body: response,
    discard() {
      response.on('error', () => undefined)
      // An answer to HEAD has no body, so its connection can be reused.
      if (method === 'HEAD') response.resume()
      else response.destroy()
    },
  }
}
