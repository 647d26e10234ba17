import { StreamError } from '../../errors.ts'
import { rowsOf } from '../../platform/dynamodb/rows.ts'
import type { Tables } from '../../platform/dynamodb/tables.ts'
import {
  type ApiKey,
  BOOK,
  hashOf,
  KEY_PREFIX,
  keyRows,
  matches,
  newKeyId,
  newSecret,
  parseKey,
  stateOfKey,
} from './api-key.ts'

/** How long a process may still accept a key that another process has revoked. */
export const KEY_CACHE_MS = 5_000
/** Number of cached keys; the oldest entry is dropped first. */
const MOST_CACHED = 1_000
/** The last use is written at most this often. */
const LAST_USE_MS = 60_000

export type KeyRefusal = 'malformed key' | 'unknown key' | 'wrong secret' | 'expired key' | 'revoked key'

/** The key of a caller, or why it was refused: the reason is for the log only, all callers get the same answer. */
export type KeyCheck =
  | { readonly key: ApiKey }
  | { readonly refused: KeyRefusal /** Null: the text has none. */; readonly id: string | null }

export interface NewKey {
  readonly name: string
  readonly scopes: readonly string[]
  readonly connections: readonly string[] | null
  readonly systems: readonly string[] | null
  readonly expires_at: number | null
  readonly created_by: string
}

/** A key with its text for the holder: shown once, never stored. */
export interface IssuedKey {
  readonly key: ApiKey
  readonly text: string
}

export interface KeyStore {
  /** Whether a text is a valid key now. What it read is cached for `KEY_CACHE_MS`. */
  check(text: string): Promise<KeyCheck>
  /** Whether any key exists, including revoked ones: the API is open to this machine only as long as there is none. */
  hasAny(): Promise<boolean>
  /** Sorted by id. */
  list(): Promise<readonly ApiKey[]>
  get(id: string): Promise<ApiKey | undefined>
  create(wanted: NewKey): Promise<IssuedKey>
  /**
   * Creates a new secret; the previous one stays valid until then (milliseconds), any older one ends. Null: there is no
   * such key.
   */
  rotate(id: string, until: number): Promise<IssuedKey | null>
  /** The key after the change; null: there is no such key. */
  revoke(id: string, by: string): Promise<ApiKey | null>
}

interface Remembered {
  readonly row: Promise<ApiKey | undefined>
  readonly at: number
  touched: boolean
}

export function createKeyStore(tables: Tables, clock: { now(): number }): KeyStore {
  const rows = rowsOf(tables, keyRows)
  const cache = new Map<string, Remembered>()
  let any: { readonly is: boolean; readonly at: number } = { is: false, at: Number.NEGATIVE_INFINITY }

  const get = (id: string) => rows.get({ book: BOOK, id })

  function remembered(id: string, now: number): Remembered {
    const known = cache.get(id)
    if (known !== undefined && now - known.at < KEY_CACHE_MS) return known
    cache.delete(id)
    const [oldest] = cache.keys()
    if (cache.size >= MOST_CACHED && oldest !== undefined) cache.delete(oldest)
    const fresh: Remembered = { row: get(id), at: now, touched: false }
    cache.set(id, fresh)
    // After a failed read, the table is asked again.
    fresh.row.catch(() => cache.delete(id))
    return fresh
  }

  async function noteUse({ id, last_used_at }: ApiKey, entry: Remembered, now: number): Promise<void> {
    if (entry.touched || now - (last_used_at ?? 0) < LAST_USE_MS) return
    entry.touched = true
    // A key is valid even if its use could not be noted: the next use will be.
    await rows.update({ book: BOOK, id }, { set: { last_used_at: now } }, { present: 'id' }).catch(() => false)
  }

  /** Null: there is no such key. Retries when another writer comes in between. */
  async function change(id: string, set: (key: ApiKey) => Partial<ApiKey>): Promise<ApiKey | null> {
    for (;;) {
      const before = await get(id)
      if (before === undefined) return null
      const after = { ...set(before), revision: before.revision + 1 }
      const asRead = { attribute: 'revision', is: '=', value: before.revision } as const
      if (!(await rows.update({ book: BOOK, id }, { set: after }, { mine: asRead }))) continue
      cache.delete(id)
      return { ...before, ...after }
    }
  }

  return {
    get,
    list: () => rows.query({ partition: BOOK }),
    async check(given) {
      const parsed = parseKey(given)
      if (parsed === undefined) return { refused: 'malformed key', id: null }
      const { id, secret } = parsed
      const now = clock.now()
      const entry = remembered(id, now)
      const key = await entry.row
      const isRight = matches(key?.secrets, secret, now)
      if (key === undefined) return { refused: 'unknown key', id }
      if (!isRight) return { refused: 'wrong secret', id }
      const state = stateOfKey(key, now)
      if (state !== 'active') return { refused: `${state} key`, id }
      await noteUse(key, entry, now)
      return { key }
    },
    async hasAny() {
      const now = clock.now()
      if (!any.is && now - any.at >= KEY_CACHE_MS) {
        any = { is: (await tables.query(keyRows.table, { partition: BOOK, limit: 1 })).length > 0, at: now }
      }
      return any.is
    },
    async create({ name, scopes, connections, systems, expires_at, created_by }) {
      const [id, secret] = [newKeyId(), newSecret()]
      const key: ApiKey = {
        book: BOOK,
        id,
        name,
        scopes,
        connections,
        systems,
        secrets: [{ hash: hashOf(secret), until: null }],
        created_at: clock.now(),
        created_by,
        expires_at,
        last_used_at: null,
        revoked_at: null,
        revoked_by: null,
        revision: 1,
      }
      if (!(await rows.put(key, { mine: { absent: 'id' } })))
        throw new StreamError('concurrent_change', 'another key got this id; create it again')
      any = { is: true, at: clock.now() }
      cache.delete(id)
      return { key, text: keyText(id, secret) }
    },
    async rotate(id, until) {
      const secret = newSecret()
      const key = await change(id, ({ secrets }) => {
        const before = secrets.filter((one) => one.until === null).map(({ hash }) => ({ hash, until }))
        return { secrets: [{ hash: hashOf(secret), until: null }, ...before] }
      })
      return key === null ? null : { key, text: keyText(id, secret) }
    },
    revoke: (id, by) =>
      change(id, ({ revoked_at, revoked_by }) => {
        return { revoked_at: revoked_at ?? clock.now(), revoked_by: revoked_by ?? by }
      }),
  }
}

function keyText(id: string, secret: string): string {
  return `${KEY_PREFIX}${id}_${secret}`
}
