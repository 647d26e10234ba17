import { StreamError } from '../../errors.ts'
import type { ConnectableSystem } from './configured-system.ts'

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
