import { randomBytes } from 'node:crypto'
import type { Logger } from 'pino'
import { StreamError } from '../../errors.ts'
import type { Clock } from '../../platform/clock.ts'
import type { CallKind, CallLimits } from '../../platform/governor/governor.ts'
import type { Governors } from '../../platform/governor/governors.ts'
import { createHttp, type Http, type HttpAnswer } from '../../platform/http.ts'
import { type OAuth1Credentials, oauth1Header, percentEncode } from '../oauth1.ts'
import { checkOf, type SystemCheck } from '../system-check.ts'
import { isWire, textOf, type Wire, wireOf, wiresOf } from '../wire.ts'
import { netsuiteProblem } from './problem.ts'

/** Rows a SuiteQL answer may have. */
export const SUITEQL_LIMIT = 1000
/** Values of one IN list. */
export const IN_LIMIT = 500

export interface NetSuiteSettings {
  /** `https://<account>.suitetalk.api.netsuite.com` */
  readonly baseUrl: string
  /** Account id, the realm of the signature: `1234567` or `1234567_SB1`. */
  readonly account: string
  /** Token-based authentication: `token` and `tokenSecret` are the token id and secret. */
  readonly credentials: OAuth1Credentials
  /** Share of the account-wide limit of requests at once. */
  readonly limits: CallLimits
  readonly timeoutMs?: number
}

export type SuiteQlValue = string | number

export interface SuiteQlPage {
  readonly items: readonly Wire[]
  readonly hasMore: boolean
}

/** NetSuite's SuiteQL and record service, as far as they are used. All methods throw StreamErrors. */
export interface NetSuiteClient {
  /** One page; `params` are bound to the query's `?` in order. The query must be ordered for `offset` to mean anything. */
  suiteql(
    query: string,
    params?: readonly SuiteQlValue[],
    page?: { readonly limit: number; readonly offset: number },
    signal?: AbortSignal,
  ): Promise<SuiteQlPage>
  /** Every row, page by page. Not for more than 100,000 rows: NetSuite gives no more of one query. */
  suiteqlAll(query: string, params?: readonly SuiteQlValue[], signal?: AbortSignal): Promise<readonly Wire[]>
  /** The record, or null when there is none. `expand`: with its sublists. */
  getByExternalId(
    type: string,
    externalId: string,
    options?: { readonly expand?: boolean },
    signal?: AbortSignal,
  ): Promise<Wire | null>
  /**
   * Makes or changes the record with this external id; its internal id. A sublist without keys (the lines of an order)
   * is appended to unless it is named in `replace`.
   */
  upsertByExternalId(
    type: string,
    externalId: string,
    body: unknown,
    options?: { readonly replace?: 'item' },
    signal?: AbortSignal,
  ): Promise<string>
  /** Internal ids by SKU (`itemid`); SKUs without an item are left out. */
  findItems(skus: readonly string[], signal?: AbortSignal): Promise<ReadonlyMap<string, string>>
  /** The same client, its calls as urgent as those for this kind. */
  for(kind: CallKind): NetSuiteClient
  /** The cheapest call that needs the credentials: one row. Throws what the credentials or the address lack. */
  check(signal?: AbortSignal): Promise<SystemCheck>
}

export function createNetSuiteClient(
  settings: NetSuiteSettings,
  deps: { readonly clock: Clock; readonly logger: Logger; readonly governors: Governors },
): NetSuiteClient {
  const http = createHttp({
    baseUrl: settings.baseUrl,
    timeoutMs: settings.timeoutMs ?? 120_000,
    governor: deps.governors.of(`netsuite ${settings.account}`, settings.limits),
    logger: deps.logger,
    authorize: ({ method, url }) => ({ authorization: sign(settings, method, url, deps.clock) }),
    classify: ({ status, json }) => (isWire(json) ? netsuiteProblem(status, json) : undefined),
  })
  return clientOver(http)
}

