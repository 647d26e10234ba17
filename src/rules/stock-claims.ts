import type { SellableStock } from '../configuration/model.ts'
import { decimal8, sum, text8, ZERO8 } from '../events/decimal.ts'
import type { StockClaimed } from '../events/generated/events.ts'
import { rankVersion } from '../events/version.ts'
import type { StockClaims } from './sellable-stock.ts'

/** Pieces that a vendor's system acknowledged at a time (milliseconds); decimals as text. */
export interface Told {
  readonly at: number
  readonly quantity: string
}

/** What orders claim of a vendor's stock of a SKU, as rows store it. */
export interface StoredClaims {
  /** The highest one counts. */
  readonly revision: number
  /** Pieces of orders that the vendor has not acknowledged; decimal as text. */
  readonly open: string
  /** Pieces that stock read later includes. */
  readonly told: readonly Told[]
  /** Milliseconds: nothing is sold until then; null: nothing is held. */
  readonly held_until: number | null
}

/** The claims of an event; null: it has none. */
export function storedClaims(claims: StockClaimed | null | undefined): StoredClaims | null {
  if (claims === null || claims === undefined) return null
  const { revision, open, told, heldUntil } = claims
  return {
    revision,
    open: text8(open),
    told: told.map(({ at, quantity }) => ({ at, quantity: text8(quantity) })),
    held_until: heldUntil,
  }
}

/** The form of claims in events. */
export function eventClaims({ revision, open, told, held_until }: StoredClaims): StockClaimed {
  return {
    revision,
    open: decimal8(open, 'open'),
    told: told.map(({ at, quantity }) => ({ at, quantity: decimal8(quantity, 'told') })),
    heldUntil: held_until,
  }
}

/** What the claims take from the stock. */
function claimsOf(stored: StoredClaims | null): StockClaims {
  const { open = '0', told = [], held_until = null } = stored ?? {}
  const pieces = [open, ...told.map(({ quantity }) => quantity)]
  return { reserved: sum(pieces.map((one) => decimal8(one, 'claims'))), held: held_until !== null }
}

/** What the claims take from the stock of a connection with this policy. */
export function appliedClaims(stored: StoredClaims | null, { reserve, oversell }: SellableStock): StockClaims {
  const { reserved, held } = claimsOf(stored)
  return { reserved: reserve === true ? reserved : ZERO8, held: held && oversell !== undefined }
}

/** A vendor's stock of a SKU for one connection, with what orders claim of it. */
export interface StockState<L> {
  /** Of the levels, as `versionRank` makes it. */
  readonly rank: string
  readonly eventId: string
  readonly deleted: boolean
  readonly level: L
  readonly claims: StoredClaims | null
}

/**
 * The state after an event, which may have older levels with newer claims, or the other way round: each part accepts
 * what is newer (Guarantee 4). Acknowledged pieces go in the same step in which levels arrive that were read after the
 * acknowledgement, so no reader ever sees the old levels without the claim.
 */
export function foldStock<L>(before: StockState<L> | undefined, event: StockState<L>): StockState<L> {
  const { rank, eventId, deleted, level } = before !== undefined && event.rank < before.rank ? before : event
  const claims = newerClaims(before?.claims ?? null, event.claims)
  return {
    rank,
    eventId,
    deleted,
    level,
    claims: claims === null ? null : unreadClaims(claims, rankVersion(rank).readAt),
  }
}

/** Whether claims are newer than those known; null: there are none. */
export function areNewer(claims: StoredClaims | null, known: StoredClaims | null): boolean {
  return claims !== null && claims.revision > (known?.revision ?? 0)
}

function newerClaims(known: StoredClaims | null, claims: StoredClaims | null): StoredClaims | null {
  return areNewer(claims, known) ? claims : known
}

/** Without pieces that stock read at this time includes. */
function unreadClaims(claims: StoredClaims, readAt: number): StoredClaims {
  const told = claims.told.filter(({ at }) => at >= readAt)
  return told.length === claims.told.length ? claims : { ...claims, told }
}

/** What readers see of claims: null if they take nothing. A piece that is acknowledged stays reserved: no change. */
export function visibleClaims(claims: StoredClaims | null): { reserved: string; held_until: number | null } | null {
  const { reserved, held } = claimsOf(claims)
  return reserved === 0n && !held ? null : { reserved: text8(reserved), held_until: claims?.held_until ?? null }
}
