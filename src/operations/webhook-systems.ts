import type { Logger } from 'pino'
import type { System } from '../configuration/model.ts'
import type { ResolveReference } from '../configuration/references.ts'
import { decodeSystem } from '../configuration/stored-form.ts'
import { WEBHOOK_SECRET } from '../configuration/system-type.ts'
import { CONNECTIONS } from '../configuration/tables.ts'
import type { Item, Tables } from '../platform/dynamodb/tables.ts'

/** A system that may send hooks, with the secret it signs them with; null: it has none, or it can't be had. */
export interface WebhookSystem {
  readonly system: System
  readonly secret: string | null
}

export interface WebhookSystems {
  /** As it was configured no longer than this ago. Asking for what is not there takes as long, and reads no more. */
  find(id: string, withinMs: number): Promise<WebhookSystem | undefined>
}

export interface WebhookSystemDeps {
  readonly tables: Tables
  readonly clock: { now(): number }
  readonly resolveSecret: ResolveReference
  readonly logger: Logger
}

type Known = ReadonlyMap<string, WebhookSystem>

/** Whoever calls a webhook is not known yet: what it takes to know them is read once for many calls. */
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

/** A row that can't be read is the hooks of that system alone. */
function decoded({ logger }: WebhookSystemDeps, item: Item): System[] {
  try {
    return [decodeSystem(item['document'])]
  } catch (err) {
    logger.warn({ err, system: String(item['id']) }, 'the webhooks of a system are refused: it can not be read')
    return []
  }
}

async function secretOf({ resolveSecret, logger }: WebhookSystemDeps, system: System): Promise<string | null> {
  const reference = system.secrets[WEBHOOK_SECRET]
  if (reference === undefined) return null
  try {
    return await resolveSecret(system.id, reference)
  } catch (err) {
    logger.warn({ err, system: system.id }, 'the webhooks of a system are refused: their secret can not be had')
    return null
  }
}
