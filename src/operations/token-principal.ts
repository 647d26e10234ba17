import { type KeyScope, keyScopes } from '../control/keys/api-key.ts'
import type { Principal } from './principal.ts'
import type { Ids } from './scope.ts'

/** Names of the claims that say what the bearer of a token may do. */
export interface TokenClaims {
  readonly scopes: string
  readonly connections: string
  readonly systems: string
  readonly name: string
}

/**
 * Whom a token stands for. Scopes that are not ours are left out. A claim of reach that is missing reaches nothing: an issuer
 * serves others too, and a token that says nothing of us is not to see everything. `all` reaches everything.
 */
export function tokenPrincipal(claims: Readonly<Record<string, unknown>>, names: TokenClaims): Principal {
  const [connections, systems] = [idsOf(claims[names.connections]), idsOf(claims[names.systems])]
  const given = new Set(textsOf(claims[names.scopes]))
  const isLimited = connections !== 'all' || systems !== 'all'
  // As for keys: who administers reaches everything.
  const isGiven = (scope: KeyScope) => given.has(scope) && !(scope === 'administer' && isLimited)
  return {
    kind: 'api',
    name: String(claims[names.name] ?? claims['sub']),
    scope: { connections, systems },
    scopes: new Set(keyScopes.filter(isGiven)),
  }
}

function idsOf(claim: unknown): Ids {
  const ids = textsOf(claim)
  return ids.includes('all') ? 'all' : new Set(ids)
}

/** A list, or a text with spaces or commas between them. */
function textsOf(claim: unknown): readonly string[] {
  if (Array.isArray(claim)) return claim.filter((one) => typeof one === 'string')
  return typeof claim === 'string' ? claim.split(/[\s,]+/).filter((one) => one !== '') : []
}
