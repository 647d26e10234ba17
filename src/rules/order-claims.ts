import { add, type Decimal8, decimal8, greatest, least, subtract, sum, text8, ZERO8 } from '../events/decimal.ts'
import type { Order } from '../events/generated/events.ts'
import { componentsOf, groupLines } from './components.ts'
import { componentQuantities, vendorQuantity } from './quantities.ts'
import type { Told } from './stock-claims.ts'

/**
 * How the delivery of a version ended: the vendor has it; the vendor has it as canceled; or it was not accepted, so
 * that the vendor has an earlier version or nothing.
 */
export type DeliveryEnd = 'told' | 'canceled' | 'failed'

/** The end of a version's delivery. */
export interface SettledVersion {
  /** Version, as `versionRank` makes it. */
  readonly rank: string
  readonly end: DeliveryEnd
  /** Milliseconds. */
  readonly at: number
}

/** What a vendor's part of an order claims of its stock. Decimals as text. */
export interface OrderClaims {
  /** Newest version, whatever its mapping; '': only the end of a delivery is known yet. */
  readonly rank: string
  /** By SKU; a SKU that left the order stays with 0. */
  readonly wanted: Readonly<Record<string, string>>
  /** By SKU: pieces that the vendor acknowledged. */
  readonly told: Readonly<Record<string, readonly Told[]>>
  /** The newest end of a delivery. */
  readonly settled: SettledVersion | null
  /** Whether the newest version puts the order on hold: a vendor's stock does not include such an order. */
  readonly held?: boolean
}

const NOTHING: OrderClaims = { rank: '', wanted: {}, told: {}, settled: null }

/**
 * Pieces by SKU that a vendor has to deliver of an order. A bundle counts by its own SKU and by its components: the
 * vendor has stock of one of the two.
 */
export function claimedQuantities(order: Pick<Order, 'lines'>): ReadonlyMap<string, Decimal8> {
  const found = new Map<string, Decimal8>()
  const claim = (sku: string, quantity: Decimal8) => {
    const key = sku.trim()
    if (key !== '') found.set(key, add(found.get(key) ?? ZERO8, quantity))
  }
  for (const group of groupLines(order.lines)) {
    const { root } = group
    claim(root.sku, vendorQuantity(root))
    for (const line of componentsOf(group)) {
      if (line.sku.trim() !== root.sku.trim()) claim(line.sku, vendorQuantity(componentQuantities(root, line)))
    }
  }
  return found
}

/** A version of an order that is routed to its vendor. */
export interface RoutedVersion {
  /** As `versionRank` makes it. */
  readonly rank: string
  readonly quantities: ReadonlyMap<string, Decimal8>
  /** The vendor is told to wait. */
  readonly held: boolean
}

/**
 * The claims after a version of the order was routed to its vendor. An older version changes nothing (Guarantee 4); the
 * same version with other quantities, by a changed mapping, is to be delivered again.
 */
export function routeClaims(before: OrderClaims | undefined, { rank, quantities, held }: RoutedVersion): OrderClaims {
  const known = before ?? NOTHING
  if (rank < known.rank) return known
  const gone = Object.fromEntries(Object.keys(known.wanted).map((sku) => [sku, '0']))
  const asked = Object.fromEntries([...quantities].map(([sku, quantity]) => [sku, text8(quantity)]))
  const wanted: OrderClaims['wanted'] = { ...gone, ...asked }
  // What the vendor was told before a hold is not part of its stock any more.
  if (rank > known.rank) return settle({ ...known, rank, wanted, held, told: isOnHold(known) ? {} : known.told })
  const isSame =
    held === (known.held ?? false) &&
    Object.entries(wanted).every(([sku, quantity]) => ownOf(known.wanted, sku) === quantity)
  return isSame ? known : { ...known, wanted, held, settled: null }
}

/** Whether the vendor has the order on hold, or may have it so by now. */
function isOnHold({ held = false, settled, rank }: OrderClaims): boolean {
  return held && (settled?.rank !== rank || settled.end === 'told')
}

/**
 * The claims after a delivery ended. The end may arrive before its version: it counts once that arrives. The end of an
 * older version changes nothing: the newer one is still on its way.
 */
export function settleClaims(before: OrderClaims | undefined, settled: SettledVersion): OrderClaims {
  const known = before ?? NOTHING
  const last = known.settled
  if (last !== null && (settled.rank < last.rank || (settled.rank === last.rank && settled.at <= last.at))) return known
  return settle({ ...known, settled })
}

function settle(claims: OrderClaims): OrderClaims {
  const { settled, rank } = claims
  if (settled === null || settled.rank !== rank || settled.end === 'failed' || isOnHold(claims)) return claims
  const told = Object.entries(claims.wanted).map(([sku, wanted]) => {
    const quantity = settled.end === 'canceled' ? ZERO8 : decimal8(wanted, 'wanted')
    return [sku, toldUpTo(ownOf(claims.told, sku) ?? [], quantity, settled.at)] as const
  })
  return { ...claims, told: Object.fromEntries(told.filter(([, pieces]) => pieces.length > 0)) }
}

/** Adds what the vendor was told now, or takes back the newest pieces. */
function toldUpTo(pieces: readonly Told[], quantity: Decimal8, at: number): readonly Told[] {
  const more = subtract(quantity, totalOf(pieces))
  if (more > 0n) return [...pieces, { at, quantity: text8(more) }]
  let left = quantity
  return pieces.flatMap((piece) => {
    const kept = least(decimal8(piece.quantity, 'told'), left)
    left = subtract(left, kept)
    return kept > 0n ? [{ ...piece, quantity: text8(kept) }] : []
  })
}

const totalOf = (pieces: readonly Told[]): Decimal8 => sum(pieces.map(({ quantity }) => decimal8(quantity, 'told')))

/** What the order claims of a SKU. */
export function claimsOfSku(
  claims: OrderClaims,
  sku: string,
): { readonly open: string; readonly told: readonly Told[] } {
  if (isOnHold(claims)) return { open: ownOf(claims.wanted, sku) ?? '0', told: [] }
  const told = ownOf(claims.told, sku) ?? []
  const { settled, rank } = claims
  if (settled?.rank === rank && settled.end !== 'told') return { open: '0', told }
  const wanted = decimal8(ownOf(claims.wanted, sku) ?? '0', 'wanted')
  return { open: text8(greatest(subtract(wanted, totalOf(told)), ZERO8)), told }
}

/** A SKU may be called like a property that every object has. */
function ownOf<T>(bySku: Readonly<Record<string, T>>, sku: string): T | undefined {
  return Object.hasOwn(bySku, sku) ? bySku[sku] : undefined
}
