import type { Read } from '../../configuration/model.ts'
import { readSettings, type Settings, type ValuesOf } from '../../configuration/setting.ts'
import { StreamError } from '../../errors.ts'
import type { CallLimits } from '../../platform/governor/governor.ts'

/** A configured system as its readers and sinks see it: the settings have their types and defaults. */
export interface ConfiguredSystem<V> {
  readonly id: string
  /** IANA zone of its times without a zone. */
  readonly zone: string
  readonly settings: V
  readonly limits: CallLimits
}

/** The same for its client, with address and secrets resolved. Only the client sees them. */
export interface ConnectableSystem<V> extends ConfiguredSystem<V> {
  readonly address: string
  /** The settings as configured: they identify a way of reading, also after an upgrade. */
  readonly given: Readonly<Record<string, unknown>>
  readonly secrets: Readonly<Record<string, string>>
}

/** Returns a required secret. Throws `configuration_invalid` with its name. */
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
 * The filter of a read with its types and defaults. Throws `configuration_invalid` with the first invalid key, because
 * a stored read may be older than the check of its filter.
 */
export function filterOf<S extends Settings>(declared: S, { id, filter }: Pick<Read, 'id' | 'filter'>): ValuesOf<S> {
  const read = readSettings(declared, filter)
  if (read.ok) return read.values
  const [first] = read.problems
  const message = `read ${id}: filter.${first?.name} ${first?.problem}`
  throw new StreamError('configuration_invalid', message, { field: `reads.filter.${first?.name}` })
}

/** Creates the `configuration_invalid` error of a system with the invalid field. */
export function settingError(
  { id }: Pick<ConfiguredSystem<unknown>, 'id'>,
  type: string,
  field: string,
  problem: string,
): StreamError {
  return new StreamError('configuration_invalid', `system ${id} (${type}): ${field} ${problem}`, { field })
}
