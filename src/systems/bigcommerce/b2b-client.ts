import type { Logger } from 'pino'
import { StreamError } from '../../errors.ts'
import type { Clock } from '../../platform/clock.ts'
import type { CallKind, CallLimits } from '../../platform/governor/governor.ts'
import type { Governors } from '../../platform/governor/governors.ts'
import { createHttp, type Http } from '../../platform/http.ts'
import type { NetworkRules } from '../../platform/network-rules.ts'
import { textOf, type Wire, wireOf, wiresOf } from '../kit/wire.ts'
import { bigcommerceError, wholeJson } from './answers.ts'
import { bigcommerceQuota } from './limits.ts'

/** Most rows in a response of B2B Edition; it rejects a higher limit. */
export const B2B_LIMIT = 200

/** Sort fields for orders in B2B Edition. */
export const b2bSorts = ['createdAt', 'updatedAt'] as const
type B2bSort = (typeof b2bSorts)[number]

export interface B2bSettings {
  readonly baseUrl: string
  readonly limits: CallLimits
  /** Field to sort orders by. */
  readonly sortBy?: B2bSort | undefined
  /** Ids of the channels whose orders are read; null: all channels of the store. */
  readonly channels?: readonly string[] | null
}

type Query = readonly (readonly [name: string, value: string])[]

/** The store and its credentials. */
interface Store {
  readonly storeHash: string
  readonly accessToken: string
  readonly timeoutMs: number
}

export interface B2bOrders {
  readonly rows: readonly Wire[]
  readonly total: number
}

/** The part of B2B Edition's REST API that is used. All methods throw StreamErrors. */
export interface B2bClient {
  /** The B2B part of an order, by BigCommerce's order id; null if it has none. */
  order(orderId: string, signal?: AbortSignal): Promise<Wire | null>
  /** Configured channel ids; null if none are configured. */
  readonly channels: readonly string[] | null
  /** Orders changed in [from, to), Unix seconds, sorted by a time; orders with the same time come in any order. */
  changedOrders(
    window: { readonly from: number | null; readonly to: number; readonly channels?: readonly string[] | null },
    page: { readonly offset: number; readonly limit: number },
    signal?: AbortSignal,
  ): Promise<B2bOrders>
  company(companyId: string, signal?: AbortSignal): Promise<Wire | null>
  for(kind: CallKind): B2bClient
}

/** A company's extra fields are returned only on request. */
const WITH_EXTRA_FIELDS: Query = [['isIncludeExtraFields', '1']]

export function createB2bClient(
  settings: B2bSettings,
  { storeHash, accessToken, timeoutMs }: Store,
  deps: {
    readonly clock: Clock
    readonly logger: Logger
    readonly governors: Governors
    readonly network: NetworkRules
  },
): B2bClient {
  const http = createHttp({
    baseUrl: settings.baseUrl,
    timeoutMs,
    // Its limit is separate from the store's.
    governor: deps.governors.of(`bigcommerce-b2b ${storeHash}`, settings.limits, 'B2B Edition'),
    quota: (answer) => bigcommerceQuota(answer, 0, deps.clock.now()),
    logger: deps.logger,
    network: deps.network,
    authorize: () => ({ 'x-auth-token': accessToken, 'x-store-hash': storeHash }),
    classify: ({ status, json }) => bigcommerceError(status, json),
  })
  return b2bOver(http, { sortBy: settings.sortBy ?? 'createdAt', channels: settings.channels ?? null })
}

function b2bOver(
  http: Http,
  how: { readonly sortBy: B2bSort; readonly channels: readonly string[] | null },
): B2bClient {
  const get = async (path: string, query: Query, signal: AbortSignal | undefined) => {
    const request = { method: 'GET', path: `/api/v3/io${path}`, query } as const
    const answer = await http.request(signal === undefined ? request : { ...request, signal })
    const json = wireOf(wholeJson(`GET ${path}`, answer).json)
    const code = Number(textOf(json['code']) ?? 200)
    // Some errors come with HTTP 200 and their code in the body.
    if (code >= 400) throw bigcommerceError(code, json) ?? new StreamError('target_rejected', `${path}: code ${code}`)
    return json
  }
  const find = async (path: string, query: Query, signal: AbortSignal | undefined): Promise<Wire | null> => {
    try {
      const { data } = await get(path, query, signal)
      // The specification shows a list of one, the examples the object.
      return Array.isArray(data) ? (wiresOf(data)[0] ?? null) : wireOf(data)
    } catch (error) {
      if (error instanceof StreamError && error.code === 'not_found') return null
      throw error
    }
  }
  return {
    channels: how.channels,
    for: (kind) => b2bOver(http.for(kind), how),
    order: (orderId, signal) => find(`/orders/${encodeURIComponent(orderId)}`, [], signal),
    company: (companyId, signal) => find(`/companies/${encodeURIComponent(companyId)}`, WITH_EXTRA_FIELDS, signal),
    async changedOrders({ from, to, channels }, { offset, limit }, signal) {
      const json = await get(
        '/orders',
        [
          // The documentation says "after" and "before", so the bounds are widened by a second to leave nothing out.
          // Without a bound, only orders of the last year are returned.
          ['minModified', String(from === null ? 0 : from - 1)],
          ['maxModified', String(to)],
          ['sortBy', how.sortBy],
          ['orderBy', 'ASC'],
          ['limit', String(limit)],
          ['offset', String(offset)],
          ...(channels ?? []).map((id) => ['channelIds[]', id] as const),
        ],
        signal,
      )
      const meta = wireOf(json['meta'])
      // Flat for orders, under `pagination` elsewhere; the specification has both.
      const total = Number(textOf(meta['totalCount']) ?? textOf(wireOf(meta['pagination'])['totalCount']) ?? Number.NaN)
      if (!Array.isArray(json['data']) || Number.isNaN(total)) {
        throw new StreamError('source_data_invalid', "B2B Edition's answer to /orders has no data or no totalCount")
      }
      return { rows: wiresOf(json['data']), total }
    },
  }
}
