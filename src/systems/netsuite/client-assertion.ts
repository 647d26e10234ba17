import { constants, createPrivateKey, type KeyObject, type SignKeyObjectInput, sign } from 'node:crypto'
import { StreamError } from '../../errors.ts'

/** What proves an integration to NetSuite by OAuth 2.0, client credentials. */
export interface CertificateCredentials {
  /** Client id of the integration record. */
  readonly clientId: string
  /** Id that NetSuite gave the certificate when it was uploaded. */
  readonly certificateId: string
  /** PEM of the certificate's private key: RSA, or EC on P-256, P-384 or P-521. */
  readonly privateKey: string
}

/** Signs the assertion that a token is asked for with; `url` is the token's address, `now` milliseconds UTC. */
export type AssertionSigner = (url: string, now: number) => string

/** NetSuite takes at most an hour; the assertion is used at once. */
const LIFETIME_SECONDS = 300

/** A signer with the key. Throws `configuration_invalid` when it is none that NetSuite takes; no message holds it. */
export function createAssertionSigner(credentials: CertificateCredentials): AssertionSigner {
  const { algorithm, digest, key } = signingKey(credentials.privateKey)
  const header = encoded({ typ: 'JWT', alg: algorithm, kid: credentials.certificateId })
  return (url, now) => {
    const issuedAt = Math.floor(now / 1000)
    const claims = { iss: credentials.clientId, scope: 'rest_webservices', aud: url }
    const payload = encoded({ ...claims, iat: issuedAt, exp: issuedAt + LIFETIME_SECONDS })
    const content = `${header}.${payload}`
    return `${content}.${sign(digest, Buffer.from(content), key).toString('base64url')}`
  }
}

const CURVES: Readonly<Record<string, readonly [algorithm: string, digest: string]>> = {
  prime256v1: ['ES256', 'sha256'],
  secp384r1: ['ES384', 'sha384'],
  secp521r1: ['ES512', 'sha512'],
}

function signingKey(pem: string): { algorithm: string; digest: string; key: SignKeyObjectInput } {
  const key = parseKey(pem)
  if (key.asymmetricKeyType === 'rsa') {
    const padding = constants.RSA_PKCS1_PSS_PADDING
    const saltLength = constants.RSA_PSS_SALTLEN_DIGEST
    return { algorithm: 'PS256', digest: 'sha256', key: { key, padding, saltLength } }
  }
  const [algorithm, digest] = CURVES[key.asymmetricKeyDetails?.namedCurve ?? ''] ?? []
  if (algorithm === undefined || digest === undefined) throw noKey()
  return { algorithm, digest, key: { key, dsaEncoding: 'ieee-p1363' } }
}

/** Line ends may be written as \n, as one does in environment variables. */
function parseKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem.replaceAll('\\n', '\n'))
  } catch {
    throw noKey()
  }
}

function noKey(): StreamError {
  const message =
    'secrets.privateKey is no private key that NetSuite takes; give the PEM of an RSA key, or of an EC key on P-256, P-384 or P-521, without a passphrase'
  return new StreamError('configuration_invalid', message, { field: 'secrets.privateKey' })
}

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
