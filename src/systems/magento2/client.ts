import type { Logger } from 'pino'
import { StreamError } from '../../errors.ts'
import type { Clock } from '../../platform/clock.ts'
import type { CallKind, CallLimits } from '../../platform/governor/governor.ts'
import type { Governors } from '../../platform/governor/governors.ts'
import { createHttp, type Http, type HttpRequest } from '../../platform/http.ts'
import type { NetworkRules } from '../../platform/network-rules.ts'
import { checkOf, type SystemCheck } from '../kit/system-check.ts'
import { isWire, textOf, type Wire, wireOf, wiresOf } from '../kit/wire.ts'
import { magentoError } from './answers.ts'
import { bulkOperations, sendBulk } from './bulk.ts'
import { type BulkTiming, type BulkWriter, createBulkWriter } from './bulk-writer.ts'
import { authorized, type Magento2Credentials, signature } from './credentials.ts'
import { permissionWarnings } from './permissions.ts'
import { type Found, find, type Search } from './search.ts'

export interface Magento2Settings {
  /** Base address without `/rest`. */
  readonly baseUrl: string
  readonly credentials: Magento2Credentials
  /**
   * Store code in paths: `all` for the data of every store; empty if the address has none (Commerce as a Cloud
   * Service).
   */
  readonly storeCode: string
  readonly limits: CallLimits
  readonly timeoutMs?: number
  readonly bulk?: BulkTiming
}

const USUAL_BULK: BulkTiming = { pollMs: 1_000, followMs: 45_000 }

/** The part of Magento 2's REST API that is used. All methods throw StreamErrors. */
export interface Magento2Client {
  findOrders(search: Search, signal?: AbortSignal): Promise<Found>
  findProducts(search: Search, signal?: AbortSignal): Promise<Found>
  findSourceItems(search: Search, signal?: AbortSignal): Promise<Found>
  findShipments(search: Search, signal?: AbortSignal): Promise<Found>
  /** By `entity_id`. Throws `not_found`. */
  getOrder(entityId: string, signal?: AbortSignal): Promise<Wire>
  storeConfigs(signal?: AbortSignal): Promise<readonly Wire[]>
  /** Creates a shipment of an order (by `entity_id`) and returns its id. Not idempotent: sent twice, it ships twice. */
  shipOrder(entityId: string, body: Wire, signal?: AbortSignal): Promise<string>
  /** Adds a tracking number to a shipment. Not idempotent. */
  addTrack(track: Wire, signal?: AbortSignal): Promise<void>
  /** Adds a comment to an order's history. Not idempotent. */
  addComment(entityId: string, statusHistory: Wire, signal?: AbortSignal): Promise<void>
  /** Sets absolute quantities of source items. */
  saveSourceItems(sourceItems: readonly Wire[], signal?: AbortSignal): Promise<void>
  /** Entries of a product's gallery. Throws `not_found`. */
  media(sku: string, signal?: AbortSignal): Promise<readonly Wire[]>
  /** Adds an image to a product. Not idempotent. */
  addMedia(sku: string, entry: Wire, signal?: AbortSignal): Promise<void>
  changeMedia(sku: string, entryId: string, entry: Wire, signal?: AbortSignal): Promise<void>
  /** Removing a missing entry is not an error. */
  removeMedia(sku: string, entryId: string, signal?: AbortSignal): Promise<void>
  /** Creates a writer for `POST /V1<path>` through the shop's queue. Create one per use: it tracks open bodies. */
  bulkWriter(path: string): BulkWriter
  /** The same client, making calls with the priority of this kind. */
  for(kind: CallKind): Magento2Client
  /** The cheapest call that needs the credentials. Throws if credentials or address are wrong. */
  check(signal?: AbortSignal): Promise<SystemCheck>
}

