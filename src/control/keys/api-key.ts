import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { list, map, nullable, number, orNull, rowType, text } from '../../platform/dynamodb/rows.ts'
import type { TableDefinition } from '../../platform/dynamodb/tables.ts'

/**
 * What a key may do. `administer` includes all others except `persons:read`: reading personal data is always granted by
 * name.
 */
export const keyScopes = [
  'feeds:read',
  'orders:push',
  'fulfil',
  'observe',
  'operate',
  'configure',
  'administer',
  'persons:read',
] as const
export type KeyScope = (typeof keyScopes)[number]

/** A secret of a key, as it is stored. */
export interface StoredSecret {
  /** SHA-256, hexadecimal. */
  readonly hash: string
  /** Milliseconds: it was replaced and ends then; null: it is the current one. */
  readonly until: number | null
}

/** A key for callers of the API. Times are milliseconds. */
export interface ApiKey {
  readonly book: typeof BOOK
  /** The middle part of the key, which is not secret. */
  readonly id: string
  readonly name: string
  /** Of `keyScopes`; a scope of a newer version is stored, but grants nothing here. */
  readonly scopes: readonly string[]
  /** Ids that it reaches; null: all. */
  readonly connections: readonly string[] | null
  readonly systems: readonly string[] | null
  /** The current one first; besides it at most the previous one, until its end. */
  readonly secrets: readonly StoredSecret[]
  readonly created_at: number
  readonly created_by: string
  /** Null: it does not expire. */
  readonly expires_at: number | null
  /** To the minute. */
  readonly last_used_at: number | null
  readonly revoked_at: number | null
  readonly revoked_by: string | null
  /** Grows with each change except the last use. */
  readonly revision: number
}

const API_KEYS = 'api_keys'
export const BOOK = 'all'

export const keyTables: readonly TableDefinition[] = [{ name: API_KEYS, partitionKey: 'book', sortKey: 'id' }]

export const keyRows = rowType<ApiKey>(API_KEYS, ['id'], {
  book: { expected: BOOK, is: (value) => value === BOOK },
  id: text,
  name: text,
  scopes: list(text),
  connections: nullable(list(text)),
  systems: nullable(list(text)),
  secrets: list(map<StoredSecret>({ hash: text, until: nullable(number) })),
  created_at: number,
  created_by: text,
  expires_at: nullable(number),
  last_used_at: orNull(number),
  revoked_at: orNull(number),
  revoked_by: orNull(text),
  revision: number,
})

/** `wsk_<id>_<secret>`: the prefix lets secret scanners find a key that was published by mistake. */
const FORM = /^wsk_([a-z0-9]{12})_([A-Za-z0-9_-]{43})$/
export const KEY_PREFIX = 'wsk_'

/** Undefined: the text is not a key. */
export function parseKey(given: string): { readonly id: string; readonly secret: string } | undefined {
  const [, id, secret] = FORM.exec(given) ?? []
  return id === undefined || secret === undefined ? undefined : { id, secret }
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz012345'
const ID_LENGTH = 12
/** 256 bits can't be guessed, so a fast hash protects them as well as a slow one, and every request can afford it. */
const SECRET_BYTES = 32

export function newKeyId(): string {
  return Array.from(randomBytes(ID_LENGTH), (byte) => LETTERS[byte % LETTERS.length]).join('')
}

export function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url')
}

export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

/** Compared if there is no such key, so that its absence takes the same time. */
const NOBODYS: readonly StoredSecret[] = [{ hash: hashOf(newSecret()), until: null }]

/** Whether a secret is valid now. Compares every one, in a time that reveals nothing about them. */
export function matches(secrets: readonly StoredSecret[] | undefined, secret: string, now: number): boolean {
  const given = Buffer.from(hashOf(secret), 'hex')
  let found = false
  for (const { hash, until } of secrets ?? NOBODYS) {
    const stored = Buffer.from(hash, 'hex')
    const same = stored.length === given.length && timingSafeEqual(stored, given)
    if (same && (until === null || until > now)) found = true
  }
  return found && secrets !== undefined
}

export type KeyState = 'active' | 'expired' | 'revoked'

export function stateOfKey({ revoked_at, expires_at }: ApiKey, now: number): KeyState {
  if (revoked_at !== null) return 'revoked'
  return expires_at !== null && expires_at <= now ? 'expired' : 'active'
}
