import { StreamError } from '../../errors.ts'
import { rowsOf } from '../../platform/dynamodb/rows.ts'
import type { Tables } from '../../platform/dynamodb/tables.ts'
import { hashOf, matches, newKeyId, newSecret } from '../keys/api-key.ts'
import {
  expiryOf,
  parseShareToken,
  type ShareLink,
  shareRows,
  shareToken,
  shelfOf,
  stateOfShare,
} from './share-link.ts'

/** The last use is written at most this often. */
const LAST_USE_MS = 60_000

export interface NewShareLink
  extends Pick<ShareLink, 'source' | 'number' | 'connection' | 'expires_at' | 'created_by'> {}

/** The link of a token, or why it was refused; callers with a wrong secret do not learn which reason. */
export type ShareCheck =
  | { readonly link: ShareLink }
  | { readonly refused: 'unknown' /** Null: the text has none. */; readonly id: string | null }
  | { readonly refused: 'expired' | 'revoked'; readonly id: string }

export interface ShareStore {
  /** `token` is shown once and never stored. */
  create(wanted: NewShareLink): Promise<{ readonly link: ShareLink; readonly token: string }>
  /** Links of one order, newest first. */
  list(source: string, number: string): Promise<readonly ShareLink[]>
  /** Whether a token is valid now; a revoked one is refused at once. Notes the use. */
  check(token: string): Promise<ShareCheck>
  /** The link after the change; null: there is none. */
  revoke(place: Pick<ShareLink, 'source' | 'number' | 'id'>, by: string): Promise<ShareLink | null>
}

export function createShareStore(tables: Tables, clock: { now(): number }): ShareStore {
  const rows = rowsOf(tables, shareRows)
  return {
    async create(wanted) {
      const [id, secret, shelf] = [newKeyId(), newSecret(), shelfOf(wanted.source, wanted.number)]
      const link: ShareLink = {
        ...wanted,
        shelf,
        id,
        hash: hashOf(secret),
        created_at: clock.now(),
        revoked_at: null,
        revoked_by: null,
        last_used_at: null,
        expires: expiryOf(wanted.expires_at),
      }
      if (!(await rows.put(link, { mine: { absent: 'id' } }))) {
        throw new StreamError('concurrent_change', 'another link got this id; create it again')
      }
      return { link, token: shareToken({ shelf, id, secret }) }
    },
    async list(source, number) {
      const links = await rows.query({ partition: shelfOf(source, number) })
      return links.toSorted((a, b) => b.created_at - a.created_at)
    },
    async check(given) {
      const parsed = parseShareToken(given)
      if (parsed === undefined) return { refused: 'unknown', id: null }
      const { shelf, id, secret } = parsed
      const link = await rows.get({ shelf, id })
      const now = clock.now()
      const isRight = matches(link && [{ hash: link.hash, until: null }], secret, now)
      if (link === undefined || !isRight) return { refused: 'unknown', id }
      const state = stateOfShare(link, now)
      if (state !== 'active') return { refused: state, id }
      if (now - (link.last_used_at ?? 0) >= LAST_USE_MS) {
        // A link is valid even if its use could not be noted: the next use will be.
        await rows.update({ shelf, id }, { set: { last_used_at: now } }, { present: 'id' }).catch(() => false)
      }
      return { link }
    },
    async revoke({ source, number, id }, by) {
      const key = { shelf: shelfOf(source, number), id }
      const link = await rows.get(key)
      if (link === undefined || link.revoked_at !== null) return link ?? null
      const set = { revoked_at: clock.now(), revoked_by: by }
      await rows.update(key, { set }, { present: 'id' })
      return { ...link, ...set }
    },
  }
}
