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

/** How hooks are signed, in words. */
export const WEBHOOK_SIGNING =
  `Signed over the body with the system's webhook secret: ${OWN_SIGNATURE}: sha256=<HMAC-SHA256, hexadecimal>; ` +
  "or, for types of systems with webhooks of their own, signed and worded as the system's page in docs/systems says"

/** Whom the hook of a system speaks for: that system's reads, and nothing else. The signature proves it. */
export function webhookPrincipal(system: string): Principal {
  const scope = { connections: new Set<string>(), systems: new Set([system]) }
  return { kind: 'webhook', name: `webhook ${system}`, scope, scopes: new Set() }
}

export interface WebhookAnswer {
  /** True: this hook came before, and nothing new was requested. */
  readonly duplicate: boolean
  readonly requests: readonly SyncRequest[]
}

type Deps = Pick<OperationDeps, 'systemTypes' | 'webhookSystems' | 'syncRequests'>

/** How old what is known of the systems may be; where it does not fit, it is read again, but not for each call. */
const KNOWN_WITHIN_MS = [5_000, 1_000] as const

/**
 * A system says that something changed: its reads are requested, which then ask the system. Throws `unauthorized` for a hook
 * that is not signed with the system's secret, and `request_invalid`.
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

/** How a system's hooks are signed; our own form for one that is not there. */
function hookOf({ systemTypes }: Deps, system: System | undefined): HookKind {
  return (system === undefined ? undefined : systemTypes.get(system.type)?.webhook) ?? ownHook
}

/** One answer for a system that is not there, has no secret, or signed otherwise: nobody is to learn which there are. */
async function checkSignature(deps: Deps, by: Principal, id: string, hook: ReceivedHook): Promise<System> {
  for (const withinMs of KNOWN_WITHIN_MS) {
    const known = sees(by.scope, { system: id }) ? await deps.webhookSystems.find(id, withinMs) : undefined
    const secret = known?.secret ?? ''
    const signed = hookOf(deps, known?.system).verify(hook, secret, known?.system)
    if (known !== undefined && secret !== '' && signed) return known.system
  }
  const message = `${OWN_SIGNATURE}: the hook is not signed as it has to be. ${WEBHOOK_SIGNING}`
  throw new StreamError('unauthorized', message, { field: OWN_SIGNATURE })
}
