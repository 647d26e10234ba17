import { createCipheriv, createDecipheriv, createHmac, createSecretKey, type KeyObject } from 'node:crypto'
import { type Ids, type Scope, seesAll } from '../operations/scope.ts'
import { equalTexts } from '../platform/equal-texts.ts'

const CIPHER = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16
/** A text of an earlier version, and its SHA-256 signature. */
const SIGNED = /^[\w-]+\.[\w-]{43}$/

/**
 * Encrypts JSON as URL-safe text that cannot be read or changed without the key, because a place in a list may belong
 * to a row that the caller does not see. The same payload gives the same text.
 */
export function sealedText(key: string, payload: unknown): string {
  const body = JSON.stringify(payload)
  // Derived from the payload: only equal payloads share a nonce.
  const { whole, cipherKey } = keysOf(key)
  const nonce = derived(whole, 'nonce', body).subarray(0, NONCE_BYTES)
  const cipher = createCipheriv(CIPHER, cipherKey, nonce)
  const sealed = Buffer.concat([cipher.update(body, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, sealed, cipher.getAuthTag()]).toString('base64url')
}

/** The payload; undefined if the text was not sealed with this key. */
export function openSealedText(key: string, text: string): unknown {
  if (!isSealed(text)) return openSignedText(key, text)
  if (!isWellFormed(text)) return undefined
  const bytes = Buffer.from(text, 'base64url')
  const decipher = createDecipheriv(CIPHER, keysOf(key).cipherKey, bytes.subarray(0, NONCE_BYTES))
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
  try {
    const body = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()])
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}

/** False: a text of an earlier version, which was signed but not encrypted. */
export function isSealed(text: string): boolean {
  return !text.includes('.')
}

/** Whether the text can be one that some key sealed: it may be of another key, or changed. */
export function isWellFormed(text: string): boolean {
  if (!isSealed(text)) return SIGNED.test(text)
  const bytes = Buffer.from(text, 'base64url')
  // Accepts only the canonical form: Buffer would ignore invalid characters.
  return bytes.length >= NONCE_BYTES + TAG_BYTES && bytes.toString('base64url') === text
}

/** A key for callers with the same scope; the key itself for callers with access to everything. */
export function keyWithin(key: string, scope: Scope): string {
  if (seesAll(scope)) return key
  const listed = (ids: Ids) => (ids === 'all' ? ids : [...ids].toSorted())
  return signature(key, JSON.stringify(['reach', listed(scope.connections), listed(scope.systems)]))
}

/** Cursors of earlier versions, which were not encrypted; readers of feeds may still have one. */
function openSignedText(key: string, text: string): unknown {
  const [body = '', given = '', ...rest] = text.split('.')
  if (rest.length > 0 || !equalTexts(given, signature(key, body))) return undefined
  return JSON.parse(Buffer.from(body, 'base64url').toString())
}

/** Prepared OpenSSL keys: preparing a key from text or bytes for each call costs more than using it. */
interface SealingKeys {
  readonly whole: KeyObject
  readonly cipherKey: KeyObject
}

/** Cache of keys by caller scope; the oldest entry is removed first. */
const prepared = new Map<string, SealingKeys>()
const MOST_PREPARED = 1_000

function keysOf(key: string): SealingKeys {
  const known = prepared.get(key)
  if (known !== undefined) return known
  const whole = createSecretKey(Buffer.from(key))
  const keys = { whole, cipherKey: createSecretKey(derived(whole, 'cipher')) }
  const [oldest] = prepared.keys()
  if (prepared.size >= MOST_PREPARED && oldest !== undefined) prepared.delete(oldest)
  prepared.set(key, keys)
  return keys
}

function derived(key: KeyObject, purpose: string, ...of: readonly string[]): Buffer {
  return createHmac('sha256', key)
    .update(JSON.stringify([purpose, ...of]))
    .digest()
}

function signature(key: string, body: string): string {
  return createHmac('sha256', key).update(body).digest('base64url')
}
