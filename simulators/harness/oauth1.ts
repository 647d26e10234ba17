import { createHmac, timingSafeEqual } from 'node:crypto'

/** The four secrets of OAuth 1.0a, as issued by the vendor. */
export interface OAuthCredentials {
  consumerKey: string
  consumerSecret: string
  token: string
  tokenSecret: string
}

/** A received request. */
export interface SignedRequest {
  method: string
  /** The absolute address that the client called, with its query as sent. */
  url: string
  authorization: string | undefined
}

const refusals = {
  version_rejected: [400, 1, 'The oauth_version is not supported.'],
  parameter_absent: [400, 2, 'A required OAuth parameter is missing.'],
  parameter_rejected: [400, 3, 'An OAuth parameter has a type or value that is not accepted.'],
  timestamp_refused: [400, 4, 'The oauth_timestamp is outside of the accepted window.'],
  nonce_used: [401, 5, 'The oauth_nonce was used before with this timestamp.'],
  signature_method_rejected: [400, 6, 'The oauth_signature_method is not supported.'],
  signature_invalid: [401, 7, 'The signature is invalid. Verify and try again.'],
  consumer_key_rejected: [401, 8, 'A consumer with this key does not exist.'],
  token_rejected: [401, 12, 'The token is not valid for this consumer.'],
} as const

/** Why a request is refused: error name, HTTP status, number, and a text without secrets. */
export interface OAuthRefusal {
  problem: keyof typeof refusals
  status: number
  code: number
  message: string
}

/** Settings of one verifier. */
export interface VerifierOptions {
  credentials: OAuthCredentials
  /** If given, the header's `realm` must equal it (NetSuite's account). */
  realm?: string
  /** Allowed deviation of the timestamp, in seconds (600). */
  windowSeconds?: number
  /** Seconds since 1970. */
  clock?: () => number
}

/** `undefined` = accepted; the nonce then counts as used. */
export type OAuthVerifier = (request: SignedRequest) => OAuthRefusal | undefined

const required = ['consumer_key', 'token', 'nonce', 'timestamp', 'signature_method', 'signature']

/**
 * Verifies OAuth 1.0a (RFC 5849) with HMAC-SHA256 only: parameters, version, keys, timestamp, signature, then nonce.
 */
export function createOAuth1Verifier(options: VerifierOptions): OAuthVerifier {
  const { credentials, realm, windowSeconds = 600, clock = () => Math.floor(Date.now() / 1000) } = options
  const used = new Map<string, number>()
  return ({ method, url, authorization }) => {
    const header = parseAuthorization(authorization)
    if (header === 'repeated') return refuse('parameter_rejected')
    const value = (name: string) => header.get(`oauth_${name}`) ?? ''
    if (required.some((name) => value(name) === '')) return refuse('parameter_absent')
    if (header.has('oauth_version') && value('version') !== '1.0') return refuse('version_rejected')
    if (value('signature_method') !== 'HMAC-SHA256') return refuse('signature_method_rejected')
    if (realm !== undefined && header.get('realm') !== realm) return refuse('parameter_rejected')
    if (value('consumer_key') !== credentials.consumerKey) return refuse('consumer_key_rejected')
    if (value('token') !== credentials.token) return refuse('token_rejected')
    if (!/^\d+$/.test(value('timestamp'))) return refuse('parameter_rejected')
    const timestamp = Number(value('timestamp'))
    if (Math.abs(clock() - timestamp) > windowSeconds) return refuse('timestamp_refused')
    const expected = signature(baseString(method, url, header), credentials)
    if (!sameText(expected, value('signature'))) return refuse('signature_invalid')
    const nonce = `${timestamp} ${value('nonce')}`
    if (used.has(nonce)) return refuse('nonce_used')
    forgetBefore(used, clock() - windowSeconds)
    used.set(nonce, timestamp)
    return undefined
  }
}

/**
 * The signature base string: method, address without query, and all parameters (the query's and the header's except
 * `realm` and `oauth_signature`), sorted after percent-encoding.
 */
export function baseString(method: string, url: string, header: ReadonlyMap<string, string>): string {
  const { protocol, host, pathname, searchParams } = new URL(url)
  const signed = [...header].filter(([name]) => name !== 'realm' && name !== 'oauth_signature')
  const parameters = [...searchParams, ...signed]
    .map(([name, value]) => [percentEncode(name), percentEncode(value)] as const)
    .sort(([nameA, valueA], [nameB, valueB]) => compareBytes(nameA, nameB) || compareBytes(valueA, valueB))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
  return [method.toUpperCase(), `${protocol}//${host}${pathname}`, parameters].map(percentEncode).join('&')
}

/** HMAC-SHA256 of the base string, base64. */
export function signature(base: string, credentials: OAuthCredentials): string {
  const key = `${percentEncode(credentials.consumerSecret)}&${percentEncode(credentials.tokenSecret)}`
  return createHmac('sha256', key).update(base).digest('base64')
}

/** RFC 3986: everything except letters, digits and `-._~` as upper-case %XX of the UTF-8 bytes. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}

function refuse(problem: keyof typeof refusals): OAuthRefusal {
  const [status, code, message] = refusals[problem]
  return { problem, status, code, message }
}

function parseAuthorization(header = ''): Map<string, string> | 'repeated' {
  const parameters = new Map<string, string>()
  const scheme = /^OAuth\s+/i.exec(header)
  if (scheme === null) return parameters
  for (const part of header.slice(scheme[0].length).split(',')) {
    const match = /^\s*([^=\s]+)="([^"]*)"\s*$/.exec(part)
    const [, name, value] = match ?? []
    if (name === undefined || value === undefined) continue
    if (parameters.has(name)) return 'repeated'
    parameters.set(decode(name), decode(value))
  }
  return parameters
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function compareBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function sameText(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(given)]
  return a.length === b.length && timingSafeEqual(a, b)
}

function forgetBefore(used: Map<string, number>, second: number): void {
  for (const [nonce, timestamp] of used) if (timestamp < second) used.delete(nonce)
}
