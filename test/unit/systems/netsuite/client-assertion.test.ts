import { constants, generateKeyPairSync, verify } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createAssertionSigner } from '../../../../src/systems/netsuite/client-assertion.ts'
import { ecKeys, type PemKeys, rsaKeys } from '../../../data/netsuite-keys.ts'

const URL = 'https://1234567.suitetalk.api.netsuite.com/services/rest/auth/oauth2/v1/token'
const NOW = Date.UTC(2026, 2, 2, 18, 4, 11)
const signerOf = (privateKey: string) =>
  createAssertionSigner({ clientId: 'client', certificateId: 'cert', privateKey })
const decoded = (part = '') => JSON.parse(Buffer.from(part, 'base64url').toString()) as unknown

const rsa = {
  padding: constants.RSA_PKCS1_PSS_PADDING,
  saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
} as const
const ec = { dsaEncoding: 'ieee-p1363' } as const

describe('an assertion', () => {
  it.each<readonly [string, string, PemKeys, object]>([
    ['PS256', 'sha256', rsaKeys(), rsa],
    ['ES256', 'sha256', ecKeys('prime256v1'), ec],
    ['ES384', 'sha384', ecKeys('secp384r1'), ec],
    ['ES512', 'sha512', ecKeys('secp521r1'), ec],
  ])(
    'is signed by %s, and says who asks where and for how long',
    async (alg, digest, { publicKey, privateKey }, how) => {
      const [header, payload, signature = ''] = (await signerOf(privateKey)(URL, NOW)).split('.')
      expect(decoded(header)).toEqual({ typ: 'JWT', alg, kid: 'cert' })
      const iat = NOW / 1000
      expect(decoded(payload)).toEqual({ iss: 'client', scope: 'rest_webservices', aud: URL, iat, exp: iat + 300 })
      const signed = Buffer.from(`${header}.${payload}`)
      expect(verify(digest, signed, { key: publicKey, ...how }, Buffer.from(signature, 'base64url'))).toBe(true)
    },
  )

  it('is not signed with a key that is too short, and no message holds the key', async () => {
    const short = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey
    const pem = short.export({ type: 'pkcs8', format: 'pem' }).toString()
    const assertion = signerOf(pem)(URL, NOW)
    await expect(assertion).rejects.toMatchObject({ code: 'configuration_invalid', field: 'secrets.privateKey' })
    await expect(assertion).rejects.toThrow(/at least 2048 bits/)
  })
})
