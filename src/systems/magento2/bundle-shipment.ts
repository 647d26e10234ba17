import { add, type Decimal8, greatest, least, subtract, sum, ZERO8 } from '../../events/decimal.ts'
import type { FulfilmentLine } from '../../events/generated/events.ts'
import { isVirtual, type LineQuantities, vendorQuantity } from '../../rules/quantities.ts'
import { skuKey } from '../kit/sku.ts'
import { requireText, textOf, type Wire, wiresOf } from '../kit/wire.ts'
import { parentOf, quantitiesOf } from './order-rows.ts'
import { rowType } from './row-type.ts'

/** Pieces by the id of a row. */
export type PiecesByRow = ReadonlyMap<string, Decimal8>

/** A shipment's lines, where bundles are shipped as a whole. */
export interface BundlePlan {
  /** Lines of components that make whole bundles are lines of these. */
  readonly lines: readonly FulfilmentLine[]
  /** Lines of components that wait for the others: the shop ships no part of the bundle. */
  readonly parts: readonly FulfilmentLine[]
}

/**
 * What of a vendor's shipment the shop can ship; pure. Components may come in several shipments, of several vendors: `noted` has
 * the pieces of those before, of which bundles were not whole. `ours`: bundles that this shipment made before.
 */
export function planBundles(
  order: Wire,
  lines: readonly FulfilmentLine[],
  noted: PiecesByRow,
  ours: PiecesByRow,
): BundlePlan {
  const items = wiresOf(order['items'])
  const bundles = items.filter((item) => textOf(item['product_type']) === 'bundle')
  const given: BundlePlan = { lines, parts: [] }
  return bundles.reduce<BundlePlan>((plan, bundle) => withBundle(bundle, items, plan, { noted, ours }), given)
}

interface Earlier {
  readonly noted: PiecesByRow
  readonly ours: PiecesByRow
}

function withBundle(bundle: Wire, items: readonly Wire[], plan: BundlePlan, { noted, ours }: Earlier): BundlePlan {
  const id = requireText(bundle, 'item_id', 'items.')
  const parts = items.filter((item) => parentOf(item) === id && !isVirtual({ productType: rowType(item) }))
  const own = plan.lines.filter(({ lineId }) => parts.some((part) => textOf(part['item_id']) === lineId))
  const [line] = own
  if (line === undefined) return plan
  const whole = quantitiesOf(bundle)
  // What is shipped in the shop by others is of the pieces that were noted.
  const gone = notNegative(subtract(whole.quantityShipped, ours.get(id) ?? ZERO8))
  const piecesOf = (part: Wire): Decimal8 => {
    const row = textOf(part['item_id']) ?? ''
    const before = notNegative(subtract(noted.get(row) ?? ZERO8, perBundle(gone, quantitiesOf(part), whole)))
    return add(before, sum(own.filter(({ lineId }) => lineId === row).map(({ quantity }) => quantity)))
  }
  const quantity = wholeBundles(whole, parts, piecesOf)
  const others = plan.lines.filter((one) => !own.includes(one))
  const made = quantity === ZERO8 ? [] : [{ ...line, lineId: id, sku: skuKey(bundle['sku']) ?? '', quantity }]
  const isUsed = parts.every((part) => piecesOf(part) <= perBundle(quantity, quantitiesOf(part), whole))
  return { lines: [...others, ...made], parts: isUsed ? plan.parts : [...plan.parts, ...own] }
}

/** Pieces of a component in so many bundles. */
function perBundle(bundles: Decimal8, part: LineQuantities, whole: LineQuantities): Decimal8 {
  if (whole.quantityOrdered === 0n) return ZERO8
  return (((bundles as bigint) * part.quantityOrdered) / whole.quantityOrdered) as Decimal8
}

/**
 * How many bundles so many pieces of its parts are: as many as there are of each, or all that is left of them. A part of which
 * nothing is left, since it was taken back alone, is in none.
 */
export function wholeBundles(
  whole: LineQuantities,
  parts: readonly Wire[],
  piecesOf: (part: Wire) => Decimal8,
): Decimal8 {
  const found = parts.map((part) => {
    const ordered = quantitiesOf(part)
    return { ordered, pieces: piecesOf(part), left: leftOf(ordered) }
  })
  const counted = found.filter(({ left, pieces }) => pieces > 0n || left.some((one) => one > 0n))
  const bundles = counted.map(({ ordered: { quantityOrdered: ofAll }, pieces }) =>
    ofAll === 0n ? ZERO8 : ((((pieces as bigint) * whole.quantityOrdered) / ofAll) as Decimal8),
  )
  const [first = ZERO8, ...others] = bundles
  const isAll = counted.every(({ left, pieces }) => left.includes(pieces))
  return isAll ? roundedUp(others.reduce(greatest, first)) : roundedDown(others.reduce(least, first))
}

/**
 * What is left of a part; once it is shipped, its numbers do not tell what was taken back before from what came back since: it
 * may be either.
 */
function leftOf(part: LineQuantities): readonly Decimal8[] {
  const sold = subtract(part.quantityOrdered, part.quantityCanceled)
  return [vendorQuantity(part), subtract(sold, part.quantityRefunded)]
}

const PIECE = 100_000_000n

/** A bundle of which a part goes, goes. */
const roundedUp = (quantity: Decimal8): Decimal8 => (((quantity + PIECE - 1n) / PIECE) * PIECE) as Decimal8
const roundedDown = (quantity: Decimal8): Decimal8 => ((quantity / PIECE) * PIECE) as Decimal8

const notNegative = (quantity: Decimal8): Decimal8 => (quantity < 0n ? ZERO8 : quantity)

/** So many pieces of each row. */
export function piecesByRow(items: readonly { readonly row: string; readonly quantity: Decimal8 }[]): PiecesByRow {
  const groups = Map.groupBy(items, ({ row }) => row)
  return new Map([...groups].map(([row, own]) => [row, sum(own.map(({ quantity }) => quantity))]))
}
