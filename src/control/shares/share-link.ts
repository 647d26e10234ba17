import { digest } from '../../events/identity.ts'
import { expiresAfter, keptDays } from '../../platform/dynamodb/expiry.ts'
import { flag, nullable, number, or, orNull, rowType, text } from '../../platform/dynamodb/rows.ts'
import type { TableDefinition } from '../../platform/dynamodb/tables.ts'

/**
 * A link that shows a vendor's part of one order to anyone who has it, and may let them answer for the vendor. Times are
 * milliseconds.
 */
export interface ShareLink {
  /** See `shelfOf`. */
  readonly shelf: string
  /** Not secret: it appears in lists and in the audit trail. */
  readonly id: string
  /** The shop. */
  readonly source: string
  readonly number: string
  readonly connection: string
  /** SHA-256 of the secret, hexadecimal. */
  readonly hash: string
  readonly created_at: number
  readonly created_by: string
  readonly expires_at: number
  readonly revoked_at: number | null
  readonly revoked_by: string | null
  /** To the minute; null: never opened. */
  readonly last_used_at: number | null
  /** Whoever has it may confirm, reject and ship. An earlier version only shows the order. */
  readonly answers: boolean
  /** From which its secret is derived, with a key (`ensure`); null: the secret is stored nowhere. */
  readonly seed: string | null
  /** Seconds: the row may be removed then. */
  readonly expires: number
}

const SHARE_LINKS = 'share_links'

export const shareTables: readonly TableDefinition[] = [
  { name: SHARE_LINKS, partitionKey: 'shelf', sortKey: 'id', expires: 'expires' },
]

export const shareRows = rowType<ShareLink>(SHARE_LINKS, ['shelf', 'id'], {
  shelf: text,
  id: text,
  source: text,
  number: text,
  connection: text,
  hash: text,
  created_at: number,
  created_by: text,
  expires_at: number,
  revoked_at: nullable(number),
  revoked_by: nullable(text),
  last_used_at: orNull(number),
  answers: or(flag, false),
  seed: orNull(text),
  expires: number,
})

/** When the row of a link may be removed: lists show it for a while after it ended. */
export function expiryOf(expiresAt: number): number {
  return expiresAfter(expiresAt, keptDays.endedShareLinks)
}

const SHELF_LENGTH = 16

/** Groups the links of one order; the name reveals nothing about the order. */
export function shelfOf(source: string, number: string): string {
  return digest('share', source, number).slice(0, SHELF_LENGTH)
}

const FORM = /^wss_([0-9a-f]{16})_([a-z0-9]{12})_([A-Za-z0-9_-]{43})$/

interface ShareToken {
  readonly shelf: string
  readonly id: string
  readonly secret: string
}

/** `wss_<shelf>_<id>_<secret>`: the prefix lets secret scanners find one that was published by mistake. */
export function shareToken({ shelf, id, secret }: ShareToken): string {
  return `wss_${shelf}_${id}_${secret}`
}

/** Undefined: the text is not a token. */
export function parseShareToken(given: string): ShareToken | undefined {
  const [, shelf, id, secret] = FORM.exec(given) ?? []
  return shelf === undefined || id === undefined || secret === undefined ? undefined : { shelf, id, secret }
}

export type ShareState = 'active' | 'expired' | 'revoked'

export function stateOfShare({ revoked_at, expires_at }: ShareLink, now: number): ShareState {
  if (revoked_at !== null) return 'revoked'
  return expires_at <= now ? 'expired' : 'active'
}
