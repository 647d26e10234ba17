import type { Configuration, Connection } from '../configuration/model.ts'
import { systemOfRead } from '../configuration/read-id.ts'

/** Code for what a document disables. */
const DISABLED = 'disabled'

/** Why a connection is held, or a read does not begin. */
export interface Reason {
  readonly code: string
  readonly message: string
}

/** Why the documents hold a read: `enabled: false` in its own document or its system's. */
export function disabledRead({ systems }: Pick<Configuration, 'systems'>, read: string): Reason | undefined {
  const system = systems.find(({ id }) => id === systemOfRead(read))
  if (system?.enabled === false) return disabled(`system ${system.id}`)
  return system?.reads.find(({ id }) => id === read)?.enabled === false ? disabled(`read ${read}`) : undefined
}

/**
 * Why the documents hold a connection: its own document holds it everywhere, a system's at the sinks of that system.
 */
export function disabledConnection(
  { systems }: Pick<Configuration, 'systems'>,
  connection: Pick<Connection, 'id' | 'enabled'>,
  sinkOf: string | null,
): Reason | undefined {
  if (connection.enabled === false) return disabled(`connection ${connection.id}`)
  const system = systems.find(({ id }) => id === sinkOf)
  return system?.enabled === false ? disabled(`system ${system.id}`) : undefined
}

function disabled(document: string): Reason {
  return { code: DISABLED, message: `the document of ${document} says enabled: false; set it to true to resume` }
}
