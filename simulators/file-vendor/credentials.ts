import { createECDH, createHash, createPrivateKey } from 'node:crypto'

/** The user that a simulator accepts. It is not real, so it may be printed and used in examples. */
export const FILE_VENDOR_CREDENTIALS = {
  username: 'waldstream',
  password: 'file-vendor-simulator-password',
} as const

/** The key of the server, in PEM: always the same one, so that a configuration can pin it. It protects nothing. */
export function hostKey(): string {
  const curve = createECDH('prime256v1')
  curve.setPrivateKey(createHash('sha256').update('host key of the simulated file vendor').digest())
  const point = curve.getPublicKey()
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    d: curve.getPrivateKey().toString('base64url'),
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33).toString('base64url'),
  }
  return createPrivateKey({ key: jwk, format: 'jwk' }).export({ type: 'sec1', format: 'pem' }).toString()
}
