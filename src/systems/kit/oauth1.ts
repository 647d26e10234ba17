import { createHmac } from 'node:crypto'

/** The four secrets of OAuth 1.0a. */
export interface OAuth1Credentials {
  readonly consumerKey: string
  readonly consumerSecret: string
  readonly token: string
  readonly tokenSecret: string
}

/** The request to sign. `url` is absolute, with its query; nonce and timestamp (seconds) must not repeat together. */
export interface OAuth1Request {
  readonly method: string
  readonly url: string
  readonly nonce: string
  readonly timestamp: number
  /** NetSuite's account; it is part of the header but not signed. */
  readonly realm?: string
}

/**
 * The `Authorization` header of a request, signed with HMAC-SHA256, the only method that Magento and NetSuite accept.
 */
export function oauth1Header(request: OAuth1Request, credentials: OAuth1Credentials): string {
  const parameters = oauthParameters(request, credentials)
  const shown: [string, string][] = [...parameters, ['oauth_signature', oauth1Signature(request, credentials)]]
  if (request.realm !== undefined) shown.unshift(['realm', request.realm])
  return `OAuth ${shown.map(([name, value]) => `${name}="${percentEncode(value)}"`).join(', ')}`
}

/** The signature alone, base64. */
export function oauth1Signature(request: OAuth1Request, credentials: OAuth1Credentials): string {
  const { protocol, host, pathname, searchParams } = new URL(request.url)
  const parameters = [...searchParams, ...oauthParameters(request, credentials)]
    .map(([name, value]) => [percentEncode(name), percentEncode(value)] as const)
    .toSorted((a, b) => compare(a[0], b[0]) || compare(a[1], b[1]))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
  const base = [request.method.toUpperCase(), `${protocol}//${host}${pathname}`, parameters]
    .map(percentEncode)
    .join('&')
  const key = `${percentEncode(credentials.consumerSecret)}&${percentEncode(credentials.tokenSecret)}`
  return createHmac('sha256', key).update(base).digest('base64')
}

function oauthParameters(request: OAuth1Request, credentials: OAuth1Credentials): [string, string][] {
  return [
    ['oauth_consumer_key', credentials.consumerKey],
    ['oauth_token', credentials.token],
    ['oauth_nonce', request.nonce],
    ['oauth_timestamp', String(request.timestamp)],
    ['oauth_signature_method', 'HMAC-SHA256'],
    ['oauth_version', '1.0'],
  ]
}

/** Percent-encodes everything except letters, digits and `-._~` (RFC 3986). */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
