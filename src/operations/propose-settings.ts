import { readConfiguration } from '../configuration/read-configuration.ts'
import { StreamError } from '../errors.ts'
import type { Clients } from '../systems/clients.ts'
import type { SettingsProposal } from '../systems/kit/settings-proposal.ts'
import type { TableDeps } from './dependencies.ts'
import { notFound, type Principal } from './principal.ts'
import { sees } from './scope.ts'

export type { ProposedSetting, SettingsProposal } from '../systems/kit/settings-proposal.ts'

type Deps = Pick<TableDeps, 'tables'> & { readonly clients: Pick<Clients, 'of'> }

/**
 * Settings that a system's own data suggests; `entity`: of one entity only. Reads the system and changes nothing. Throws
 * `not_found`, and `request_invalid` for a type of systems that proposes none.
 */
export async function proposeSettings(
  { tables, clients }: Deps,
  by: Principal,
  { system: id, entity }: { readonly system: string; readonly entity: string | null },
  signal: AbortSignal,
): Promise<readonly SettingsProposal[]> {
  const { systems } = sees(by.scope, { system: id }) ? await readConfiguration(tables) : { systems: [] }
  const system = systems.find((one) => one.id === id)
  if (system === undefined) {
    const what = `there is no system "${id}"`
    throw notFound(by, {
      field: 'system',
      api: what,
      cli: `${what}; apply its document first, without reads if need be`,
    })
  }
  const proposals = await (await clients.of(system)).proposeSettings(entity, signal)
  if (proposals !== null) return proposals
  const message = `system ${id} has the type ${system.type}, whose settings do not depend on files`
  throw new StreamError('request_invalid', message, { field: 'system' })
}
