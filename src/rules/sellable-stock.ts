import type { SellableStock, StockBuffer } from '../configuration/model.ts'
import { type Decimal8, decimal8, least, subtract, sum, ZERO8 } from '../events/decimal.ts'
import type { UniversalInventory } from '../events/generated/events.ts'
import { sellable } from '../events/stock.ts'
import { compilePattern } from './pattern.ts'

/** What a vendor has of a SKU at one of its locations. */
export interface LocationLevel {
  readonly location: string
  readonly onHand: Decimal8
  readonly available: Decimal8
}

/** What reduces the stock of a SKU besides the connection's policy. */
export interface StockClaims {
  /** Pieces of orders that the vendor's stock does not include yet. */
  readonly reserved: Decimal8
  /** True: nothing is sold for some time, because the vendor canceled an order for lack of stock. */
  readonly held: boolean
}

const NO_CLAIMS: StockClaims = { reserved: ZERO8, held: false }

/** Why nothing may be sold. */
export const unsellableReasons = ['no_stock', 'oversold', 'reserved', 'buffer'] as const
export type UnsellableReason = (typeof unsellableReasons)[number]

/** The stock that may be sold, and the parts of the sum. */
export interface Sellable {
  readonly sellable: Decimal8
  /** Of the locations that count. */
  readonly onHand: Decimal8
  /** What the vendor's system has available there; a shortage at a location counts as zero. */
  readonly available: Decimal8
  /** Those of the locations that have less than nothing available, as read. */
  readonly shortages: readonly LocationLevel[]
  readonly reserved: Decimal8
  readonly buffer: Decimal8
  /** Names of the locations that count. */
  readonly counted: readonly string[]
  /** Every location in the given order; what may be sold of each adds up to `sellable`. */
  readonly locations: readonly LocationLevel[]
  /** Null: something may be sold. */
  readonly reason: UnsellableReason | null
}

/**
 * What may be sold of a SKU: what its locations have, less reserved pieces, less the buffer, never negative. With
 * `priority` a single location counts: the first one with something left after all deductions, wherever the vendor
 * takes the reserved pieces from.
 */
export function sellableStock(
  sku: string,
  levels: readonly LocationLevel[],
  policy: SellableStock,
  claims: StockClaims = NO_CLAIMS,
): Sellable {
  const rule = bufferOf(sku, policy)
  const counted = countedLevels(levels, policy)
  const choices = policy.locations?.policy === 'priority' ? counted.map((level) => [level]) : [counted]
  const sums = choices.map((own) => sumOf(own, rule, claims))
  const best = sums.find((one) => one.sellable > 0n) ?? sums.find((one) => one.available > 0n) ?? sums[0]
  const found = best ?? sumOf([], rule, claims)
  return { ...found, locations: shared(levels, found) }
}

/** A vendor's stock as a shop gets it: each level is what may be sold there. */
export function sellableInventory(
  data: UniversalInventory,
  policy: SellableStock,
  claims: StockClaims = NO_CLAIMS,
): UniversalInventory {
  const { sellable: total, locations, reason } = sellableStock(data.sku, data.locations, policy, claims)
  return { ...data, total, inStock: data.inStock && reason === null, locations }
}

/** The levels that count, in the order of the policy. */
function countedLevels(levels: readonly LocationLevel[], { locations }: SellableStock): readonly LocationLevel[] {
  if (locations === undefined || locations.policy === 'sum') return levels
  return (locations.names ?? []).flatMap((name) => levels.filter(({ location }) => location === name))
}

function sumOf(levels: readonly LocationLevel[], rule: StockBuffer, { reserved, held }: StockClaims) {
  const available = sum(levels.map((level) => sellable(level.available)))
  const buffer = piecesOf(rule, available)
  const left = sellable(subtract(subtract(available, reserved), buffer))
  const most = held ? ZERO8 : left
  return {
    sellable: most,
    onHand: sum(levels.map(({ onHand }) => onHand)),
    available,
    shortages: levels.filter((level) => level.available < ZERO8),
    reserved,
    buffer,
    counted: levels.map(({ location }) => location),
    reason: most > 0n ? null : reasonOf(available, reserved, held),
  }
}

function reasonOf(available: Decimal8, reserved: Decimal8, held: boolean): UnsellableReason {
  if (held) return 'oversold'
  if (available === 0n) return 'no_stock'
  return available <= reserved ? 'reserved' : 'buffer'
}

/** The first rule whose pattern matches the SKU, or the buffer of all others. */
function bufferOf(sku: string, { buffer = {} }: SellableStock): StockBuffer {
  return buffer.skus?.find(({ match }) => matches(match, sku)) ?? buffer
}

/** A SKU that is too long for the pattern counts as matching: rather too little is sold than too much. */
function matches(pattern: string, sku: string): boolean {
  try {
    return compilePattern(pattern).test(sku)
  } catch {
    return true
  }
}

const PIECE = decimal8(1, 'piece')

/** Pieces of a buffer; a percentage is rounded up to whole pieces. */
function piecesOf({ fixed, percent }: StockBuffer, available: Decimal8): Decimal8 {
  if (percent === undefined) return decimal8(fixed ?? 0, 'buffer')
  const pieces = ((available as bigint) * BigInt(percent) + 100n * PIECE - 1n) / (100n * PIECE)
  return (pieces * PIECE) as Decimal8
}

/** Gives what may be sold to the counted locations in their order, to each at most what it has. */
function shared(
  levels: readonly LocationLevel[],
  { sellable: most, counted }: Pick<Sellable, 'sellable' | 'counted'>,
): readonly LocationLevel[] {
  let rest = most
  const shares = new Map<LocationLevel, Decimal8>()
  for (const level of counted.flatMap((name) => levels.filter(({ location }) => location === name))) {
    if (shares.has(level)) continue
    const own = least(sellable(level.available), rest)
    shares.set(level, own)
    rest = subtract(rest, own)
  }
  return levels.map((level) => ({ ...level, available: shares.get(level) ?? ZERO8 }))
}
