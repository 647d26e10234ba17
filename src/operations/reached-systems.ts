import type { Configuration, System } from '../configuration/model.ts'
import { type Scope, sees } from './scope.ts'

/** Systems that a scope sees, and the shops and vendors of connections that it sees. */
export function reachedSystems({ systems, connections }: Configuration, scope: Scope): readonly System[] {
  const own = connections.filter(({ id }) => sees(scope, { connection: id }))
  const named = new Set(own.flatMap(({ shop, vendor }) => [shop, vendor]))
  return systems.filter(({ id }) => named.has(id) || sees(scope, { system: id }))
}
