import { constants, createPublicKey, type KeyObject, randomBytes, verify } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { NETSUITE_CREDENTIALS } from './credentials.ts'

/** OAuth 2.0 client credentials: certificates, and the tokens issued for signed assertions. */
export interface TokenDesk {
  /** Accepts assertions signed by this certificate from now on; public key as PEM. */
  addCertificate(id: string, publicKey: string): void
  /** Lifetime of new tokens in seconds (3600). */
  lifetime: number
  /** Ends all issued tokens. */
  expireAll(): void
  isValid(token: string): boolean
  /** A token for a request's form, or why it is refused. */
  exchange(form: URLSearchParams, url: string): { token: string; seconds: number } | { error: string; reason: string }
}

const grant = {
  grant_type: 'client_credentials',
  client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
}
const longestSeconds = 3600
const skewSeconds = 300

export function createTokenDesk(now: () => number = () => Math.floor(Date.now() / 1000)): TokenDesk {
  const certificates = new Map<string, KeyObject>()
  const tokens = new Map<string, number>()
  const desk: TokenDesk = {
    lifetime: 3600,
    addCertificate: (id, publicKey) => void certificates.set(id, createPublicKey(publicKey)),
    expireAll: () => tokens.clear(),
    isValid: (token) => (tokens.get(token) ?? 0) > now(),
    exchange(form, url) {
      for (const [name, value] of Object.entries(grant)) {
        if (form.get(name) !== value) return { error: 'invalid_request', reason: `${name} must be ${value}` }
      }
      const reason = faultOf(form.get('client_assertion') ?? '', { certificates, url, now: now() })
      if (reason !== undefined) return { error: 'invalid_client', reason }
      const token = randomBytes(24).toString('base64url')
      tokens.set(token, now() + desk.lifetime)
      return { token, seconds: desk.lifetime }
    },
  }
  return desk
}

interface Expected {
  certificates: ReadonlyMap<string, KeyObject>
  url: string
  now: number
}

/** What is wrong with an assertion: checks its form, key, signature, then each claim. */
function faultOf(assertion: string, { certificates, url, now }: Expected): string | undefined {
  const [head = '', body = '', signature = '', ...more] = assertion.split('.')
  const header = decoded(head)
  const claims = decoded(body)
  if (header === undefined || claims === undefined || more.length > 0) return 'the assertion is no JWT'
  const key = certificates.get(String(header['kid']))
  if (header['typ'] !== 'JWT' || key === undefined) return 'the certificate is not known'
  if (!isSignedBy(key, String(header['alg']), `${head}.${body}`, signature)) return 'the signature is wrong'
  const { iss, scope, aud, iat, exp } = claims
  if (iss !== NETSUITE_CREDENTIALS.clientId) return 'the client is not known'
  if (!String(scope).includes('rest_webservices')) return 'the scope rest_webservices is not asked for'
  if (aud !== url) return `the audience is not ${url}`
  if (typeof iat !== 'number' || typeof exp !== 'number') return 'iat and exp must be numbers'
  if (exp - iat >= longestSeconds || iat > now + skewSeconds || exp <= now) return 'the assertion is not valid now'
  return undefined
}

function isSignedBy(key: KeyObject, algorithm: string, content: string, signature: string): boolean {
  const [, family, bits] = /^(PS|ES)(256|384|512)$/.exec(algorithm) ?? []
  const type = key.asymmetricKeyType
  if (family === undefined || type !== (family === 'PS' ? 'rsa' : 'ec')) return false
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
  const how = family === 'PS' ? { key, ...pss } : { key, dsaEncoding: 'ieee-p1363' as const }
  return verify(`sha${bits}`, Buffer.from(content), how, Buffer.from(signature, 'base64url'))
}

function decoded(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString())
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

const tokenPath = '/services/rest/auth/oauth2/v1/token'

/** The token endpoint; it needs no authorization of its own. */
export function addTokenRoute(app: FastifyInstance, desk: TokenDesk): void {
  const type = 'application/x-www-form-urlencoded'
  app.addContentTypeParser(type, { parseAs: 'string' }, (_request, body, done) => done(null, body))
  app.post(tokenPath, async (request, reply) => {
    const form = new URLSearchParams(typeof request.body === 'string' ? request.body : '')
    const given = desk.exchange(form, `http://${request.host}${tokenPath}`)
    if ('error' in given) return reply.code(400).send({ error: given.error, error_description: given.reason })
    return { access_token: given.token, expires_in: String(given.seconds), token_type: 'bearer' }
  })
}
