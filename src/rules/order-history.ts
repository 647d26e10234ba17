import { type Decimal8, decimal8, least, subtract, sum, text8, ZERO8 } from '../events/decimal.ts'
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

interface OrderVersion {
  readonly rank: string
  /** Pieces by SKU, decimals as text; null: only ends of its delivery are known yet. */
  readonly wanted: Readonly<Record<string, string>> | null
  /** The vendor is told to wait; missing: it is not. */
  readonly held?: boolean
  /** Oldest first. A version that is sent again has several. */
  readonly ends: readonly Omit<SettledVersion, 'rank'>[]
}

/**
 * The versions of an order at its vendor, and how their deliveries ended. Reports of deliveries come in any order and
 * more than once: the history is the same all the same, and so is what follows from it.
 */
export interface OrderHistory {
  /** What is older was left out. */
  readonly from: string
  /** By SKU: pieces that were acknowledged by what was left out. */
  readonly told: Readonly<Record<string, readonly Told[]>>
  /** Oldest first. */
  readonly versions: readonly OrderVersion[]
}

export const NO_HISTORY: OrderHistory = { from: '', told: {}, versions: [] }

/** Reports of more versions than this at once are not under way. */
const MOST_VERSIONS = 16

/** A version that was routed to its vendor. */
interface NewVersion {
  readonly rank: string
  readonly wanted: Readonly<Record<string, string>>
  readonly held: boolean
}

/** The history with a version. The same again changes nothing; with other quantities it begins anew. */
export function withVersion(history: OrderHistory, { rank, wanted, held }: NewVersion): OrderHistory {
  const own = history.versions.find((one) => one.rank === rank)
  if (rank < history.from) return history
  const version = { rank, wanted, ...(held ? { held } : {}) }
  if (own?.wanted == null) return withOne(history, { ...version, ends: own?.ends ?? [] })
  if (isSame(own.wanted, wanted) && held === (own.held ?? false)) return history
  return { from: rank, told: allTold(history), versions: [{ ...version, ends: [] }] }
}

/** The history with the end of a delivery. */
export function withEnd(history: OrderHistory, { rank, end, at }: SettledVersion): OrderHistory {
  if (rank < history.from) return history
  const own = history.versions.find((one) => one.rank === rank) ?? { rank, wanted: null, ends: [] }
  if (own.ends.some((one) => one.end === end && one.at === at)) return history
  const ends = [...own.ends, { end, at }].toSorted((a, b) => a.at - b.at || (a.end < b.end ? -1 : 1))
  // Of equal ones in a row the first says since when, and the last that nothing else came later.
  const told = ends.filter((one, index) => one.end !== ends[index - 1]?.end || one.end !== ends[index + 1]?.end)
  return told.length === own.ends.length && told.every((one, index) => one.at === own.ends[index]?.at)
    ? history
    : withOne(history, { ...own, ends: told })
}

function withOne({ from, told, versions }: OrderHistory, one: OrderVersion): OrderHistory {
  const all = [...versions.filter(({ rank }) => rank !== one.rank), one].toSorted((a, b) => (a.rank < b.rank ? -1 : 1))
  const [oldest, ...others] = all
  if (oldest === undefined || all.length <= MOST_VERSIONS) return { from, told, versions: all }
  return { from: others[0]?.rank ?? from, told: allTold({ from, told, versions: [oldest] }), versions: others }
}

/** The newest version that was routed to the vendor. */
export function newestRouted({ versions }: OrderHistory): OrderVersion | undefined {
  return versions.findLast(({ wanted }) => wanted !== null)
}

/** The last end of the newest version that has one. */
export function lastEnd({ versions }: OrderHistory): SettledVersion | null {
  const version = versions.findLast(({ ends }) => ends.length > 0)
  const end = version?.ends.at(-1)
  return version === undefined || end === undefined ? null : { rank: version.rank, ...end }
}

/** Every SKU of the history. */
export function skusOf({ told, versions }: OrderHistory): readonly string[] {
  return [...new Set([...Object.keys(told), ...versions.flatMap(({ wanted }) => Object.keys(wanted ?? {}))])]
}

/**
 * The pieces that the vendor acknowledged. `fewest`: a version that it may have had since wants no more; null: there is
 * none. A version without an acknowledgement may have been there before the next one: pieces that it lacks count from
 * that one.
 */
export function toldOf(
  history: OrderHistory,
  sku: string,
): { readonly told: readonly Told[]; readonly fewest: Decimal8 | null } {
  const newest = newestRouted(history)
  let told = ownOf(history.told, sku) ?? []
  let fewest: Decimal8 | null = null
  for (const version of history.versions) {
    if (version.wanted === null) continue
    const hold = holdOf(version)
    if (hold === 'told') told = []
    if (hold !== null) fewest = hold === 'told' ? null : ZERO8
    if (hold !== null) continue
    const wanted = decimal8(ownOf(version.wanted, sku) ?? '0', 'wanted')
    const accepted = version.ends.filter(({ end }) => end !== 'failed')
    if (accepted.length === 0) {
      if (version !== newest) fewest = least(fewest ?? wanted, wanted)
      continue
    }
    if (fewest !== null) told = toldUpTo(told, least(fewest, totalOf(told)), 0)
    for (const { end, at } of accepted) told = toldUpTo(told, end === 'canceled' ? ZERO8 : wanted, at)
    fewest = null
  }
  return { told, fewest }
}

/**
 * Whether a version puts the order on hold: a vendor's stock does not include such an order, nor what it had of it before.
 * `open`: the vendor may have it so by now.
 */
function holdOf({ held = false, ends }: OrderVersion): 'told' | 'open' | null {
  const end = ends.at(-1)?.end
  if (!held || (end !== undefined && end !== 'told')) return null
  return end === undefined ? 'open' : 'told'
}

function allTold(history: OrderHistory): OrderHistory['told'] {
  const told = skusOf(history).map((sku) => [sku, toldOf(history, sku).told] as const)
  return Object.fromEntries(told.filter(([, pieces]) => pieces.length > 0))
}

/** Adds what the vendor was told now, or takes back the newest pieces. */
export function toldUpTo(pieces: readonly Told[], quantity: Decimal8, at: number): readonly Told[] {
  const more = subtract(quantity, totalOf(pieces))
  if (more > 0n) return [...pieces, { at, quantity: text8(more) }]
  let left = quantity
  return pieces.flatMap((piece) => {
    const kept = least(decimal8(piece.quantity, 'told'), left)
    left = subtract(left, kept)
    return kept > 0n ? [{ ...piece, quantity: text8(kept) }] : []
  })
}

export function totalOf(pieces: readonly Told[]): Decimal8 {
  return sum(pieces.map(({ quantity }) => decimal8(quantity, 'told')))
}

/** A SKU may be called like a property that every object has. */
export function ownOf<T>(bySku: Readonly<Record<string, T>>, sku: string): T | undefined {
  return Object.hasOwn(bySku, sku) ? bySku[sku] : undefined
}

function isSame(one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>): boolean {
  return [...Object.keys(one), ...Object.keys(other)].every((sku) => {
    return (ownOf(one, sku) ?? '0') === (ownOf(other, sku) ?? '0')
  })
}
