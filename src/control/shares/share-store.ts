import { createHmac } from 'node:crypto'
import { StreamError } from '../../errors.ts'
import { digest } from '../../events/identity.ts'
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
  extends Pick<ShareLink, 'source' | 'number' | 'connection' | 'expires_at' | 'created_by' | 'answers'> {}

/** The link of a token, or why it was refused; callers with a wrong secret do not learn which reason. */
export type ShareCheck =
  | { readonly link: ShareLink }
  | { readonly refused: 'unknown' /** Null: the text has none. */; readonly id: string | null }
  | { readonly refused: 'expired' | 'revoked'; readonly id: string }

export interface ShareStore {
  /** `token` is shown once and never stored. */
  create(wanted: NewShareLink): Promise<{ readonly link: ShareLink; readonly token: string }>
  /**
   * The part's link that e-mails have: the same for each call while it is valid, and valid until `expires_at` at least.
   * Its secret is derived from `key` and a random seed in its row: neither of them alone gives it. An expired or revoked
   * link never comes back: the next one has another secret.
   */
  ensure(wanted: NewShareLink, key: string): Promise<{ readonly token: string; readonly isNew: boolean }>
  /** Links of one order, newest first. */
  list(source: string, number: string): Promise<readonly ShareLink[]>
  /** Whether a token is valid now; a revoked one is refused at once. Notes the use. */
  check(token: string): Promise<ShareCheck>
  /** The link after the change; null: there is none. */
  revoke(place: Pick<ShareLink, 'source' | 'number' | 'id'>, by: string): Promise<ShareLink | null>
}

export function createShareStore(tables: Tables, clock: { now(): number }): ShareStore {
  const rows = rowsOf(tables, shareRows)
  const extend = async ({ shelf, id, expires_at: before }: ShareLink, expiresAt: number) => {
    if (before >= expiresAt) return
    const set = { expires_at: expiresAt, expires: expiryOf(expiresAt) }
    await rows.update({ shelf, id }, { set }, { present: 'id' })
  }
  return {
    async create(wanted) {
      const [id, secret] = [newKeyId(), newSecret()]
      const link = newLink(wanted, { id, secret, seed: null }, clock.now())
      if (!(await rows.put(link, { mine: { absent: 'id' } }))) {
        throw new StreamError('concurrent_change', 'another link got this id; create it again')
      }
      return { link, token: shareToken({ ...link, secret }) }
    },
    async ensure(wanted, key) {
      const shelf = shelfOf(wanted.source, wanted.number)
      for (let generation = 0; ; ) {
        const id = mailedId(wanted, generation)
        const known = await rows.get({ shelf, id })
        const seed = known?.seed ?? newSecret()
        const secret = derivedSecret(key, id, seed)
        if (known === undefined) {
          const link = newLink(wanted, { id, secret, seed }, clock.now())
          if (await rows.put(link, { mine: { absent: 'id' } })) {
            return { token: shareToken({ ...link, secret }), isNew: true }
          }
          continue
        }
        if (stateOfShare(known, clock.now()) === 'active' && known.hash === hashOf(secret)) {
          await extend(known, wanted.expires_at)
          return { token: shareToken({ shelf, id, secret }), isNew: false }
        }
        generation += 1
      }
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

function newLink(
  wanted: NewShareLink,
  { id, secret, seed }: { readonly id: string; readonly secret: string; readonly seed: string | null },
  now: number,
): ShareLink {
  return {
    ...wanted,
    shelf: shelfOf(wanted.source, wanted.number),
    id,
    hash: hashOf(secret),
    created_at: now,
    revoked_at: null,
    revoked_by: null,
    last_used_at: null,
    seed,
    expires: expiryOf(wanted.expires_at),
  }
}

const ID_LENGTH = 12

/** Not secret. */
function mailedId({ connection, source, number }: NewShareLink, generation: number): string {
  return digest('mailed link', connection, source, number, String(generation)).slice(0, ID_LENGTH)
}

function derivedSecret(key: string, id: string, seed: string): string {
  return createHmac('sha256', key).update(`share link|${id}|${seed}`).digest('base64url')
}
