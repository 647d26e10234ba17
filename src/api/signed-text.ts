import { createHmac } from 'node:crypto'
import type { Ids, Scope } from '../operations/scope.ts'
import { equalTexts } from '../platform/equal-texts.ts'

/** JSON as URL-safe text that can't be changed without the key. It can be read by anyone. */
export function signedText(key: string, payload: unknown): string {
  const body = Buffer.from(JSON.stringify(payload)).toString('base64url')
  return `${body}.${signature(key, body)}`
}

/** The payload; undefined when the text was not made with this key. */
export function openSignedText(key: string, text: string): unknown {
  const [body = '', given = '', ...rest] = text.split('.')
  if (rest.length > 0 || !equalTexts(given, signature(key, body))) return undefined
  return JSON.parse(Buffer.from(body, 'base64url').toString())
}

/** The key for texts that are only for those who reach the same; the key itself for those who reach everything. */
export function keyWithin(key: string, { connections, systems }: Scope): string {
  if (connections === 'all' && systems === 'all') return key
  const listed = (ids: Ids) => (ids === 'all' ? ids : [...ids].toSorted())
  return signature(key, JSON.stringify(['reach', listed(connections), listed(systems)]))
}

function signature(key: string, body: string): string {
  return createHmac('sha256', key).update(body).digest('base64url')
}
