import { generateKeyPairSync, type KeyObject } from 'node:crypto'

/** A key pair as PEM: the public half for the account, the private one for the client. */
export interface PemKeys {
  readonly publicKey: string
  readonly privateKey: string
}

export const ecKeys = (namedCurve = 'prime256v1'): PemKeys => pemOf(generateKeyPairSync('ec', { namedCurve }))
export const rsaKeys = (): PemKeys => pemOf(generateKeyPairSync('rsa', { modulusLength: 3072 }))

function pemOf({ publicKey, privateKey }: { publicKey: KeyObject; privateKey: KeyObject }): PemKeys {
  return {
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}
