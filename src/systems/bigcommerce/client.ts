import type { Logger } from 'pino'
import { StreamError } from '../../errors.ts'
import type { Clock } from '../../platform/clock.ts'
import type { CallKind, CallLimits } from '../../platform/governor/governor.ts'
import type { Governors } from '../../platform/governor/governors.ts'
import { createHttp, type Http, type HttpAnswer, type HttpRequest } from '../../platform/http.ts'
import type { NetworkRules } from '../../platform/network-rules.ts'
import { checkOf, type SystemCheck } from '../kit/system-check.ts'
import { textOf, type Wire, wireOf, wiresOf } from '../kit/wire.ts'
import { bigcommerceError, wholeJson } from './answers.ts'
import { type B2bClient, type B2bSettings, createB2bClient } from './b2b-client.ts'
import { channelsOf } from './channels.ts'
import { webhookWarnings } from './check-webhooks.ts'
import { bigcommerceQuota } from './limits.ts'

export interface BigCommerceSettings {
  /** `https://api.bigcommerce.com` */
  readonly baseUrl: string
  readonly storeHash: string
  readonly accessToken: string
  readonly limits: CallLimits
  /** Null: B2B Edition is not used. */
  readonly b2b: B2bSettings | null
  readonly timeoutMs?: number
}

export type Query = readonly (readonly [name: string, value: string])[]

/** Rows of a v3 list, and their total number. */
export interface V3Page {
  readonly rows: readonly Wire[]
  readonly total: number
}

/** Method and path of a write, relative to the store: `/v2/…` or `/v3/…`. */
export interface Write {
  readonly method: 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly body?: unknown
}

/**
 * The part of BigCommerce's REST API that is used; paths start with the version. All methods throw StreamErrors. `list`
 * is for v2, which returns bare arrays, or 204 if empty; `page` is for v3, which wraps rows.
 */
export interface BigCommerceClient {
  readonly storeHash: string
  /** B2B Edition; null if it is not used. */
  readonly b2b: B2bClient | null
  list(path: string, query?: Query, signal?: AbortSignal): Promise<readonly Wire[]>
  page(path: string, query?: Query, signal?: AbortSignal): Promise<V3Page>
  /** A v2 record. Throws `not_found`. */
  record(path: string, query?: Query, signal?: AbortSignal): Promise<Wire>
  /** The written record (`data` in v3); empty if the response is empty. */
  write(write: Write, signal?: AbortSignal): Promise<Wire>
  /** The same client, making calls with the priority of this kind. */
  for(kind: CallKind): BigCommerceClient
  /**
   * Requests store information; warns of webhooks that BigCommerce has switched off and of missing access to channels.
   */
  check(signal?: AbortSignal): Promise<SystemCheck>
}

interface Deps {
  readonly clock: Clock
  readonly logger: Logger
  readonly governors: Governors
  readonly network: NetworkRules
}

export function createBigCommerceClient(settings: BigCommerceSettings, deps: Deps): BigCommerceClient {
  const timeoutMs = settings.timeoutMs ?? 60_000
  const { storeHash, accessToken, limits } = settings
  const http = createHttp({
    baseUrl: settings.baseUrl,
    timeoutMs,
    governor: deps.governors.of(`bigcommerce ${storeHash}`, limits),
    // The reserve is the number of calls that may be in flight when the response arrives.
    quota: (answer) => bigcommerceQuota(answer, limits.concurrency, deps.clock.now()),
    logger: deps.logger,
    network: deps.network,
    authorize: () => ({ 'x-auth-token': accessToken }),
    classify: ({ status, json }) => bigcommerceError(status, json),
  })
  const store = { storeHash, accessToken, timeoutMs }
  return clientOver(http, storeHash, settings.b2b === null ? null : createB2bClient(settings.b2b, store, deps))
}

function clientOver(http: Http, storeHash: string, b2b: B2bClient | null): BigCommerceClient {
  const root = `/stores/${encodeURIComponent(storeHash)}`
  const ask = async (request: HttpRequest, signal: AbortSignal | undefined) =>
    wholeJson(
      `${request.method} ${request.path}`,
      await http.request({ ...request, path: root + request.path, ...(signal === undefined ? {} : { signal }) }),
    )
  const get = (path: string, query: Query, signal: AbortSignal | undefined) =>
    ask({ method: 'GET', path, query }, signal)
  const client: BigCommerceClient = {
    storeHash,
    b2b,
    for: (kind) => clientOver(http.for(kind), storeHash, b2b?.for(kind) ?? null),
    async list(path, query = [], signal) {
      const { status, json } = await get(path, query, signal)
      if (status === 204) return []
      if (!Array.isArray(json)) throw unexpectedAnswerError(path, 'is not a list')
      return wiresOf(json)
    },
    async page(path, query = [], signal) {
      const { status, json } = await get(path, query, signal)
      if (status === 204) return { rows: [], total: 0 }
      const { data, meta } = wireOf(json)
      if (!Array.isArray(data)) throw unexpectedAnswerError(path, 'has no list "data"')
      const total = Number(textOf(wireOf(wireOf(meta)['pagination'])['total']) ?? data.length)
      return { rows: wiresOf(data), total }
    },
    async record(path, query = [], signal) {
      return wireOf((await get(path, query, signal)).json)
    },
    async write({ method, path, body }, signal) {
      const answer = await ask({ method, path, ...(body === undefined ? {} : { json: body }) }, signal)
      if (answer.status === 207) throw partialAnswerError(path, answer)
      const json = wireOf(answer.json)
      return path.startsWith('/v3/') && json['data'] !== undefined ? wireOf(json['data']) : json
    },
    async check(signal) {
      const { headers } = await get('/v2/store', [], signal)
      const hooks = await webhookWarnings((path) => get(path, [], signal))
      return { ...checkOf(headers), warnings: [...hooks, ...(await channelWarnings(client, signal))] }
    },
  }
  return client
}

/** Problems with the channels of B2B Edition's orders, in words. */
async function channelWarnings(client: BigCommerceClient, signal: AbortSignal | undefined): Promise<readonly string[]> {
  const isKnown = client.b2b === null || client.b2b.channels !== null
  if (isKnown || (await channelsOf(client, signal)) !== null) return []
  return [
    "B2B Edition only returns orders of channel 1: grant the API account the scope Channel Settings (read-only), or set settings.b2bChannels to the store's channels",
  ]
}

/** 207: only a part was written. Repeating the write does the rest, since all of Waldstream's writes are repeatable. */
function partialAnswerError(path: string, { json }: HttpAnswer): StreamError {
  const reason = bigcommerceError(207, json)?.message ?? 'BigCommerce answered 207'
  return new StreamError('concurrent_change', `${path}: only a part was written; ${reason}`, {
    details: { status: 207 },
  })
}

function unexpectedAnswerError(path: string, what: string): StreamError {
  return new StreamError('source_data_invalid', `BigCommerce's answer to ${path} ${what}`)
}
