import { setting, text, type ValuesOf } from '../../../src/configuration/setting.ts'
import { StreamError } from '../../../src/errors.ts'
import type { CallKind } from '../../../src/platform/governor/governor.ts'
import { createHttp, type Http, type HttpAnswer } from '../../../src/platform/http.ts'
import type { HttpFailure } from '../../../src/platform/http-errors.ts'
import { type ConnectableSystem, requireSecret } from '../../../src/systems/kit/configured-system.ts'
import { checkOf, type SystemCheck } from '../../../src/systems/kit/system-check.ts'
import { textOf, type Wire, wireOf, wiresOf } from '../../../src/systems/kit/wire.ts'
import type { ClientDeps } from '../../../src/systems/system.ts'

export const secrets = { ways: [{ token: "token of the account, from Acme's portal" }] }

export const settings = {
  shipFrom: setting(text({ pattern: /[A-Z]{2,8}/, expected: 'the code of a warehouse, such as EAST' }), {
    description: 'warehouse that all orders are shipped from; Acme chooses by default',
  }),
}

export type AcmeValues = ValuesOf<typeof settings>

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

/** Throws `configuration_invalid`, naming the secret that is missing. */
export function createAcmeClient(
  system: ConnectableSystem<AcmeValues>,
  { logger, governors, network }: ClientDeps,
  timeoutMs = 30_000,
): AcmeClient {
  const { address, limits } = system
  const token = requireSecret(system, 'token')
  return clientOver(
    createHttp({
      baseUrl: address,
      timeoutMs,
      network,
      // Whoever has the same name shares the limits: all systems and processes of one account.
      governor: governors.of(`acme ${new URL(address).host}`, limits),
      logger,
      authorize: () => ({ authorization: `Bearer ${token}` }),
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

/**
 * Acme's refusals as our errors: the code says what happens next, the message what to do. 401, 403, 429 and 5xx are judged by
 * the general rules.
 */
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
