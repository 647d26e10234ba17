import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { rootCertificates } from 'node:tls'
import axios, { type AxiosInstance, type AxiosResponse } from 'axios'
import type { Logger } from 'pino'
import { type ErrorCode, StreamError, toStreamError } from '../errors.ts'
import { ACCEPT_ENCODING, answerLimit, tooLargeError, unpackedText } from './answer-limits.ts'
import type { CallKind, Governor } from './governor/governor.ts'
import {
  type Classify,
  fromAnswer,
  fromBrokenRequest,
  fromHalfAnswer,
  type HttpFailure,
  isHalf,
  isHtml,
} from './http-errors.ts'
import { parseExact, stringifyExact } from './json.ts'
import type { NetworkRules } from './network-rules.ts'
import { noteCall } from './recorded-calls.ts'
import { currentSpan, type Span } from './tracing/tracer.ts'
import { withoutEnd } from './without-end.ts'

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Absolute path, already encoded; appended to the base URL's path. */
  readonly path: string
  /** The path for logs and errors, when `path` contains an id of a person. */
  readonly shownPath?: string
  readonly query?: readonly (readonly [name: string, value: string])[]
  readonly headers?: Readonly<Record<string, string>>
  /** Written by `stringifyExact`. */
  readonly json?: unknown
  readonly form?: readonly (readonly [name: string, value: string])[]
  /** Statuses besides 2xx that are not a failure. */
  readonly accept?: readonly number[]
  /** Every 2xx answer has a JSON body, whatever its content type says. */
  readonly expects?: 'json'
  readonly signal?: AbortSignal
}

/** `json` is the body read by `parseExact`, undefined when it is not JSON. */
export type HttpAnswer = HttpFailure

/** A request about to be sent; `url` is absolute, with its query. */
export interface OutgoingRequest {
  readonly method: string
  readonly url: string
}

export interface HttpSettings {
  readonly baseUrl: string
  readonly timeoutMs: number
  /** Limits the requests; those over the limits wait. */
  readonly governor: Governor
  /** Milliseconds to send no request to the account, when an answer says that its quota is used up. */
  readonly quota?: (answer: HttpAnswer) => number | undefined
  /** Headers that authenticate the request; called for each request, just before it is sent. */
  readonly authorize?: (
    request: OutgoingRequest,
  ) => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>
  readonly classify?: Classify
  /** PEM of a further trusted authority, or of the system's own certificate. */
  readonly ca?: string
  readonly logger: Logger
  /** Allowed addresses. Requests contain secrets and use https, except to hosts listed for http. */
  readonly network: NetworkRules
}

/**
 * A client of one outside system. `request` resolves for 2xx and `accept`ed statuses, and else rejects with a
 * StreamError: `rate_limited`, `target_unavailable`, `timed_out`, `credentials_refused`, `permission_missing`, the
 * error of `classify`, or `target_rejected`; `value_too_large` for an answer over `answerLimit`;
 * `configuration_invalid` for a forbidden address; `stopping` when the signal aborts. Incomplete JSON is
 * `target_unavailable`, since the request may have had its effect. It never retries: the caller knows whether a retry
 * does harm (Guarantee 3).
 */
export interface Http {
  request(request: HttpRequest): Promise<HttpAnswer>
  /** The same client with the priority of this kind of call. */
  for(kind: CallKind): Http
}

/** Most open connections; the governor decides how many are in use. */
const MOST_SOCKETS = 100

export function createHttp(settings: HttpSettings): Http {
  // All requests go to the same host, for which the look-up checks the addresses.
  const lookup = settings.network.lookup(new URL(settings.baseUrl))
  const agents = { keepAlive: true, maxSockets: MOST_SOCKETS, lookup }
  const client = axios.create({
    httpAgent: new HttpAgent(agents),
    httpsAgent: new HttpsAgent(
      settings.ca === undefined ? agents : { ...agents, ca: [...rootCertificates, settings.ca] },
    ),
    maxRedirects: 0,
    // A proxy from the environment would resolve names itself, after the check.
    proxy: false,
    // This file unpacks answers, within limits.
    responseType: 'arraybuffer',
    decompress: false,
    // Leaves the body unchanged: axios would read numbers as doubles.
    transformResponse: (body: unknown) => body,
    transformRequest: (body: unknown) => body,
    validateStatus: () => true,
  })
  const as = (kind: CallKind): Http => ({
    request: (request) => settings.governor.run(kind, () => send(client, settings, kind, request), request.signal),
    for: as,
  })
  return as('orders')
}

/** What was sent and received so far. */
interface Exchange {
  request: string | null
  status: number | null
  answer: string | null
}

async function send(
  client: AxiosInstance,
  settings: HttpSettings,
  kind: CallKind,
  request: HttpRequest,
): Promise<HttpAnswer> {
  const { method, path: own, shownPath: path = own, signal } = request
  const { host } = new URL(settings.baseUrl)
  const [at, startedAt] = [Date.now(), performance.now()]
  const exchange: Exchange = { request: null, status: null, answer: null }
  const span = startCallSpan(method, host, path)
  let error: ErrorCode | null = null
  try {
    return await answerTo(client, settings, { kind, request, what: `${method} ${host}${path}`, span }, exchange)
  } catch (thrown) {
    error = toStreamError(thrown).code
    throw thrown
  } finally {
    const ms = Math.round(performance.now() - startedAt)
    const { status } = exchange
    if (span !== undefined) endCallSpan(span, status, error)
    // Query values may contain personal data and tokens.
    settings.logger.debug({ method, host, path, status: status ?? undefined, ms }, 'request')
    noteCall(signal, { at, method, address: `${host}${path}${namesOf(request)}`, ...exchange, ms, error })
  }
}

