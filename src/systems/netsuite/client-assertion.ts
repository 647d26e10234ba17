import { createPrivateKey, type KeyObject } from 'node:crypto'
import { SignJWT } from 'jose'
import { StreamError } from '../../errors.ts'

/** Credentials of an integration for OAuth 2.0, client credentials. */
export interface CertificateCredentials {
  /** Client id of the integration record. */
  readonly clientId: string
  /** Id that NetSuite gave the certificate when it was uploaded. */
  readonly certificateId: string
  /** PEM of the certificate's private key: RSA, or EC on P-256, P-384 or P-521. */
  readonly privateKey: string
}

/**
 * Signs the assertion of a token request; `url` is the address of the token endpoint, `now` milliseconds UTC. Rejects
 * with `configuration_invalid` for a key that cannot sign.
 */
export type AssertionSigner = (url: string, now: number) => Promise<string>

/** NetSuite accepts at most an hour; the assertion is used at once. */
const LIFETIME_SECONDS = 300

/** Throws `configuration_invalid` for a kind of key that NetSuite does not accept; no message contains the key. */
export function createAssertionSigner({
  clientId,
  certificateId,
  privateKey,
}: CertificateCredentials): AssertionSigner {
  const key = parseKey(privateKey)
  const header = { typ: 'JWT', alg: algorithmOf(key), kid: certificateId }
  return async (url, now) => {
    const issuedAt = Math.floor(now / 1000)
    return await new SignJWT({ scope: 'rest_webservices' })
      .setProtectedHeader(header)
      .setIssuer(clientId)
      .setAudience(url)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + LIFETIME_SECONDS)
      .sign(key)
      .catch(() => {
        throw unusableKeyError()
      })
  }
}

const CURVES: Readonly<Record<string, string>> = { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' }

function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string {
  const algorithm = asymmetricKeyType === 'rsa' ? 'PS256' : CURVES[asymmetricKeyDetails?.namedCurve ?? '']
  if (algorithm === undefined) throw unusableKeyError()
  return algorithm
}

/** Line ends may be written as \n, as is usual in environment variables. */
function parseKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem.replaceAll('\\n', '\n'))
  } catch {
    throw unusableKeyError()
  }
}

function unusableKeyError(): StreamError {
  const message =
    'secrets.privateKey is not a private key that NetSuite accepts; give the PEM of an RSA key of at least 2048 bits, or of an EC key on P-256, P-384 or P-521, without a passphrase'
  return new StreamError('configuration_invalid', message, { field: 'secrets.privateKey' })
}
