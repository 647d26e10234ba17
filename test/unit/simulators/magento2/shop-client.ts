import { createHmac, randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { magentoCredentials } from '../../../../simulators/magento2/authorization.ts'
import {
  type MagentoOptions,
  type MagentoSimulator,
  startMagentoSimulator,
} from '../../../../simulators/magento2/start-magento-simulator.ts'

export const ownCatalog = fileURLToPath(new URL('../../../../simulators/catalog/catalog.csv', import.meta.url))

/** A shop in memory on our catalog. */
export function startShop(options: Partial<MagentoOptions> = {}): Promise<MagentoSimulator> {
  const defaults = { dataFile: ':memory:', catalogFile: ownCatalog, vendorPattern: /^WLD-/, seed: 1, orders: 30 }
  return startMagentoSimulator({ ...defaults, ...options })
}

/** The header of a call signed as an integration does; `changes` break it. */
export function oauthHeader(method: string, url: string, changes: Record<string, string> = {}): string {
  const encode = (text: string) =>
    encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
  const oauth: Record<string, string> = {
    oauth_consumer_key: magentoCredentials.consumerKey,
    oauth_token: magentoCredentials.token,
    oauth_nonce: randomBytes(8).toString('hex'),
    oauth_timestamp: String(Math.floor(Date.now() / 1000)),
    oauth_signature_method: 'HMAC-SHA256',
    oauth_version: '1.0',
    ...changes,
  }
  const address = new URL(url)
  const pairs = [...address.searchParams, ...Object.entries(oauth)].map((pair) => pair.map(encode).join('='))
  const base = [method, `${address.origin}${address.pathname}`, pairs.sort().join('&')].map(encode).join('&')
  const key = `${encode(magentoCredentials.consumerSecret)}&${encode(magentoCredentials.tokenSecret)}`
  const signed = { ...oauth, oauth_signature: createHmac('sha256', key).update(base).digest('base64') }
  return `OAuth ${Object.entries(signed)
    .map(([name, value]) => `${name}="${encode(value)}"`)
    .join(', ')}`
}

/** A signed call; the body is answered as JSON. */
export async function call<T = unknown>(
  shop: { url: string },
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; body: T }> {
  const url = `${shop.url}/rest/default/V1${path}`
  const answer = await fetch(url, {
    method,
    headers: { authorization: oauthHeader(method, url), 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: answer.status, body: (await answer.json()) as T }
}

/** A control call. */
export async function control<T>(shop: { url: string }, method: string, path: string, body?: unknown): Promise<T> {
  const answer = await fetch(`${shop.url}/_sim${path}`, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  return (await answer.json()) as T
}

/** `searchCriteria` of filters that must all hold, with sort orders and paging. */
export function criteria(
  filters: readonly (readonly [field: string, condition: string, value: string])[],
  rest: Record<string, string> = {},
): string {
  const parameters = new URLSearchParams()
  for (const [index, [field, condition, value]] of filters.entries()) {
    const filter = `searchCriteria[filter_groups][${index}][filters][0]`
    parameters.set(`${filter}[field]`, field)
    parameters.set(`${filter}[condition_type]`, condition)
    parameters.set(`${filter}[value]`, value)
  }
  for (const [name, value] of Object.entries(rest)) parameters.set(`searchCriteria${name}`, value)
  if (parameters.size === 0) parameters.set('searchCriteria', '')
  return parameters.toString()
}
