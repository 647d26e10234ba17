import { randomBytes } from 'node:crypto'
import type { Logger } from 'pino'
import { StreamError } from '../../errors.ts'
import type { Clock } from '../../platform/clock.ts'
import type { CallKind, CallLimits } from '../../platform/governor/governor.ts'
import type { Governors } from '../../platform/governor/governors.ts'
import { createHttp, type Http } from '../../platform/http.ts'
import { oauth1Header } from '../oauth1.ts'
import { checkOf, type SystemCheck } from '../system-check.ts'
import { isWire, textOf, type Wire, wireOf, wiresOf } from '../wire.ts'
import { magentoProblem } from './problem.ts'

/** An integration's four secrets (OAuth 1.0a), or a bearer token. */
export type Magento2Credentials =
  | {
      readonly consumerKey: string
      readonly consumerSecret: string
      readonly accessToken: string
      readonly accessTokenSecret: string
    }
  | { readonly bearer: string }

export interface Magento2Settings {
  /** Without `/rest`. */
  readonly baseUrl: string
  readonly credentials: Magento2Credentials
  /** Store code of the paths: `all` for every store's data; empty where the address has none (Commerce as a service). */
  readonly storeCode: string
  readonly limits: CallLimits
  readonly timeoutMs?: number
}

export type Condition = 'eq' | 'gt' | 'gteq' | 'lt' | 'in'

/** A list call: filters that must all hold, the fields to sort by (ascending) and how many rows at most. */
export interface Search {
  readonly filters: readonly { readonly field: string; readonly condition: Condition; readonly value: string }[]
  readonly sort: readonly string[]
  readonly limit: number
  /** Sparse fieldset, for example `items[increment_id],total_count`. */
  readonly fields?: string
}

/** The first rows found, and how many there are. */
export interface Found {
  readonly items: readonly Wire[]
  readonly total: number
}

/** Magento 2's REST API, as far as it is used. All methods throw StreamErrors. */
export interface Magento2Client {
  findOrders(search: Search, signal?: AbortSignal): Promise<Found>
  findProducts(search: Search, signal?: AbortSignal): Promise<Found>
  findSourceItems(search: Search, signal?: AbortSignal): Promise<Found>
  /** By `entity_id`. Throws `not_found`. */
  getOrder(entityId: string, signal?: AbortSignal): Promise<Wire>
  storeConfigs(signal?: AbortSignal): Promise<readonly Wire[]>
  /** The same client, its calls as urgent as those for this kind. */
  for(kind: CallKind): Magento2Client
  /** The cheapest call that needs the credentials. Throws what the credentials or the address lack. */
  check(signal?: AbortSignal): Promise<SystemCheck>
}

export function createMagento2Client(
  settings: Magento2Settings,
  deps: { readonly clock: Clock; readonly logger: Logger; readonly governors: Governors },
): Magento2Client {
  const http = createHttp({
    baseUrl: settings.baseUrl,
    timeoutMs: settings.timeoutMs ?? 60_000,
    governor: deps.governors.of(`magento2 ${new URL(settings.baseUrl).host}`, settings.limits),
    logger: deps.logger,
    authorize: ({ method, url }) => authorization(settings.credentials, method, url, deps.clock),
    classify: ({ status, json }) => (isWire(json) ? magentoProblem(status, json) : undefined),
  })
  return clientOver(http, settings.storeCode === '' ? '/V1' : `/rest/${settings.storeCode}/V1`)
}

function clientOver(http: Http, root: string): Magento2Client {
  return {
    for: (kind) => clientOver(http.for(kind), root),
    findOrders: (search, signal) => find(http, `${root}/orders`, search, signal),
    findProducts: (search, signal) => find(http, `${root}/products`, search, signal),
    findSourceItems: (search, signal) => find(http, `${root}/inventory/source-items`, search, signal),
    async getOrder(entityId, signal) {
      return wireOf((await get(http, `${root}/orders/${encodeURIComponent(entityId)}`, [], signal)).json)
    },
    async storeConfigs(signal) {
      return wiresOf((await get(http, `${root}/store/storeConfigs`, [], signal)).json)
    },
    async check(signal) {
      return checkOf((await get(http, `${root}/store/storeConfigs`, [], signal)).headers)
    },
  }
}

type Query = readonly (readonly [string, string])[]

async function get(http: Http, path: string, query: Query, signal: AbortSignal | undefined) {
  return await http.request({ method: 'GET', path, query, ...(signal === undefined ? {} : { signal }) })
}

async function find(http: Http, path: string, search: Search, signal: AbortSignal | undefined): Promise<Found> {
  const { json } = await get(http, path, searchQuery(search), signal)
  const answer = wireOf(json)
  const total = Number(textOf(answer['total_count']) ?? Number.NaN)
  if (Number.isNaN(total)) {
    throw new StreamError('source_data_invalid', `Magento's answer to ${path} has no total_count`, {
      field: 'total_count',
    })
  }
  return { items: wiresOf(answer['items']), total }
}

/** Query parameters of a list call, in the spelling of the API's specification. */
function searchQuery({ filters, sort, limit, fields }: Search): Query {
  const query: (readonly [string, string])[] = filters.flatMap(({ field, condition, value }, index) => {
    const filter = `searchCriteria[filterGroups][${index}][filters][0]`
    return [[`${filter}[field]`, field] as const, [`${filter}[conditionType]`, condition], [`${filter}[value]`, value]]
  })
  for (const [index, field] of sort.entries()) {
    query.push([`searchCriteria[sortOrders][${index}][field]`, field])
    query.push([`searchCriteria[sortOrders][${index}][direction]`, 'ASC'])
  }
  query.push(['searchCriteria[pageSize]', String(limit)], ['searchCriteria[currentPage]', '1'])
  if (fields !== undefined) query.push(['fields', fields])
  return query
}

function authorization(
  credentials: Magento2Credentials,
  method: string,
  url: string,
  clock: Clock,
): Record<string, string> {
  if ('bearer' in credentials) return { authorization: `Bearer ${credentials.bearer}` }
  const { consumerKey, consumerSecret, accessToken, accessTokenSecret } = credentials
  const request = { method, url, nonce: randomBytes(16).toString('hex'), timestamp: Math.floor(clock.now() / 1000) }
  const header = oauth1Header(request, {
    consumerKey,
    consumerSecret,
    token: accessToken,
    tokenSecret: accessTokenSecret,
  })
  return { authorization: header }
}
