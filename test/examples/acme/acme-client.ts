import type { Logger } from 'pino'
import { StreamError } from '../../../src/errors.ts'
import type { CallKind, CallLimits } from '../../../src/platform/governor/governor.ts'
import type { Governors } from '../../../src/platform/governor/governors.ts'
import { createHttp, type Http, type HttpAnswer } from '../../../src/platform/http.ts'
import type { HttpFailure } from '../../../src/platform/http-errors.ts'
import { checkOf, type SystemCheck } from '../../../src/systems/kit/system-check.ts'
import { textOf, type Wire, wireOf, wiresOf } from '../../../src/systems/kit/wire.ts'

export interface AcmeSettings {
  readonly baseUrl: string
  readonly token: string
  readonly limits: CallLimits
  readonly timeoutMs?: number
}

/** What is configured of an Acme system, with its address and secrets resolved. */
export interface ConfiguredAcme {
  readonly id: string
  readonly address: string
  readonly secrets: Readonly<Record<string, string>>
  readonly limits: CallLimits
}

/** Throws `configuration_invalid`, naming what is missing. */
export function acmeSettings({ id, address, secrets, limits }: ConfiguredAcme): AcmeSettings {
  const { token } = secrets
  if (token !== undefined && token !== '') return { baseUrl: address, token, limits }
  const field = 'secrets.token'
  throw new StreamError('configuration_invalid', `system ${id} (acme): ${field} is missing`, { field })
}

/** Acme's API, in Acme's words; it decides nothing and retries nothing. */
export interface AcmeClient {
  /** Items by (`changed_at`, `id`), as the filter says, and whether there are more. */
  stock(
    filter: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<{ rows: readonly Wire[]; more: boolean }>
  /** Null: there is none of this reference. */
  order(reference: string, signal: AbortSignal): Promise<Wire | null>
  /** Makes the order of this reference, or puts this in its place. Gives Acme's id of it. */
  putOrder(reference: string, body: Wire, signal: AbortSignal): Promise<string | null>
  /** The same client, its calls as urgent as those for this kind. */
  for(kind: CallKind): AcmeClient
  /** The cheapest call that needs the token. */
  check(signal: AbortSignal): Promise<SystemCheck>
}

export function createAcmeClient(
  settings: AcmeSettings,
  deps: { readonly logger: Logger; readonly governors: Governors },
): AcmeClient {
  return clientOver(
    createHttp({
      baseUrl: settings.baseUrl,
      timeoutMs: settings.timeoutMs ?? 30_000,
      // Whoever has the same name shares the limits: all systems and processes of one account.
      governor: deps.governors.of(`acme ${new URL(settings.baseUrl).host}`, settings.limits),
      logger: deps.logger,
      authorize: () => ({ authorization: `Bearer ${settings.token}` }),
      classify,
    }),
  )
}

function clientOver(http: Http): AcmeClient {
  const get = (path: string, signal: AbortSignal, query: Readonly<Record<string, string>> = {}): Promise<HttpAnswer> =>
    http.request({ method: 'GET', path, query: Object.entries(query), expects: 'json', signal })
  const pathOf = (reference: string) => `/v1/orders/${encodeURIComponent(reference)}`
  return {
    for: (kind) => clientOver(http.for(kind)),
    check: async (signal) => checkOf((await get('/v1/status', signal)).headers),
    async stock(filter, signal) {
      const answer = wireOf((await get('/v1/stock', signal, filter)).json)
      return { rows: wiresOf(answer['items']), more: answer['more'] === true }
    },
    async order(reference, signal) {
      try {
        return wireOf((await get(pathOf(reference), signal)).json)
      } catch (error) {
        if (error instanceof StreamError && error.code === 'not_found') return null
        throw error
      }
    },
    async putOrder(reference, body, signal) {
      const request = { method: 'PUT', path: pathOf(reference), json: body, expects: 'json', signal } as const
      return textOf(wireOf((await http.request(request)).json)['id'])
    },
  }
}

/** Acme's refusals as our errors: the code says what happens next, the message what to do. 401, 403, 429 and 5xx are told by the general rules. */
function classify({ status, json }: HttpFailure): StreamError | undefined {
  const problem = wireOf(json)
  if (status === 404) return new StreamError('not_found', 'Acme has no such order')
  if (problem['code'] === 'unknown_sku') {
    const message = `Acme has no item ${textOf(problem['sku'])}; it goes on when Acme has it`
    return new StreamError('item_missing', message, { field: 'lines.sku' })
  }
  if (problem['code'] === 'in_delivery') {
    return new StreamError('target_conflict', 'Acme delivers the order already; settle the change with Acme')
  }
  return undefined
}
