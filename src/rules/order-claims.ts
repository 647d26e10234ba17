import { add, type Decimal8, decimal8, greatest, least, subtract, text8, ZERO8 } from '../events/decimal.ts'
import type { Order } from '../events/generated/events.ts'
import { componentsOf, groupLines } from './components.ts'
import {
  lastEnd,
  NO_HISTORY,
  newestRouted,
  type OrderHistory,
  ownOf,
  type SettledVersion,
  skusOf,
  toldOf,
  toldUpTo,
  totalOf,
  withEnd,
  withVersion,
} from './order-history.ts'
import { componentQuantities, vendorQuantity } from './quantities.ts'
import type { Told } from './stock-claims.ts'

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
  /** All of the above follows from it; a row of an earlier release has none. */
  readonly history?: OrderHistory
}

const NOTHING: OrderClaims = { rank: '', wanted: {}, told: {}, settled: null, history: NO_HISTORY }

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
  const wanted = Object.fromEntries([...quantities].map(([sku, quantity]) => [sku, text8(quantity)]))
  return after(known, withVersion(historyOf(known), { rank, wanted, held }))
}

/**
 * The claims after a delivery ended. The end may arrive before its version, or after a newer one: what is claimed is the
 * same in every order.
 */
export function settleClaims(before: OrderClaims | undefined, settled: SettledVersion): OrderClaims {
  const known = before ?? NOTHING
  return after(known, withEnd(historyOf(known), settled))
}

function after(known: OrderClaims, history: OrderHistory): OrderClaims {
  if (history === known.history) return known
  const { rank, wanted } = newestRouted(history) ?? NOTHING
  const gone = Object.fromEntries(skusOf(history).map((sku) => [sku, '0']))
  const told = skusOf(history).map((sku) => [sku, toldOf(history, sku).told] as const)
  return {
    rank,
    wanted: { ...known.wanted, ...gone, ...wanted },
    told: Object.fromEntries(told.filter(([, pieces]) => pieces.length > 0)),
    settled: lastEnd(history),
    history,
  }
}

/**
 * The history of an order. A process of an earlier release writes a row without one, or keeps one that it did not
 * continue: then it begins with the newest version.
 */
function historyOf({ rank, wanted, told, settled, history }: OrderClaims): OrderHistory {
  const last = history === undefined ? null : lastEnd(history)
  const isContinued = last?.rank === settled?.rank && last?.at === settled?.at && last?.end === settled?.end
  if (history !== undefined && isContinued && (newestRouted(history)?.rank ?? '') === rank) return history
  const begun =
    rank === '' ? NO_HISTORY : withVersion({ from: rank, told, versions: [] }, { rank, wanted, held: false })
  return settled === null ? begun : withEnd(begun, settled)
}

/**
 * What the order claims of a SKU. If a version on its way wants more pieces than another one before it that is on its
 * way too, the vendor may give these pieces back first: they count as not acknowledged.
 */
export function claimsOfSku(
  claims: OrderClaims,
  sku: string,
): { readonly open: string; readonly told: readonly Told[] } {
  const history = historyOf(claims)
  const newest = newestRouted(history)
  const { told, fewest } = toldOf(history, sku)
  const isOver = (newest?.ends.at(-1)?.end ?? 'told') !== 'told'
  if (newest === undefined || isOver) return { open: '0', told }
  const wanted = decimal8(ownOf(newest.wanted ?? {}, sku) ?? '0', 'wanted')
  const total = totalOf(told)
  const sure = fewest === null ? total : least(total, fewest)
  const back = greatest(subtract(least(total, wanted), sure), ZERO8)
  return { open: text8(greatest(subtract(wanted, sure), ZERO8)), told: toldUpTo(told, subtract(total, back), 0) }
}
