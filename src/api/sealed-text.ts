import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto'
import { type Ids, type Scope, seesAll } from '../operations/scope.ts'
import { equalTexts } from '../platform/equal-texts.ts'

const CIPHER = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16

/**
 * JSON as URL-safe text that can be neither changed nor read without the key: a place in a list may be that of a row that
 * who asks does not see. The same payload is the same text.
 */
export function sealedText(key: string, payload: unknown): string {
  const body = JSON.stringify(payload)
  // Of the payload: two of them share a nonce only where they are the same.
  const nonce = keyFor(key, 'nonce', body).subarray(0, NONCE_BYTES)
  const cipher = createCipheriv(CIPHER, keyFor(key, 'cipher'), nonce)
  const sealed = Buffer.concat([cipher.update(body, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, sealed, cipher.getAuthTag()]).toString('base64url')
}

/** The payload; undefined when the text was not made with this key. */
export function openSealedText(key: string, text: string): unknown {
  if (text.includes('.')) return openSignedText(key, text)
  const bytes = Buffer.from(text, 'base64url')
  // One form alone: what is no base64url in it would be passed over.
  if (bytes.length < NONCE_BYTES + TAG_BYTES || bytes.toString('base64url') !== text) return undefined
  const decipher = createDecipheriv(CIPHER, keyFor(key, 'cipher'), bytes.subarray(0, NONCE_BYTES))
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
  try {
    const body = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()])
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}

/** The key for texts that are only for those who reach the same; the key itself for those who reach everything. */
export function keyWithin(key: string, scope: Scope): string {
  if (seesAll(scope)) return key
  const listed = (ids: Ids) => (ids === 'all' ? ids : [...ids].toSorted())
  return signature(key, JSON.stringify(['reach', listed(scope.connections), listed(scope.systems)]))
}

/** Cursors of earlier versions, which could be read by anyone: who follows a feed has one still. */
function openSignedText(key: string, text: string): unknown {
  const [body = '', given = '', ...rest] = text.split('.')
  if (rest.length > 0 || !equalTexts(given, signature(key, body))) return undefined
  return JSON.parse(Buffer.from(body, 'base64url').toString())
}

function keyFor(key: string, purpose: string, ...of: readonly string[]): Buffer {
  return createHmac('sha256', key)
    .update(JSON.stringify([purpose, ...of]))
    .digest()
}

function signature(key: string, body: string): string {
  return createHmac('sha256', key).update(body).digest('base64url')
}
