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
    description: 'warehouse that ships all orders; by default Acme chooses',
  }),
}

export type AcmeValues = ValuesOf<typeof settings>

/** Acme's API with Acme's field names. It makes no decisions and does not retry. */
export interface AcmeClient {
  /** Items by (`changed_at`, `id`) that match the filter, and whether there are more. */
  stock(
    filter: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<{ rows: readonly Wire[]; more: boolean }>
  /** Null: no order has this reference. */
  order(reference: string, signal: AbortSignal): Promise<Wire | null>
  /** Creates or replaces the order with this reference. Returns Acme's id of it. */
  putOrder(reference: string, body: Wire, signal: AbortSignal): Promise<string | null>
  /** The same client, with the priority of calls of this kind. */
  for(kind: CallKind): AcmeClient
  /** The cheapest call that needs the token. */
  check(signal: AbortSignal): Promise<SystemCheck>
}

/** Throws `configuration_invalid` with the name of a missing secret. */
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
      // All systems and processes with this name, the account, share the limits.
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
 * Converts Acme's refusals to our errors: the code decides what happens next, the message says what to do. The general
 * rules handle 401, 403, 429 and 5xx.
 */
function classify({ status, json }: HttpFailure): StreamError | undefined {
  const problem = wireOf(json)
  if (status === 404) return new StreamError('not_found', 'Acme has no such order')
  if (problem['code'] === 'unknown_sku') {
    const message = `Acme has no item ${textOf(problem['sku'])}; the order waits until Acme has it`
    return new StreamError('item_missing', message, { field: 'lines.sku' })
  }
  if (problem['code'] === 'in_delivery') {
    return new StreamError('target_conflict', 'Acme already delivers the order; settle the change with Acme')
  }
  return undefined
}
