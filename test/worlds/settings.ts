import type { System } from '../../src/configuration/model.ts'
import { readSettings, type Settings, unknownSettings, type ValuesOf } from '../../src/configuration/setting.ts'
import type { ConfiguredSystem, ConnectableSystem } from '../../src/systems/kit/configured-system.ts'
import { type NetSuiteValues, settings as netsuiteSettings } from '../../src/systems/netsuite/settings.ts'

/** The typed values of settings as they are configured. Throws what is wrong with them. */
export function valuesOf<S extends Settings>(declared: S, given: Readonly<Record<string, unknown>> = {}): ValuesOf<S> {
  const read = readSettings(declared, given)
  const problems = [...unknownSettings(declared, given), ...(read.ok ? [] : read.problems)]
  if (read.ok && problems.length === 0) return read.values
  throw new Error(problems.map(({ name, problem }) => `settings.${name} ${problem}`).join('; '))
}

/** A configured system as its client gets it. */
export function connectable<S extends Settings>(
  declared: S,
  system: Pick<System, 'id' | 'address' | 'secrets' | 'settings' | 'limits'> & Partial<System>,
): ConnectableSystem<ValuesOf<S>> {
  const { settings: given } = system
  return { zone: 'UTC', ...system, given, settings: valuesOf(declared, given) }
}

/** A NetSuite account as its sinks and readers see it. */
export function netsuiteOf(
  given: Readonly<Record<string, unknown>> = {},
  zone = 'UTC',
): Pick<ConfiguredSystem<NetSuiteValues>, 'zone' | 'settings'> {
  return { zone, settings: valuesOf(netsuiteSettings, { account: '1234567', ...given }) }
}
