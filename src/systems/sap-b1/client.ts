import type { Logger } from 'pino'
import { StreamError } from '../../errors.ts'
import type { Clock } from '../../platform/clock.ts'
import type { CallKind, CallLimits } from '../../platform/governor/governor.ts'
import type { Governors } from '../../platform/governor/governors.ts'
import { createHttp, type Http, type HttpAnswer, type HttpRequest } from '../../platform/http.ts'
import type { NetworkRules } from '../../platform/network-rules.ts'
import { checkOf, type SystemCheck } from '../kit/system-check.ts'
import { isWire, type Wire } from '../kit/wire.ts'
import { isSessionOver, sapError } from './answers.ts'
import { type Collection, collectionOf, keyPath, type ServiceLayerVersion } from './odata.ts'
import { classifyLogin, createSession, type Login, type Session } from './session.ts'

export interface SapB1Settings {
  /** `https://<server>:50000`, without `/b1s`. */
  readonly baseUrl: string
  readonly version: ServiceLayerVersion
  readonly login: Login
  /** PEM of the authority, or of the server's own certificate. */
  readonly ca?: string
  readonly limits: CallLimits
  readonly timeoutMs?: number
}

/** A list request. Without `orderBy`, rows come in no particular order. */
export interface Query {
  readonly filter?: string
  readonly select?: readonly string[]
  readonly orderBy?: readonly string[]
  /** Rows per page; SAP's default is 20, and it may return fewer than requested. */
  readonly pageSize: number
}

/** The parts of SAP Business One's Service Layer that Waldstream uses. All methods throw StreamErrors. */
export interface SapB1Client {
  /** The first page. Never pages by `$skip`, which loses rows that move: filter for rows after the last one instead. */
  find(collection: string, query: Query, signal?: AbortSignal): Promise<Collection>
  /** The entity, or null if it does not exist. */
  get(collection: string, key: string | number, signal?: AbortSignal): Promise<Wire | null>
  /** Returns the entity that SAP created. Not idempotent: search before. */
  create(collection: string, body: unknown, signal?: AbortSignal): Promise<Wire>
  /** Changes the entity if its ETag still matches; otherwise throws `target_changed` and writes nothing. */
  update(
    collection: string,
    key: string | number,
    body: unknown,
    how: {
      /** Null: changes the entity unconditionally. */
      readonly etag: string | null
      /** True: replaces lists by those of the body; false: merges their entries by number. */
      readonly replaceLists: boolean
    },
    signal?: AbortSignal,
  ): Promise<void>
  /** An action of the entity: `Cancel`, `Close`. */
  act(collection: string, key: string | number, action: string, signal?: AbortSignal): Promise<void>
  /** The same client in the same session, with the priority of this kind of call. */
  for(kind: CallKind): SapB1Client
  /** The cheapest call that needs the credentials. Throws if the credentials or the address are wrong. */
  check(signal?: AbortSignal): Promise<SystemCheck>
}

export function createSapB1Client(
  settings: SapB1Settings,
  deps: {
    readonly clock: Clock
    readonly logger: Logger
    readonly governors: Governors
    readonly network: NetworkRules
  },
): SapB1Client {
  const { baseUrl, version, login, limits } = settings
  const account = `sap-b1 ${new URL(baseUrl).host} ${login.companyDb} ${login.username}`
  const common = {
    baseUrl,
    timeoutMs: settings.timeoutMs ?? 50_000,
    governor: deps.governors.of(account, limits),
    logger: deps.logger,
    network: deps.network,
    ...(settings.ca === undefined ? {} : { ca: settings.ca }),
  }
  const root = `/b1s/${version}`
  const session = createSession(createHttp({ ...common, classify: classifyLogin }), `${root}/Login`, login)
  const http = createHttp({ ...common, classify: ({ status, json }) => sapError(status, json) })
  return clientOver({ http, session, root })
}

/** Collections whose keys identify persons: logs and errors do not show these keys. */
const PERSONS: readonly string[] = ['BusinessPartners']

