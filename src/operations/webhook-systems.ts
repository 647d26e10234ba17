import type { Logger } from 'pino'
import type { System } from '../configuration/model.ts'
import type { ResolveReference } from '../configuration/references.ts'
import { decodeSystem } from '../configuration/stored-form.ts'
import { WEBHOOK_SECRET } from '../configuration/system-type.ts'
import { CONNECTIONS } from '../configuration/tables.ts'
import type { Item, Tables } from '../platform/dynamodb/tables.ts'

/** A system that may send hooks, with the secret of its signatures; null: it has none, or it cannot be resolved. */
export interface WebhookSystem {
  readonly system: System
  readonly secret: string | null
}

export interface WebhookSystems {
  /**
   * The system's configuration, at most `withinMs` old. A search for an unknown system takes as long and reads no more.
   */
  find(id: string, withinMs: number): Promise<WebhookSystem | undefined>
}

export interface WebhookSystemDeps {
  readonly tables: Tables
  readonly clock: { now(): number }
  readonly resolveSecret: ResolveReference
  readonly logger: Logger
}

type Known = ReadonlyMap<string, WebhookSystem>

/** Caches the systems for many calls, since callers of a webhook are not authenticated yet. */
export function createWebhookSystems(deps: WebhookSystemDeps): WebhookSystems {
  let read: { readonly at: number; readonly known: Promise<Known> } | undefined
  return {
    async find(id, withinMs) {
      const now = deps.clock.now()
      if (read === undefined || now - read.at > withinMs) {
        const own = { at: now, known: readSystems(deps) }
        read = own
        own.known.catch(() => {
          if (read === own) read = undefined
        })
      }
      return (await read.known).get(id)
    },
  }
}

async function readSystems(deps: WebhookSystemDeps): Promise<Known> {
  const items = await deps.tables.query(CONNECTIONS, { partition: 'system' })
  const systems = items.filter((item) => item['removing'] === undefined).flatMap((item) => decoded(deps, item))
  const known = systems.map(async (system) => [system.id, { system, secret: await secretOf(deps, system) }] as const)
  return new Map(await Promise.all(known))
}

/** A row that cannot be read affects only the hooks of that system. */
function decoded({ logger }: WebhookSystemDeps, item: Item): System[] {
  try {
    return [decodeSystem(item['document'])]
  } catch (err) {
    logger.warn({ err, system: String(item['id']) }, 'refusing the webhooks of a system: its document cannot be read')
    return []
  }
}

async function secretOf({ resolveSecret, logger }: WebhookSystemDeps, system: System): Promise<string | null> {
  const reference = system.secrets[WEBHOOK_SECRET]
  if (reference === undefined) return null
  try {
    return await resolveSecret(system.id, reference)
  } catch (err) {
    logger.warn({ err, system: system.id }, 'refusing the webhooks of a system: its secret cannot be resolved')
    return null
  }
}
