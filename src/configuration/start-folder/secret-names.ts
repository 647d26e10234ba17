import { variablePart } from '../variable-part.ts'
import type { StartingSystem } from './starting-point.ts'

export interface NamedSecret {
  /** Name in the system's document: `consumerKey`. */
  readonly name: string
  /** The environment variable with the value. */
  readonly variable: string
  readonly reference: string
  /** Description for people. */
  readonly what: string
}

/** The secrets of a system, each in a variable that the system may use without being listed by the operator. */
export function secretsOf({ id, type, secrets }: StartingSystem): readonly NamedSecret[] {
  const known = Object.assign({}, ...type.secrets.ways) as Readonly<Record<string, string>>
  return secrets.map((name) => {
    const what = known[name] ?? ''
    const variable = `WALDSTREAM_SECRET_${variablePart(id)}__${variablePart(name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`))}`
    return { name, variable, reference: `env:${variable}`, what }
  })
}