interface Wiring {
  readonly http: Http
  readonly session: Session
  readonly root: string
}

function clientOver(wiring: Wiring): SapB1Client {
  const { root } = wiring
  const ask = (request: HttpRequest, signal: AbortSignal | undefined) =>
    inSession(wiring, signal === undefined ? request : { ...request, signal })
  const place = (collection: string, key: string | number, action = '') => ({
    path: `${root}/${collection}${keyPath(key)}${action}`,
    ...(PERSONS.includes(collection) ? { shownPath: `${root}/${collection}('…')${action}` } : {}),
  })
  return {
    async find(collection, query, signal) {
      const { json } = await ask(listRequest(`${root}/${collection}`, query), signal)
      return collectionOf(json, collection)
    },
    async get(collection, key, signal) {
      try {
        return entityOf(await ask({ method: 'GET', ...place(collection, key), expects: 'json' }, signal), collection)
      } catch (error) {
        if (error instanceof StreamError && error.code === 'not_found') return null
        throw error
      }
    },
    async create(collection, body, signal) {
      const request = { method: 'POST', path: `${root}/${collection}`, json: body, expects: 'json' } as const
      return entityOf(await ask(request, signal).catch(rejectMissingReference), collection)
    },
    async update(collection, key, body, { etag, replaceLists }, signal) {
      const headers = {
        ...(etag === null ? {} : { 'if-match': etag }),
        ...(replaceLists ? { 'b1s-replacecollectionsonpatch': 'true' } : {}),
      }
      const request = { method: 'PATCH', ...place(collection, key), headers, json: body } as const
      await ask(request, signal).catch(rejectStaleEtag).catch(rejectMissingReference)
    },
    async act(collection, key, action, signal) {
      // Without this header, the request would have the content type of a form, which SAP rejects.
      const headers = { 'content-type': 'application/json' }
      await ask({ method: 'POST', ...place(collection, key, `/${action}`), headers }, signal)
    },
    for: (kind) => clientOver({ ...wiring, http: wiring.http.for(kind) }),
    async check(signal) {
      const request = listRequest(`${root}/Items`, { select: ['ItemCode'], pageSize: 1 })
      return checkOf((await ask(request, signal)).headers)
    },
  }
}

/** Sends a request again in a new session if its session had expired: a request rejected for that had no effect. */
async function inSession({ http, session }: Wiring, request: HttpRequest): Promise<HttpAnswer> {
  const send = (cookie: string) => http.request({ ...request, headers: { ...request.headers, cookie } })
  const cookie = await session.cookie()
  try {
    return await send(cookie)
  } catch (error) {
    if (!isSessionOver(error)) throw error
    return await send(await session.renewed(cookie))
  }
}

function listRequest(path: string, { filter, select, orderBy, pageSize }: Query): HttpRequest {
  const query: [string, string][] = []
  if (filter !== undefined && filter !== '') query.push(['$filter', filter])
  if (select !== undefined) query.push(['$select', select.join(',')])
  if (orderBy !== undefined) query.push(['$orderby', orderBy.join(',')])
  return { method: 'GET', path, query, headers: { prefer: `odata.maxpagesize=${pageSize}` }, expects: 'json' }
}

function entityOf({ json }: HttpAnswer, collection: string): Wire {
  if (isWire(json)) return json
  throw new StreamError('source_data_invalid', `SAP's answer about ${collection} is not a record`)
}

/** SAP rejects a change with an outdated ETag as a whole: nothing was written. */
function rejectStaleEtag(error: unknown): never {
  if (!(error instanceof StreamError) || error.code !== 'concurrent_change') throw error
  throw new StreamError('target_changed', error.message, { cause: error, details: error.details })
}

/** `not_found` means that something that the body refers to does not exist. */
function rejectMissingReference(error: unknown): never {
  if (!(error instanceof StreamError) || error.code !== 'not_found') throw error
  throw new StreamError('target_rejected', error.message, { cause: error, details: error.details })
}
