import { variablePart } from '../variable-part.ts'
import type { StartingSystem } from './starting-point.ts'

export interface NamedSecret {
  /** Name in the system's document: `consumerKey`. */
  readonly name: string
  /** Variable whose name belongs to the system. */
  readonly variable: string
  readonly reference: string
  /** Description. */
  readonly what: string
}

/**
 * The secrets of a system, each in a variable with SECRET_ENV_PREFIX, which the system may use without being listed.
 */
export function secretsOf({ id, type, secrets }: StartingSystem, prefix: string): readonly NamedSecret[] {
  const known = Object.assign({}, ...type.secrets.ways) as Readonly<Record<string, string>>
  return secrets.map((name) => {
    const what = known[name] ?? ''
    const variable = `${prefix}${variablePart(id)}__${variablePart(name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`))}`
    return { name, variable, reference: `env:${variable}`, what }
  })
}
