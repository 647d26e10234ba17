import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose'
import { StreamError } from '../errors.ts'

/** Where bearer tokens come from, and for whom they have to be. */
export interface TokenIssuer {
  /** As it stands in the tokens: its metadata are at `<issuer>/.well-known/openid-configuration`. */
  readonly issuer: string
  readonly audience: string
}

/** The claims of a token that counts now, or why it does not: for the log alone. */
export type TokenCheck = { readonly claims: JWTPayload } | { readonly refused: string }

/** Throws `target_unavailable` where the issuer's keys can't be read. */
export type VerifyToken = (token: string) => Promise<TokenCheck>

/** Signed with a private key. A shared secret, or no signature, is none that an issuer's public keys could prove. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']
/** Clocks of two machines may differ so much, in seconds. */
const CLOCK_SECONDS = 30
const ANSWERS_WITHIN_MS = 5_000
/** An unknown key has the keys read again, but not more often. */
const KEYS_AGAIN_MS = 30_000
const KEYS_KEPT_MS = 600_000

type Keys = ReturnType<typeof createRemoteJWKSet>

/** Verifies tokens of one issuer (OpenID Connect Discovery, RFC 9068). Its keys are found when the first token comes. */
export function createTokenVerifier({ issuer, audience }: TokenIssuer, clock: { now(): number }): VerifyToken {
  let keys: Promise<Keys> | undefined
  const found = async (): Promise<Keys> => {
    keys ??= discoverKeys(issuer)
    const own = keys
    return await own.catch((error: unknown) => {
      if (keys === own) keys = undefined
      throw error
    })
  }
  return async (token) => {
    const checks = {
      issuer,
      audience,
      algorithms: ALGORITHMS,
      clockTolerance: CLOCK_SECONDS,
      currentDate: new Date(clock.now()),
      requiredClaims: ['exp', 'sub'],
    }
    try {
      const { payload } = await jwtVerify(token, await found(), checks)
      return { claims: payload }
    } catch (error) {
      if (isRefusal(error)) return { refused: `token: ${error.code}` }
      throw unavailableError(issuer, error)
    }
  }
}

function isRefusal(error: unknown): error is errors.JOSEError {
  const isOfKeys = error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid
  // What can't be read from the issuer has the code of no special kind.
  return error instanceof errors.JOSEError && !isOfKeys && error.code !== 'ERR_JOSE_GENERIC'
}

async function discoverKeys(issuer: string): Promise<Keys> {
  const answer = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {
    redirect: 'error',
    signal: AbortSignal.timeout(ANSWERS_WITHIN_MS),
  })
  if (!answer.ok) throw new Error(`its metadata are answered with ${answer.status}`)
  const { issuer: own, jwks_uri: address } = (await answer.json()) as { issuer?: unknown; jwks_uri?: unknown }
  if (own !== issuer) throw new Error('its metadata are of another issuer')
  if (typeof address !== 'string' || !URL.canParse(address) || !isSafeAddress(address)) {
    throw new Error('its metadata name no https address of its keys')
  }
  const limits = { timeoutDuration: ANSWERS_WITHIN_MS, cooldownDuration: KEYS_AGAIN_MS, cacheMaxAge: KEYS_KEPT_MS }
  return createRemoteJWKSet(new URL(address), limits)
}

/** Keys that come over plain http are whoever's is on the way; on this machine nobody is. */
function isSafeAddress(address: string): boolean {
  const { protocol, hostname } = new URL(address)
  if (protocol === 'https:') return true
  return protocol === 'http:' && (hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname))
}

function unavailableError(issuer: string, cause: unknown): StreamError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new StreamError('target_unavailable', `OIDC_ISSUER: the keys of ${issuer} can't be read: ${why}`, { cause })
}
