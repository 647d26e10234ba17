import { variablePart } from '../variable-part.ts'
import type { StartingSystem } from './starting-point.ts'

export interface NamedSecret {
  /** As the system's document calls it: `consumerKey`. */
  readonly name: string
  /** The variable that is the system's own by its name. */
  readonly variable: string
  readonly reference: string
  /** What it is. */
  readonly what: string
}

/** The secrets of a system, each in a variable that the system may have without being listed: it begins with SECRET_ENV_PREFIX. */
export function secretsOf({ id, type, secrets }: StartingSystem, prefix: string): readonly NamedSecret[] {
  const known = Object.assign({}, ...type.secrets.ways) as Readonly<Record<string, string>>
  return secrets.map((name) => {
    const what = known[name] ?? ''
    const variable = `${prefix}${variablePart(id)}__${variablePart(name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`))}`
    return { name, variable, reference: `env:${variable}`, what }
  })
}
