import type { FastifyRequest } from 'fastify'
import { StreamError } from '../errors.ts'
import { keyPrincipal } from '../operations/keys.ts'
import { everything, type Principal } from '../operations/principal.ts'
import { tokenPrincipal } from '../operations/token-principal.ts'
import { equalTexts } from '../platform/equal-texts.ts'
import { createTokenVerifier } from '../platform/token-verifier.ts'
import { createBoundedNotes } from './bounded-notes.ts'
import type { ApiDeps } from './dependencies.ts'
import { actorOf } from './request-headers.ts'

/** Who sends a request. */
export interface Caller {
  readonly principal: Principal
  /** What they signed in with; null: nothing was asked for, or the token that several share. */
  readonly key: string | null
}

/** Throws `unauthorized`: with the same words whatever was wrong, which the log says. */
export type SignIn = (request: FastifyRequest) => Promise<Caller>

type Deps = Pick<ApiDeps, 'token' | 'oidc' | 'network' | 'logger' | 'clock'> & {
  readonly operations: Pick<ApiDeps['operations'], 'keys'>
}

/** Whether callers have to say who they are. Where they need not, the API is for this machine alone. */
export async function asksForKey({
  token,
  oidc,
  operations,
}: Pick<Deps, 'token' | 'oidc' | 'operations'>): Promise<boolean> {
  return token !== null || isSet(oidc) || (await operations.keys.hasAny())
}

function isSet<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined
}

/** Of three parts, as a JSON Web Token is: our own keys have no dots. */
const TOKEN = /^[\w-]+\.[\w-]+\.[\w-]*$/

export function createSignIn(deps: Deps): SignIn {
  const { token, oidc, operations, logger } = deps
  const verify = isSet(oidc) ? createTokenVerifier(oidc, deps) : null
  const dueNow = createBoundedNotes(deps.clock)
  return async (request) => {
    const from = (principal: Principal, key: string | null): Caller => {
      return { principal: { ...principal, via: { key, address: request.ip } }, key }
    }
    const shared = () => from(everything({ kind: 'api', name: actorOf(request) }, true), null)
    const refuse = (reason: string, key: string | null = null): StreamError => {
      const address = request.ip
      const refused = dueNow(`${address} ${reason}`)
      // Never with what was sent: a key that is one letter off is still nobody else's business.
      if (refused !== null) logger.warn({ address, reason, key, refused }, 'sign-in refused')
      return new StreamError('unauthorized', 'send an API key, or the API token, as "Authorization: Bearer <key>"')
    }
    if (!(await asksForKey(deps))) return shared()
    const given = /^bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1]
    if (given === undefined) throw refuse('no bearer token')
    if (token !== null && equalTexts(given, token)) return shared()
    if (isSet(oidc) && verify !== null && TOKEN.test(given)) {
      const verified = await verify(given)
      if ('refused' in verified) throw refuse(verified.refused)
      return from(tokenPrincipal(verified.claims, oidc.claims), 'oidc')
    }
    const check = await operations.keys.check(given)
    if ('refused' in check) throw refuse(check.refused, check.id)
    return from(keyPrincipal(check.key), check.key.id)
  }
}