/** Undefined when the caller is not traced. `path` is the one for logs: an address may contain an id of a person. */
function startCallSpan(method: string, host: string, path: string): Span | undefined {
  const attributes = { 'http.request.method': method, 'server.address': host, 'url.path': path }
  return currentSpan()?.child({ name: method, kind: 'client', attributes })
}

function endCallSpan(span: Span, status: number | null, error: ErrorCode | null): void {
  if (status !== null) span.set({ 'http.response.status_code': status })
  if (error !== null) span.fail(error)
  span.end()
}

interface Call {
  readonly kind: CallKind
  readonly request: HttpRequest
  /** Name of the call in errors. */
  readonly what: string
  readonly span: Span | undefined
}

async function answerTo(
  client: AxiosInstance,
  settings: HttpSettings,
  { kind, request, what, span }: Call,
  exchange: Exchange,
): Promise<HttpAnswer> {
  const { method, accept = [], signal } = request
  const timeout = AbortSignal.timeout(settings.timeoutMs)
  try {
    const url = urlOf(settings.baseUrl, request)
    settings.network.assertSecret(new URL(url))
    settings.network.assertUrl(new URL(url))
    const authorization = (await settings.authorize?.({ method, url })) ?? {}
    const body = bodyOf(request)
    exchange.request = body.data ?? null
    const response = await client.request<Buffer>({
      url,
      method,
      ...body,
      headers: {
        ...headersOf(request),
        'accept-encoding': ACCEPT_ENCODING,
        ...(span === undefined ? {} : { traceparent: span.traceparent }),
        ...authorization,
      },
      maxContentLength: answerLimit(kind).sent,
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    })
    const { status } = response
    exchange.status = status
    const encoding = String(response.headers['content-encoding'] ?? '')
    exchange.answer = await unpackedText(what, kind, response.data, encoding)
    const answer = answerOf(response, exchange.answer)
    const quotaMs = settings.quota?.(answer)
    if (quotaMs !== undefined) settings.governor.pause(quotaMs)
    const success = status >= 200 && status < 300
    if (success && isHalf(answer, request.expects)) throw fromHalfAnswer(what, answer)
    const good = (success && !isHtml(answer)) || accept.includes(status)
    if (!good) throw fromAnswer(what, answer, Date.now(), settings.classify, quotaMs)
    return answer
  } catch (error) {
    if (timeout.aborted && signal?.aborted !== true && !(error instanceof StreamError)) {
      throw new StreamError('timed_out', `${what} got no answer in ${settings.timeoutMs} ms`)
    }
    if (isTooLarge(error)) throw tooLargeError(what, kind, answerLimit(kind).sent)
    throw fromBrokenRequest(what, error, signal?.aborted === true)
  }
}

/** The query without its values. */
function namesOf({ query = [] }: HttpRequest): string {
  const names = [...new Set(query.map(([name]) => name))]
  return names.length === 0 ? '' : `?${names.map((name) => `${name}=…`).join('&')}`
}

/** Encodes names and values by RFC 3986, the form that OAuth signatures use. */
function urlOf(baseUrl: string, { path, query = [] }: HttpRequest): string {
  const base = withoutEnd(baseUrl, '/')
  return query.length === 0 ? `${base}${path}` : `${base}${path}?${encoded(query)}`
}

/** OData parameters begin with `$`, which not every server accepts in escaped form; RFC 3986 allows it in a query. */
function encoded(pairs: readonly (readonly [string, string])[]): string {
  return pairs.map(([name, value]) => `${encode(name).replace(/^%24/, '$')}=${encode(value)}`).join('&')
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}

function headersOf({ headers = {}, json, form }: HttpRequest): Record<string, string> {
  const type =
    json !== undefined
      ? { 'content-type': 'application/json' }
      : form !== undefined
        ? { 'content-type': 'application/x-www-form-urlencoded' }
        : {}
  return { accept: 'application/json', 'user-agent': 'waldstream', ...type, ...headers }
}

function bodyOf({ json, form }: HttpRequest): { readonly data?: string } {
  if (json !== undefined) return { data: stringifyExact(json) }
  return form === undefined ? {} : { data: encoded(form) }
}

/** axios has no error code for it. */
function isTooLarge(error: unknown): boolean {
  return axios.isAxiosError(error) && error.message.startsWith('maxContentLength')
}

function answerOf({ status, headers }: AxiosResponse<Buffer>, text: string): HttpAnswer {
  const pairs = Object.entries(headers).flatMap(([name, value]) =>
    [value]
      .flat()
      .flatMap((one) => (one === undefined || one === null ? [] : [[name, String(one)] as [string, string]])),
  )
  return { status, headers: new Headers(pairs), text, json: jsonOf(text) }
}

function jsonOf(text: string): unknown {
  try {
    return text.trim() === '' ? undefined : parseExact(text)
  } catch {
    return undefined
  }
}
