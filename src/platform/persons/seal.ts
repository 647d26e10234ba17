import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto'

/** The key that seals bytes. `person`: 32 hexadecimal digits; `month`: 2026-11; `keyId`: 16 hexadecimal digits. */
export interface SealedWith {
  readonly person: string
  readonly month: string
  readonly keyId: string
}

/** First bytes of sealed data; no JSON text and none of our events starts with them. */
const MAGIC = Buffer.from([0x57, 0x53, 0x01])
const PERSON_BYTES = 16
const KEY_ID_BYTES = 8
const IV_BYTES = 12
const TAG_BYTES = 16
/** Magic, person, months since year 0 in two bytes, key id. */
const HEADER_BYTES = MAGIC.length + PERSON_BYTES + 2 + KEY_ID_BYTES

const CIPHER = 'aes-256-gcm'

/**
 * AES-256-GCM: header, IV, tag, ciphertext; the header is authenticated. `iv`: 12 bytes never used with this key
 * before.
 */
export function seal(plain: Buffer, by: SealedWith, key: KeyObject, iv: Buffer): Buffer {
  const header = headerOf(by)
  const cipher = createCipheriv(CIPHER, key, iv).setAAD(header)
  const sealed = cipher.update(plain)
  cipher.final()
  return Buffer.concat([header, iv, cipher.getAuthTag(), sealed])
}

/** The key of sealed bytes; null: the bytes are not sealed. */
export function sealedWith(bytes: Uint8Array): SealedWith | null {
  const sealed = asBuffer(bytes)
  if (sealed.length < HEADER_BYTES + IV_BYTES + TAG_BYTES || !sealed.subarray(0, MAGIC.length).equals(MAGIC))
    return null
  const months = sealed.readUInt16BE(MAGIC.length + PERSON_BYTES)
  return {
    person: sealed.toString('hex', MAGIC.length, MAGIC.length + PERSON_BYTES),
    month: `${String(Math.floor(months / 12)).padStart(4, '0')}-${String((months % 12) + 1).padStart(2, '0')}`,
    keyId: sealed.toString('hex', HEADER_BYTES - KEY_ID_BYTES, HEADER_BYTES),
  }
}

/** Throws when the bytes were damaged or sealed with another key. */
export function unseal(bytes: Uint8Array, key: KeyObject): Buffer {
  const sealed = asBuffer(bytes)
  const [iv, tag] = [HEADER_BYTES, HEADER_BYTES + IV_BYTES]
  const decipher = createDecipheriv(CIPHER, key, sealed.subarray(iv, tag))
  decipher.setAAD(sealed.subarray(0, HEADER_BYTES)).setAuthTag(sealed.subarray(tag, tag + TAG_BYTES))
  const plain = decipher.update(sealed.subarray(tag + TAG_BYTES))
  decipher.final()
  return plain
}

function headerOf({ person, month, keyId }: SealedWith): Buffer {
  const header = Buffer.alloc(HEADER_BYTES)
  MAGIC.copy(header)
  header.write(person, MAGIC.length, 'hex')
  const [year = 0, number = 1] = month.split('-').map(Number)
  header.writeUInt16BE(year * 12 + number - 1, MAGIC.length + PERSON_BYTES)
  header.write(keyId, HEADER_BYTES - KEY_ID_BYTES, 'hex')
  return header
}

/** Bytes from other stores may be a plain Uint8Array. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
