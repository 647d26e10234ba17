import { add, type Decimal8, greatest, least, subtract, sum, ZERO8 } from '../../events/decimal.ts'
import type { FulfilmentLine } from '../../events/generated/events.ts'
import { isVirtual, type LineQuantities, vendorQuantity } from '../../rules/quantities.ts'
import { skuKey } from '../kit/sku.ts'
import { requireText, textOf, type Wire, wiresOf } from '../kit/wire.ts'
import { parentOf, quantitiesOf } from './order-rows.ts'
import { rowType } from './row-type.ts'

/** Pieces by the id of a row. */
export type PiecesByRow = ReadonlyMap<string, Decimal8>

/** A shipment's lines with bundles shipped as a whole. */
export interface BundlePlan {
  /** Components that complete bundles are replaced by lines of the bundles. */
  readonly lines: readonly FulfilmentLine[]
  /** Components that wait for the rest of their bundle: the shop can't ship part of it. */
  readonly parts: readonly FulfilmentLine[]
}

/**
 * Plans what the shop can ship of a vendor's shipment. Pure. Components may arrive in several shipments of several
 * vendors: `noted` has the pieces of earlier shipments whose bundles were incomplete. `ours`: bundles that this
 * shipment has created already.
 */
export function planBundles(
  order: Wire,
  lines: readonly FulfilmentLine[],
  noted: PiecesByRow,
  ours: PiecesByRow,
): BundlePlan {
  const items = wiresOf(order['items'])
  const bundles = items.filter((item) => textOf(item['product_type']) === 'bundle')
  const given: BundlePlan = { lines: lines.map((line) => withPartId(line, items)), parts: [] }
  return bundles.reduce<BundlePlan>((plan, bundle) => withBundle(bundle, items, plan, { noted, ours }), given)
}

/** Vendors with files keep no line ids: their components are found by SKU, if no other row has it. */
function withPartId(line: FulfilmentLine, items: readonly Wire[]): FulfilmentLine {
  if (line.lineId !== null) return line
  const [part, ...others] = items.filter((item) => skuKey(item['sku']) === line.sku)
  const bundle = part && items.find((item) => textOf(item['item_id']) === parentOf(part))
  if (bundle === undefined || others.length > 0 || textOf(bundle['product_type']) !== 'bundle') return line
  return { ...line, lineId: textOf(part?.['item_id']) }
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
  // Bundles shipped otherwise have used the noted pieces first.
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

/** Pieces of a component in this many bundles. */
function perBundle(bundles: Decimal8, part: LineQuantities, whole: LineQuantities): Decimal8 {
  if (whole.quantityOrdered === 0n) return ZERO8
  return (((bundles as bigint) * part.quantityOrdered) / whole.quantityOrdered) as Decimal8
}

/**
 * How many bundles the pieces of their parts complete: limited by the scarcest part, or all if everything left of each
 * part is there. A part with nothing left, because it was refunded separately, is ignored.
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
 * What is left of a part. After shipping, its numbers do not show whether a refund came before or after it, so there
 * are two possible values.
 */
function leftOf(part: LineQuantities): readonly Decimal8[] {
  const sold = subtract(part.quantityOrdered, part.quantityCanceled)
  return [vendorQuantity(part), subtract(sold, part.quantityRefunded)]
}

const PIECE = 100_000_000n

/** A partly shipped bundle counts as a whole one. */
const roundedUp = (quantity: Decimal8): Decimal8 => (((quantity + PIECE - 1n) / PIECE) * PIECE) as Decimal8
const roundedDown = (quantity: Decimal8): Decimal8 => ((quantity / PIECE) * PIECE) as Decimal8

const notNegative = (quantity: Decimal8): Decimal8 => (quantity < 0n ? ZERO8 : quantity)

/** Total pieces per row. */
export function piecesByRow(items: readonly { readonly row: string; readonly quantity: Decimal8 }[]): PiecesByRow {
  const groups = Map.groupBy(items, ({ row }) => row)
  return new Map([...groups].map(([row, own]) => [row, sum(own.map(({ quantity }) => quantity))]))
}
