import type { Read } from '../../configuration/model.ts'
import { readSettings, type Settings, type ValuesOf } from '../../configuration/setting.ts'
import { StreamError } from '../../errors.ts'
import type { CallLimits } from '../../platform/governor/governor.ts'

/** A configured system as its readers and sinks see it: the settings have their types and defaults. */
export interface ConfiguredSystem<V> {
  readonly id: string
  /** IANA zone of the times it gives without one. */
  readonly zone: string
  readonly settings: V
  readonly limits: CallLimits
}

/** The same for its client, with address and secrets resolved. No one else gets to see them. */
export interface ConnectableSystem<V> extends ConfiguredSystem<V> {
  readonly address: string
  /** The settings as they are configured: they name a way of reading, also after an upgrade. */
  readonly given: Readonly<Record<string, unknown>>
  readonly secrets: Readonly<Record<string, string>>
}

/** A secret that the system can't be called without. Throws `configuration_invalid`, naming it. */
export function requireSecret(
  { id, secrets }: Pick<ConnectableSystem<unknown>, 'id' | 'secrets'>,
  name: string,
): string {
  const value = secrets[name]
  if (value !== undefined && value !== '') return value
  const field = `secrets.${name}`
  throw new StreamError('configuration_invalid', `system ${id}: ${field} is missing`, { field })
}

/**
 * The filter of a read with its types and defaults. Throws `configuration_invalid` with the first that is wrong: a stored
 * read may be older than the check of its filter.
 */
export function filterOf<S extends Settings>(declared: S, { id, filter }: Pick<Read, 'id' | 'filter'>): ValuesOf<S> {
  const read = readSettings(declared, filter)
  if (read.ok) return read.values
  const [first] = read.problems
  const message = `read ${id}: filter.${first?.name} ${first?.problem}`
  throw new StreamError('configuration_invalid', message, { field: `reads.filter.${first?.name}` })
}

/** `configuration_invalid` of a system of the type, with the field that is wrong. */
export function settingError(
  { id }: Pick<ConfiguredSystem<unknown>, 'id'>,
  type: string,
  field: string,
  problem: string,
): StreamError {
  return new StreamError('configuration_invalid', `system ${id} (${type}): ${field} ${problem}`, { field })
}
