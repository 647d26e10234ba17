import { randomBytes } from 'node:crypto'
import type { Logger } from 'pino'
import { StreamError } from '../../errors.ts'
import type { Clock } from '../../platform/clock.ts'
import type { CallKind, CallLimits } from '../../platform/governor/governor.ts'
import type { Governors } from '../../platform/governor/governors.ts'
import { createHttp, type Http } from '../../platform/http.ts'
import type { NetworkRules } from '../../platform/network-rules.ts'
import { withAccessToken } from '../kit/access-tokens.ts'
import { type OAuth1Credentials, oauth1Header } from '../kit/oauth1.ts'
import { skuKey } from '../kit/sku.ts'
import { checkOf, type SystemCheck } from '../kit/system-check.ts'
import { isWire, textOf } from '../kit/wire.ts'
import { isTokenRefusal, netsuiteTokens } from './access-tokens.ts'
import { netsuiteError } from './answers.ts'
import type { CertificateCredentials } from './client-assertion.ts'
import { customerWarnings } from './customer-names.ts'
import { permissionWarnings } from './permissions.ts'
import { createQueryValues, type QueryValues } from './query-values.ts'
import { createRecords, type Records } from './records.ts'
import { askSuiteQl, chunks, createSuiteQl, IN_LIMIT, type SuiteQl } from './suiteql.ts'

export interface NetSuiteSettings {
  /** `https://<account>.suitetalk.api.netsuite.com` */
  readonly baseUrl: string
  /** Account id, the realm of a signature: `1234567` or `1234567_SB1`. */
  readonly account: string
  /** A certificate (OAuth 2.0), or a token (OAuth 1.0a: `token` and `tokenSecret` are the token id and secret). */
  readonly credentials: CertificateCredentials | OAuth1Credentials
  /** Sent as `Accept-Language`, for accounts that accept only their own language. */
  readonly language?: string
  /** Share of the account's limit of concurrent requests. */
  readonly limits: CallLimits
  readonly timeoutMs?: number
}

/** The parts of NetSuite's SuiteQL and record service that Waldstream uses. All methods throw StreamErrors. */
export interface NetSuiteClient extends SuiteQl, Records {
  /** Internal ids by SKU (`itemid`); SKUs without an item are left out. */
  findItems(skus: readonly string[], signal?: AbortSignal): Promise<ReadonlyMap<string, string>>
  /** The same client, with the priority of this kind of call. */
  for(kind: CallKind): NetSuiteClient
  /** The cheapest call that needs the credentials: one row. Throws if the credentials or the address are wrong. */
  check(signal?: AbortSignal): Promise<SystemCheck>
}

export interface NetSuiteDeps {
  readonly clock: Clock
  readonly logger: Logger
  readonly governors: Governors
  readonly network: NetworkRules
}

/** Throws `configuration_invalid` for an invalid private key. */
export function createNetSuiteClient(settings: NetSuiteSettings, deps: NetSuiteDeps): NetSuiteClient {
  const { baseUrl, account, credentials, language, limits, timeoutMs = 120_000 } = settings
  const always = language === undefined ? {} : { 'accept-language': language }
  const common = {
    baseUrl,
    timeoutMs,
    logger: deps.logger,
    network: deps.network,
    governor: deps.governors.of(`netsuite ${account}`, limits),
    classify: ({ status, json }: { status: number; json: unknown }) =>
      isWire(json) ? netsuiteError(status, json) : strangeAnswerError(status),
  }
  if ('privateKey' in credentials) {
    const tokens = netsuiteTokens({ baseUrl, account, credentials }, deps)
    return clientOver(withAccessToken(createHttp({ ...common, authorize: () => always }), tokens, isTokenRefusal))
  }
  const authorize = ({ method, url }: { method: string; url: string }) => ({
    ...always,
    authorization: signature({ method, url }, account, credentials, deps.clock),
  })
  return clientOver(createHttp({ ...common, authorize }))
}

/** NetSuite's errors say what was rejected and why. An error that does not may be truncated, or come from a proxy. */
function strangeAnswerError(status: number): StreamError | undefined {
  if (status === 401 || status === 403) return undefined
  const message = `the answer ${status} has no error details of NetSuite: it was truncated, or the system's address is wrong`
  return new StreamError('target_unavailable', message, { details: { status } })
}

function clientOver(http: Http, values: QueryValues = createQueryValues()): NetSuiteClient {
  const suiteql = createSuiteQl(http, values)
  const records = createRecords(http)
  return {
    ...suiteql,
    ...records,
    for: (kind) => clientOver(http.for(kind), values),
    async findItems(skus, signal) {
      const ids = new Map<string, string>()
      for (const part of chunks([...new Set(skus)], IN_LIMIT)) {
        const marks = part.map(() => '?').join(', ')
        const rows = await suiteql.suiteqlAll(
          // If several items have one name, the last row counts, so active items come last.
          `SELECT item.id, item.itemid FROM item WHERE item.itemid IN (${marks}) ORDER BY item.isinactive DESC, item.id`,
          part,
          signal,
        )
        for (const row of rows) ids.set(skuKey(row['itemid']) ?? '', textOf(row['id']) ?? '')
      }
      return ids
    },
    async check(signal) {
      const { headers } = await askSuiteQl(http, { q: CHECK_QUERY }, { limit: 1, offset: 0 }, signal)
      const lacking = await permissionWarnings({ ...suiteql, ...records }, signal)
      return { ...checkOf(headers), warnings: [...lacking, ...(await customerWarnings(suiteql, signal))] }
    },
  }
}

const CHECK_QUERY = 'SELECT item.id FROM item ORDER BY item.id'

function signature(
  request: { readonly method: string; readonly url: string },
  realm: string,
  credentials: OAuth1Credentials,
  clock: Clock,
): string {
  const nonce = randomBytes(16).toString('hex')
  const timestamp = Math.floor(clock.now() / 1000)
  return oauth1Header({ ...request, nonce, timestamp, realm }, credentials)
}
