import type { System } from '../configuration/model.ts'
import { systemOfRead } from '../configuration/read-id.ts'
import type { SyncRequest } from '../control/sync-requests.ts'
import { StreamError } from '../errors.ts'
import { OWN_SIGNATURE, ownHook } from '../systems/kit/own-webhook.ts'
import type { HookKind, ReceivedHook } from '../systems/kit/webhook.ts'
import type { OperationDeps } from './dependencies.ts'
import type { Principal } from './principal.ts'
import { sees, within } from './scope.ts'

export type { ReceivedHook } from '../systems/kit/webhook.ts'

/** How hooks are signed, for people. */
export const WEBHOOK_SIGNING =
  `Sign the body with the system's webhook secret: ${OWN_SIGNATURE}: sha256=<HMAC-SHA256, hexadecimal>; ` +
  "types of systems with their own webhooks use the signature and body that the system's page in docs/systems describes"

/** The principal of a system's hook: it may request only that system's reads. The signature proves the system. */
export function webhookPrincipal(system: string): Principal {
  const scope = { connections: new Set<string>(), systems: new Set([system]) }
  return { kind: 'webhook', name: `webhook ${system}`, scope, scopes: new Set() }
}

export interface WebhookAnswer {
  /** True: the hook was received before, and no new run was requested. */
  readonly duplicate: boolean
  readonly requests: readonly SyncRequest[]
}

type Deps = Pick<OperationDeps, 'systemTypes' | 'webhookSystems' | 'syncRequests'>

/**
 * Maximum age of the cached systems. If the signature does not match, newer data is tried, but not read for each call.
 */
const KNOWN_WITHIN_MS = [5_000, 1_000] as const

/**
 * Handles a system's report of a change: requests its reads, which then read the changes. Throws `unauthorized` for a
 * hook that is not signed with the system's secret, and `request_invalid`.
 */
export async function receiveWebhook(
  deps: Deps,
  by: Principal,
  { system: id, hook }: { readonly system: string; readonly hook: ReceivedHook },
): Promise<WebhookAnswer> {
  const system = await checkSignature(deps, by, id, hook)
  const understood = hookOf(deps, system).understand(hook, system)
  const reads = within(by.scope, understood.reads, (read) => ({ system: systemOfRead(read) }))
  const requests = await Promise.all(
    reads.map((read) =>
      deps.syncRequests.request({
        read,
        from: null,
        reason: null,
        by: `webhook ${system.id}`,
        trigger: 'webhook',
        requestId: `webhook ${system.id} ${read} ${understood.id}`,
      }),
    ),
  )
  return { duplicate: requests.length > 0 && requests.every(({ isNew }) => !isNew), requests }
}

/** The kind of a system's hooks; Waldstream's own form for an unknown system. */
function hookOf({ systemTypes }: Deps, system: System | undefined): HookKind {
  return (system === undefined ? undefined : systemTypes.get(system.type)?.webhook) ?? ownHook
}

/**
 * Same error for an unknown system, a missing secret and a wrong signature, so that callers cannot discover systems.
 */
async function checkSignature(deps: Deps, by: Principal, id: string, hook: ReceivedHook): Promise<System> {
  for (const withinMs of KNOWN_WITHIN_MS) {
    const known = sees(by.scope, { system: id }) ? await deps.webhookSystems.find(id, withinMs) : undefined
    const secret = known?.secret ?? ''
    const signed = hookOf(deps, known?.system).verify(hook, secret, known?.system)
    if (known !== undefined && secret !== '' && signed) return known.system
  }
  const message = `${OWN_SIGNATURE}: the signature is missing or wrong. ${WEBHOOK_SIGNING}`
  throw new StreamError('unauthorized', message, { field: OWN_SIGNATURE })
}
