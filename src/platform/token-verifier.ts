import { createRemoteJWKSet, customFetch, errors, type JWTPayload, jwtVerify } from 'jose'
import { Type } from 'typebox'
import { Check } from 'typebox/value'
import { StreamError } from '../errors.ts'
import { bodyWithin, createGuardedHttp, type GuardedHttp } from './guarded-http.ts'
import type { NetworkRules } from './network-rules.ts'

/** Issuer and audience that bearer tokens must have. */
export interface TokenIssuer {
  /** As in the tokens; its metadata are at `<issuer>/.well-known/openid-configuration`. */
  readonly issuer: string
  readonly audience: string
}

/** The claims of a valid token, or why it is not valid, for the log only. */
export type TokenCheck = { readonly claims: JWTPayload } | { readonly refused: string }

/** Throws `target_unavailable` when the issuer's keys can't be read. */
export type VerifyToken = (token: string) => Promise<TokenCheck>

/** Algorithms with a private key. An issuer's public keys can't verify a shared secret or a missing signature. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']
/** Allowed difference between the clocks of two machines, in seconds. */
const CLOCK_SECONDS = 30
const ANSWERS_WITHIN_MS = 5_000
/** Metadata and keys of large issuers have some tens of thousands of bytes. */
const MOST_BYTES = 1024 * 1024
/** Least time between two reads of the keys for tokens with an unknown key. */
const KEYS_AGAIN_MS = 30_000
const KEYS_KEPT_MS = 600_000

interface VerifierDeps {
  readonly clock: { now(): number }
  readonly network: NetworkRules
  readonly answersWithinMs?: number
}

type Keys = ReturnType<typeof createRemoteJWKSet>

/**
 * Verifies tokens of one issuer (OpenID Connect Discovery, RFC 9068). Reads its keys when the first token arrives; like
 * every configured address, the issuer must be in an allowed network.
 */
export function createTokenVerifier(
  { issuer, audience }: TokenIssuer,
  { clock, network, answersWithinMs = ANSWERS_WITHIN_MS }: VerifierDeps,
): VerifyToken {
  const ask = askWithin(createGuardedHttp(network), answersWithinMs)
  let keys: Promise<Keys> | undefined
  const found = async (): Promise<Keys> => {
    keys ??= discoverKeys(ask, issuer)
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
  // The generic code means that the issuer's keys could not be read.
  return error instanceof errors.JOSEError && !isOfKeys && error.code !== 'ERR_JOSE_GENERIC'
}

/** Reads an issuer's keys once. Throws `target_unavailable` when its tokens could not be verified now. */
export async function checkIssuer(issuer: string, network: NetworkRules): Promise<void> {
  try {
    const keys = await discoverKeys(askWithin(createGuardedHttp(network), ANSWERS_WITHIN_MS), issuer)
    await keys.reload()
  } catch (error) {
    throw unavailableError(issuer, error)
  }
}

const metadataSchema = Type.Object({ issuer: Type.String(), jwks_uri: Type.String() })

async function discoverKeys(ask: Ask, issuer: string): Promise<Keys> {
  const answer = await ask(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`)
  if (answer.status !== 200) throw new Error(`its metadata answered ${answer.status}`)
  const metadata: unknown = await answer.json()
  if (!Check(metadataSchema, metadata)) throw new Error('its metadata lack the issuer or the address of its keys')
  if (metadata.issuer !== issuer) throw new Error('its metadata name another issuer')
  const address = metadata.jwks_uri
  if (!URL.canParse(address) || !isSafeAddress(address)) {
    throw new Error('its metadata do not have an https address of its keys')
  }
  return createRemoteJWKSet(new URL(address), {
    [customFetch]: ask,
    cooldownDuration: KEYS_AGAIN_MS,
    cacheMaxAge: KEYS_KEPT_MS,
  })
}

/** Reads a whole answer, within limits of time and size. */
type Ask = (url: string) => Promise<Response>

/** Does not follow redirects: they could lead to another issuer's keys. */
function askWithin(http: GuardedHttp, ms: number): Ask {
  return async (url) => {
    const signal = AbortSignal.timeout(ms)
    try {
      const headers = { accept: 'application/json, application/jwk-set+json' }
      const answer = await http.request({ method: 'GET', url, headers, redirects: 'none', signal })
      const body = await bodyWithin(answer, MOST_BYTES)
      if (body === null) throw new Error(`${new URL(url).host} answered with more than ${MOST_BYTES} bytes`)
      return new Response(new Uint8Array(body), { status: answer.status })
    } catch (error) {
      if (signal.aborted) throw new Error(`${new URL(url).host} gave no complete answer in ${ms} ms`, { cause: error })
      throw error
    }
  }
}

/** True for https, and for http on this machine: on plain http anyone on the way could replace the keys. */
function isSafeAddress(address: string): boolean {
  const { protocol, hostname } = new URL(address)
  if (protocol === 'https:') return true
  return protocol === 'http:' && (hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname))
}

function unavailableError(issuer: string, cause: unknown): StreamError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new StreamError('target_unavailable', `OIDC_ISSUER: the keys of ${issuer} can't be read: ${why}`, { cause })
}
