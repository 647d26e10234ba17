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

/** The caller of a request. */
export interface Caller {
  readonly principal: Principal
  /** Id of the key, or `oidc`; null: no key was required, or the shared token was used. */
  readonly key: string | null
}

/** Throws `unauthorized`, always with the same message; the log has the reason. */
export type SignIn = (request: FastifyRequest) => Promise<Caller>

type Deps = Pick<ApiDeps, 'token' | 'oidc' | 'network' | 'logger' | 'clock'> & {
  readonly operations: Pick<ApiDeps['operations'], 'keys'>
}

/** Whether callers need a key. If not, only this machine can use the API. */
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

/** The three parts of a JSON Web Token; keys contain no dots. */
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
      // Never logs what was sent: it may be a valid key with a typing mistake.
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