function clientOver(http: Http): NetSuiteClient {
  const suiteql = createSuiteQl(http)
  const suiteqlAll = createSuiteQlAll(suiteql)
  return {
    suiteql,
    suiteqlAll,
    ...createRecords(http),
    for: (kind) => clientOver(http.for(kind)),
    async findItems(skus, signal) {
      const ids = new Map<string, string>()
      for (const part of chunks([...new Set(skus)], IN_LIMIT)) {
        const marks = part.map(() => '?').join(', ')
        const rows = await suiteqlAll(
          `SELECT item.id, item.itemid FROM item WHERE item.itemid IN (${marks}) ORDER BY item.id`,
          part,
          signal,
        )
        for (const row of rows) ids.set(textOf(row['itemid']) ?? '', textOf(row['id']) ?? '')
      }
      return ids
    },
    async check(signal) {
      return checkOf((await askSuiteQl(http, CHECK_QUERY, [], { limit: 1, offset: 0 }, signal)).headers)
    },
  }
}

function createSuiteQl(http: Http): NetSuiteClient['suiteql'] {
  return async (query, params = [], page = { limit: SUITEQL_LIMIT, offset: 0 }, signal) => {
    const answer = wireOf((await askSuiteQl(http, query, params, page, signal)).json)
    return { items: wiresOf(answer['items']), hasMore: answer['hasMore'] === true }
  }
}

const CHECK_QUERY = 'SELECT item.id FROM item ORDER BY item.id'

async function askSuiteQl(
  http: Http,
  query: string,
  params: readonly SuiteQlValue[],
  page: { readonly limit: number; readonly offset: number },
  signal: AbortSignal | undefined,
): Promise<HttpAnswer> {
  return await http.request({
    method: 'POST',
    path: '/services/rest/query/v1/suiteql',
    query: [
      ['limit', String(page.limit)],
      ['offset', String(page.offset)],
    ],
    headers: { prefer: 'transient' },
    json: { q: query, params },
    ...(signal === undefined ? {} : { signal }),
  })
}

function createSuiteQlAll(suiteql: NetSuiteClient['suiteql']): NetSuiteClient['suiteqlAll'] {
  return async (query, params = [], signal) => {
    const rows: Wire[] = []
    for (;;) {
      const page = await suiteql(query, params, { limit: SUITEQL_LIMIT, offset: rows.length }, signal)
      rows.push(...page.items)
      // NetSuite takes only offsets that are multiples of the limit: a short page is the end.
      if (!page.hasMore || page.items.length < SUITEQL_LIMIT) return rows
    }
  }
}

function createRecords(http: Http): Pick<NetSuiteClient, 'getByExternalId' | 'upsertByExternalId'> {
  const pathOf = (type: string, externalId: string) =>
    `/services/rest/record/v1/${type}/eid:${percentEncode(externalId)}`
  return {
    async getByExternalId(type, externalId, options = {}, signal) {
      try {
        const { json } = await http.request({
          method: 'GET',
          path: pathOf(type, externalId),
          query: options.expand === true ? [['expandSubResources', 'true']] : [],
          ...(signal === undefined ? {} : { signal }),
        })
        return wireOf(json)
      } catch (error) {
        if (error instanceof StreamError && error.code === 'not_found') return null
        throw error
      }
    },
    async upsertByExternalId(type, externalId, body, options = {}, signal) {
      const answer = await http
        .request({
          method: 'PUT',
          path: pathOf(type, externalId),
          query: options.replace === undefined ? [] : [['replace', options.replace]],
          json: body,
          ...(signal === undefined ? {} : { signal }),
        })
        .catch(rejectMissingReference)
      return internalId(answer.headers.get('location'), type)
    },
  }
}

/** A PUT makes what is absent: a 404 means that something the body names does not exist. */
function rejectMissingReference(error: unknown): never {
  if (!(error instanceof StreamError) || error.code !== 'not_found') throw error
  const field = error.field === undefined ? {} : { field: error.field }
  throw new StreamError('target_rejected', error.message, { cause: error, details: error.details, ...field })
}

function internalId(location: string | null, type: string): string {
  const id = location === null ? undefined : /\/(\d+)\/?(?:\?.*)?$/.exec(location)?.[1]
  if (id !== undefined) return id
  throw new StreamError('target_rejected', `NetSuite took the ${type}, but its answer names no internal id (Location)`)
}

function sign(settings: NetSuiteSettings, method: string, url: string, clock: Clock): string {
  const nonce = randomBytes(16).toString('hex')
  const timestamp = Math.floor(clock.now() / 1000)
  return oauth1Header({ method, url, nonce, timestamp, realm: settings.account }, settings.credentials)
}

/** The values in parts of at most `size`. */
export function chunks<T>(values: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(values.length / size) }, (_, index) =>
    values.slice(index * size, (index + 1) * size),
  )
}
