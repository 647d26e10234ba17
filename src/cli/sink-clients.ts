import { readFile } from 'node:fs/promises'
import type { Logger } from 'pino'
import type { System } from '../core/model.ts'
import { createResolver, isReference } from '../core/references.ts'
import type { Clock } from '../platform/clock.ts'
import type { SinkClients } from '../processors/sinks/create-sink.ts'
import { createNetSuiteClient } from '../systems/netsuite/client.ts'
import { netsuiteSettings } from '../systems/netsuite/settings.ts'

/** Clients of the systems that sinks write to, with their references resolved in this process's environment. */
export function createSinkClients(deps: {
  readonly clock: Clock
  readonly logger: Logger
  readonly environment: Readonly<Record<string, string | undefined>>
}): SinkClients {
  const resolve = createResolver(deps.environment, (path) => readFile(path, 'utf8'))
  const resolved = async (system: System): Promise<System> => {
    const address = isReference(system.address) ? await resolve(system.address) : system.address
    const names = Object.entries(system.secrets)
    const secrets = await Promise.all(names.map(async ([name, reference]) => [name, await resolve(reference)] as const))
    return { ...system, address, secrets: Object.fromEntries(secrets) }
  }
  return {
    netsuite: async (system) => createNetSuiteClient(netsuiteSettings(await resolved(system)), deps),
  }
}