export function createMagento2Client(
  settings: Magento2Settings,
  deps: {
    readonly clock: Clock
    readonly logger: Logger
    readonly governors: Governors
    readonly network: NetworkRules
  },
): Magento2Client {
  const { credentials, baseUrl } = settings
  // Commerce as a Cloud Service expects the store in a header.
  const storeCode = 'clientId' in credentials ? '' : settings.storeCode
  const root = storeCode === '' ? '/V1' : `/rest/${storeCode}/V1`
  const http = createHttp({
    baseUrl,
    timeoutMs: settings.timeoutMs ?? 60_000,
    governor: deps.governors.of(`magento2 ${new URL(baseUrl).host}`, settings.limits),
    logger: deps.logger,
    network: deps.network,
    authorize: (request) => signature(credentials, request, deps.clock),
    classify: ({ status, json }) => (isWire(json) ? magentoError(status, json) : undefined),
  })
  const bulkRoot = storeCode === '' ? '/V1/async/bulk' : `/rest/${storeCode}/async/bulk/V1`
  const bulk: MakeBulkWriter = (view, path) =>
    createBulkWriter(
      {
        send: (bodies, signal) => sendBulk(view, `${bulkRoot}${path}`, bodies, signal),
        operations: (id) => bulkOperations(view, `${root}/bulk/${encodeURIComponent(id)}/status`),
      },
      deps.clock,
      settings.bulk ?? USUAL_BULK,
    )
  return clientOver(authorized(http, credentials, root, deps), root, bulk)
}

type MakeBulkWriter = (http: Http, path: string) => BulkWriter

function clientOver(http: Http, root: string, bulk: MakeBulkWriter): Magento2Client {
  const call = (method: HttpRequest['method'], path: string, json: unknown, signal: AbortSignal | undefined) => {
    const body = json === undefined ? {} : { json }
    const request = { method, path: `${root}${path}`, expects: 'json' } as const
    return http.request({ ...request, ...body, ...(signal === undefined ? {} : { signal }) })
  }
  const media = (sku: string) => `/products/${encodeURIComponent(sku)}/media`
  return {
    for: (kind) => clientOver(http.for(kind), root, bulk),
    findOrders: (search, signal) => find(http, `${root}/orders`, search, signal),
    findProducts: (search, signal) => find(http, `${root}/products`, search, signal),
    findSourceItems: (search, signal) => find(http, `${root}/inventory/source-items`, search, signal),
    findShipments: (search, signal) => find(http, `${root}/shipments`, search, signal),
    async getOrder(entityId, signal) {
      return wireOf((await call('GET', `/orders/${encodeURIComponent(entityId)}`, undefined, signal)).json)
    },
    async storeConfigs(signal) {
      return wiresOf((await call('GET', '/store/storeConfigs', undefined, signal)).json)
    },
    async shipOrder(entityId, body, signal) {
      const { json } = await call('POST', `/order/${encodeURIComponent(entityId)}/ship`, body, signal)
      return textOf(json) ?? ''
    },
    async addTrack(entity, signal) {
      await call('POST', '/shipment/track', { entity }, signal)
    },
    async addComment(entityId, statusHistory, signal) {
      await call('POST', `/orders/${encodeURIComponent(entityId)}/comments`, { statusHistory }, signal)
    },
    async saveSourceItems(sourceItems, signal) {
      await call('POST', '/inventory/source-items', { sourceItems }, signal)
    },
    async media(sku, signal) {
      return wiresOf((await call('GET', media(sku), undefined, signal)).json)
    },
    async addMedia(sku, entry, signal) {
      await call('POST', media(sku), { entry }, signal)
    },
    async changeMedia(sku, entryId, entry, signal) {
      await call('PUT', `${media(sku)}/${encodeURIComponent(entryId)}`, { entry }, signal)
    },
    async removeMedia(sku, entryId, signal) {
      try {
        await call('DELETE', `${media(sku)}/${encodeURIComponent(entryId)}`, undefined, signal)
      } catch (error) {
        if (!(error instanceof StreamError && error.code === 'not_found')) throw error
      }
    },
    bulkWriter: (path) => bulk(http, path),
    async check(signal) {
      const first = call('GET', '/store/storeConfigs', undefined, signal)
      const check = await first.then(({ headers }) => checkOf(headers)).catch(withoutPermission)
      const warnings = await permissionWarnings(http, root, signal)
      // If all permissions are missing, the credentials are wrong: throw the error of the first call.
      if (warnings === null) await first
      return { ...check, warnings: warnings ?? [] }
    },
  }
}

/** The check result if the call lacks a permission. */
function withoutPermission(error: unknown): SystemCheck {
  if (error instanceof StreamError && error.code === 'permission_missing') return { date: null }
  throw error
}
