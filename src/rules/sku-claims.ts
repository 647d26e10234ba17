import { add, type Decimal8, decimal8, sum, text8, ZERO8 } from '../events/decimal.ts'
import type { StoredClaims, Told } from './stock-claims.ts'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

/** An order that no vendor acknowledged for so long claims nothing any more: it was reported as late long before. */
export const LONGEST_OPEN_MS = 30 * DAY_MS
/** How far the vendor's clock may be from ours, and how late its stock may include an order that it has accepted. */
const MARGIN_MS = 15 * MINUTE_MS
/** An acknowledged piece that no read of the SKU followed is part of the stock at the latest after this time. */
const LONGEST_TOLD_MS = DAY_MS
/** How often to check whether acknowledged pieces are part of the stock. */
const CHECK_MS = 15 * MINUTE_MS
/** Most times of acknowledgements that a row has; a row of thousands would not fit into an item. */
const MOST_TIMES = 500
/** Milliseconds that times are rounded up to if there are more; by the last, a day (LONGEST_TOLD_MS) has 144. */
const TIME_STEPS = [1, 1_000, 10_000, MINUTE_MS, 10 * MINUTE_MS]

/** What one order claims of a SKU. Decimals as text. */
export interface OrderClaim {
  readonly open: string
  readonly told: readonly Told[]
  /** Milliseconds: when its newest version was routed. */
  readonly since: number
}

/** What all orders claim of a vendor's SKU. */
export interface SkuClaims {
  /** By connection and order. */
  readonly orders: Readonly<Record<string, OrderClaim>>
  /** Milliseconds: nothing is sold until then, after an oversell; null: nothing is held. */
  readonly heldUntil: number | null
  /** Milliseconds: since when more was sold than the vendor has; null: no more was. */
  readonly oversoldSince: number | null
  /**
   * Milliseconds: pieces that were acknowledged before it are part of the rows, as a complete read has shown. Missing:
   * no piece was by one. It is remembered because an order that changes later brings all its pieces again.
   */
  readonly includedUntil?: number
}

export const NO_SKU_CLAIMS: SkuClaims = { orders: {}, heldUntil: null, oversoldSince: null }

/** Up to when stock was read, in milliseconds. Null: unknown. */
export interface StockRead {
  /** The levels of the SKU that every connection has, of the connection whose levels are the oldest. */
  readonly sku: number | null
  /** The vendor's stock in full: every change before it was read, and is in all rows of the SKU. */
  readonly all: number | null
  /** What the vendor has available of the SKU, without orders that it has not acknowledged; null: not in the feed. */
  readonly available: Decimal8 | null
}

/**
 * The claims without what is over: pieces that the stock includes by now, holds that ended, and orders that are too old.
 * Stock of a SKU whose levels did not change is not read again, so a complete read counts too, some time later.
 */
export function currentClaims(known: SkuClaims, read: StockRead, now: number): SkuClaims {
  const { orders, heldUntil, oversoldSince } = known
  const included = includedUntil(known, read)
  const isOver = ({ at }: Told) => at < Math.max(read.sku ?? 0, included ?? 0, now - LONGEST_TOLD_MS)
  const left = Object.entries(orders).flatMap(([order, { open, told, since }]) => {
    const claim = {
      open: since < now - LONGEST_OPEN_MS ? '0' : open,
      told: told.filter((piece) => !isOver(piece)),
      since,
    }
    return claim.open === '0' && claim.told.length === 0 ? [] : [[order, claim] as const]
  })
  const until = heldUntil !== null && heldUntil > now ? heldUntil : null
  const open = openOf(left.map(([, claim]) => claim))
  const isOversold = until !== null || (read.available !== null && open > read.available)
  return {
    orders: Object.fromEntries(left.toSorted(([a], [b]) => (a < b ? -1 : 1))),
    heldUntil: until,
    oversoldSince: isOversold ? (oversoldSince ?? now) : null,
    ...(included === undefined ? {} : { includedUntil: included }),
  }
}

/** Moves only if a piece is over by it: otherwise each check would change the claims. */
function includedUntil({ orders, includedUntil: known }: SkuClaims, { all }: StockRead): number | undefined {
  const next = (all ?? 0) - MARGIN_MS
  const pieces = Object.values(orders).flatMap(({ told }) => told)
  return pieces.some(({ at }) => at >= (known ?? 0) && at < next) ? next : known
}

const openOf = (claims: readonly OrderClaim[]): Decimal8 => sum(claims.map(({ open }) => decimal8(open, 'open')))

/** When the claims may change although nothing happens, in milliseconds; null: never. */
export function claimsDueAt({ orders, heldUntil, oversoldSince }: SkuClaims, now: number): number | null {
  const claims = Object.values(orders)
  const times = [
    ...(heldUntil === null ? [] : [heldUntil]),
    // Stock that arrives ends it, and does not come by here.
    ...(oversoldSince !== null && heldUntil === null ? [now + MINUTE_MS] : []),
    ...(claims.some(({ told }) => told.length > 0) ? [now + CHECK_MS] : []),
    ...claims.flatMap(({ open, since }) => (open === '0' ? [] : [since + LONGEST_OPEN_MS + 1])),
  ]
  return times.length === 0 ? null : Math.min(...times)
}

/**
 * When to look whether the feed has got the SKU's row of a connection that has none, in milliseconds; null: the row would
 * have nothing of it. Mostly it is about to come; a connection that does not own the SKU never has one.
 */
export function missingDueAt({ orders, heldUntil }: SkuClaims, now: number): number | null {
  const claims = Object.values(orders)
  if (claims.length === 0 && heldUntil === null) return null
  const last = Math.max(0, ...claims.flatMap(({ since, told }) => [since, ...told.map(({ at }) => at)]))
  const age = claims.length === 0 ? 0 : now - last
  return now + Math.min(Math.max(age, MINUTE_MS), CHECK_MS)
}

/** The claims of all orders together, as rows of the feed have them. */
export function storedClaimsOf({ orders, heldUntil }: SkuClaims, revision: number): StoredClaims {
  const claims = Object.values(orders)
  return {
    revision,
    open: text8(openOf(claims)),
    told: byTime(claims.flatMap(({ told }) => told)),
    held_until: heldUntil,
  }
}

/** Pieces by the time of their acknowledgement. Of very many, times are rounded up: a piece stays reserved a little longer. */
function byTime(told: readonly Told[]): readonly Told[] {
  const pieces = told.map(({ at, quantity }) => ({ at, quantity: decimal8(quantity, 'told') }))
  let sums = new Map<number, Decimal8>()
  for (const step of TIME_STEPS) {
    sums = new Map()
    for (const { at, quantity } of pieces) {
      const rounded = Math.ceil(at / step) * step
      sums.set(rounded, add(sums.get(rounded) ?? ZERO8, quantity))
    }
    if (sums.size <= MOST_TIMES) break
  }
  return [...sums].toSorted(([a], [b]) => a - b).map(([at, quantity]) => ({ at, quantity: text8(quantity) }))
}
