import { type KeyScope, keyScopes } from '../control/keys/api-key.ts'
import type { Principal } from './principal.ts'
import type { Ids } from './scope.ts'

/** Names of the claims with the permissions of a token. */
export interface TokenClaims {
  readonly scopes: string
  readonly connections: string
  readonly systems: string
  readonly name: string
}

/**
 * The principal of a token. Ignores unknown scopes. A missing claim of connections or systems gives access to none: an
 * issuer serves other programs too, and their tokens must not see everything. `all` gives access to all.
 */
export function tokenPrincipal(claims: Readonly<Record<string, unknown>>, names: TokenClaims): Principal {
  const [connections, systems] = [idsOf(claims[names.connections]), idsOf(claims[names.systems])]
  const given = new Set(textsOf(claims[names.scopes]))
  const isLimited = connections !== 'all' || systems !== 'all'
  // As for keys: `administer` requires access to everything.
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

/** Accepts a list, or a text separated by spaces or commas. */
function textsOf(claim: unknown): readonly string[] {
  if (Array.isArray(claim)) return claim.filter((one) => typeof one === 'string')
  return typeof claim === 'string' ? claim.split(/[\s,]+/).filter((one) => one !== '') : []
}
