import { StreamError } from '../../errors.ts'
import { add, type Decimal8, greatest, least, subtract, sum, text8, ZERO8 } from '../../events/decimal.ts'
import type { Fulfilment, FulfilmentLine } from '../../events/generated/events.ts'
import { isVirtual, type LineQuantities, openQuantity, vendorQuantity } from '../../rules/quantities.ts'
import { quantityOf, requireText, textOf, type Wire, wireOf, wiresOf } from '../kit/wire.ts'
import { rowType } from './row-type.ts'
import { DEFAULT_SOURCE } from './stock.ts'

/** A piece of a shipment: so many of one row of the order, out of one source (null: the shop's default one). */
export interface ShipmentItem {
  readonly row: string
  readonly quantity: Decimal8
  readonly source: string | null
}

/** A row of the order that is shipped by itself: none that is part of another. */
interface Row {
  readonly id: string
  readonly sku: string
  readonly quantities: LineQuantities
}

/**
 * What the shop has still to ship of a vendor's shipment; pure. `ours`: the shipments made of it before, which count.
 * Lines go by the shop's line id where the ERP kept it, else by SKU over the rows in their order; a configurable's variant
 * goes by its parent's row, a bundle as a whole: also where the vendor keeps its components and ships them all. A virtual row
 * is never shipped. Throws `target_rejected` for what the order does not have (open) and
 * `target_conflict` when the shop has shipped more of it than the vendor says: a shipment can't be taken back.
 */
export function missingItems(
  order: Wire,
  { lines }: Pick<Fulfilment, 'lines'>,
  sourceOf: (location: string | null) => string | null,
  ours: readonly Wire[],
): readonly ShipmentItem[] {
  const shipped = ours.flatMap((shipment) => itemsOf(shipment))
  const shippable = withWholeBundles(order, lines).filter((line) => !isOfVirtualRow(order, line))
  const wanted = allocate(order, shippable, sourceOf, shipped)
  const rest = shipped.reduce<ShipmentItem[]>((left, item) => without(left, item, order), wanted)
  return rest.filter(({ quantity }) => quantity > 0n)
}

/** Lines of components that make whole bundles, as lines of these. What makes none whole stays as it is. */
function withWholeBundles(order: Wire, lines: readonly FulfilmentLine[]): readonly FulfilmentLine[] {
  const items = wiresOf(order['items'])
  return items
    .filter((item) => textOf(item['product_type']) === 'bundle')
    .reduce((left, bundle) => withBundle(bundle, items, left), lines)
}

function withBundle(bundle: Wire, items: readonly Wire[], lines: readonly FulfilmentLine[]): readonly FulfilmentLine[] {
  const id = requireText(bundle, 'item_id', 'items.')
  const parts = items.filter((item) => parentOf(item) === id && !isVirtual({ productType: rowType(item) }))
  const own = lines.filter(({ lineId }) => parts.some((part) => textOf(part['item_id']) === lineId))
  const [line] = own
  if (line === undefined) return lines
  const piecesOf = (part: Wire) =>
    sum(own.filter(({ lineId }) => lineId === textOf(part['item_id'])).map(({ quantity }) => quantity))
  const quantity = wholeBundles(bundle, parts, piecesOf)
  if (quantity === ZERO8) return lines
  const whole = { ...line, lineId: id, sku: textOf(bundle['sku']) ?? '', quantity }
  return [...lines.filter((one) => !own.includes(one)), whole]
}

/**
 * How many bundles so many pieces of its parts are: as many of each, or all that is left of them. A part of which nothing is
 * left, since it was taken back alone, is in none.
 */
function wholeBundles(bundle: Wire, parts: readonly Wire[], piecesOf: (part: Wire) => Decimal8): Decimal8 {
  const whole = quantitiesOf(bundle)
  const found = parts.map((part) => {
    const ordered = quantitiesOf(part)
    return { ordered, pieces: piecesOf(part), left: leftOf(ordered) }
  })
  const counted = found.filter(({ left, pieces }) => pieces > 0n || left.some((one) => one > 0n))
  const bundles = counted.map(({ ordered: { quantityOrdered: ofAll }, pieces }) =>
    ofAll === 0n ? ZERO8 : ((((pieces as bigint) * whole.quantityOrdered) / ofAll) as Decimal8),
  )
  const [first = ZERO8, ...others] = bundles
  if (others.every((one) => one === first)) return first
  const isAll = counted.every(({ left, pieces }) => left.includes(pieces))
  return isAll ? wholePieces(others.reduce(greatest, first)) : ZERO8
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

/** Rounded up: a bundle of which a part goes, goes. */
const wholePieces = (quantity: Decimal8): Decimal8 => (((quantity + PIECE - 1n) / PIECE) * PIECE) as Decimal8

function isOfVirtualRow(order: Wire, { lineId, sku }: FulfilmentLine): boolean {
  const items = wiresOf(order['items'])
  const named = items.filter((item) => lineId !== null && textOf(item['item_id']) === lineId)
  const meant = named.length > 0 ? named : items.filter((item) => textOf(item['sku']) === sku)
  return meant.length > 0 && meant.every((item) => isVirtual({ productType: rowType(item) }))
}

function allocate(
  order: Wire,
  lines: readonly FulfilmentLine[],
  sourceOf: (location: string | null) => string | null,
  shipped: readonly ShipmentItem[],
): ShipmentItem[] {
  const before = (row: string) => sum(shipped.filter((item) => item.row === row).map(({ quantity }) => quantity))
  const rows = rowsOf(order)
  const left = new Map(rows.map(({ id, quantities }) => [id, openBefore(quantities, before(id))]))
  return lines.flatMap((line, index) => {
    let rest = line.quantity
    const taken: ShipmentItem[] = []
    for (const { id } of candidates(order, rows, line)) {
      const room = left.get(id) ?? ZERO8
      const quantity = least(rest, room)
      if (quantity <= 0n) continue
      left.set(id, subtract(room, quantity))
      rest = subtract(rest, quantity)
      taken.push({ row: id, quantity, source: sourceOf(line.location) })
    }
    if (rest > 0n) throw tooManyPiecesError(order, line, rest, index)
    return taken
  })
}

/** Takes what was shipped off what is wanted, of its own source first. */
function without(wanted: readonly ShipmentItem[], shipped: ShipmentItem, order: Wire): ShipmentItem[] {
  let rest = shipped.quantity
  const take = (items: readonly ShipmentItem[], fits: (item: ShipmentItem) => boolean) =>
    items.map((item) => {
      if (item.row !== shipped.row || !fits(item)) return item
      const quantity = least(rest, item.quantity)
      rest = subtract(rest, quantity)
      return { ...item, quantity: subtract(item.quantity, quantity) }
    })
  const left = take(
    take(wanted, ({ source }) => (source ?? DEFAULT_SOURCE) === (shipped.source ?? DEFAULT_SOURCE)),
    () => true,
  )
  if (rest === 0n) return left
  const message =
    `order ${textOf(order['increment_id'])}: the shop has shipped ${text8(rest)} more of row ${shipped.row} than the vendor's ` +
    'shipment has now; correct it there by hand (a credit memo, or a new order)'
  throw new StreamError('target_conflict', message, { field: 'lines', details: { row: shipped.row } })
}

function itemsOf(shipment: Wire): ShipmentItem[] {
  const source = textOf(wireOf(shipment['extension_attributes'])['source_code'])
  return wiresOf(shipment['items']).map((item) => ({
    row: requireText(item, 'order_item_id', 'shipments.items.'),
    quantity: quantityOf(item, 'qty', 'shipments.items.') ?? ZERO8,
    source,
  }))
}

function rowsOf(order: Wire): Row[] {
  return wiresOf(order['items'])
    .filter((item) => parentOf(item) === null)
    .map((item) => {
      return {
        id: requireText(item, 'item_id', 'items.'),
        sku: textOf(item['sku']) ?? '',
        quantities: quantitiesOf(item),
      }
    })
}

function quantitiesOf(item: Wire): LineQuantities {
  const quantity = (name: string) => quantityOf(item, name, 'items.') ?? ZERO8
  return {
    productType: rowType(item),
    quantityOrdered: quantity('qty_ordered'),
    quantityCanceled: quantity('qty_canceled'),
    quantityShipped: quantity('qty_shipped'),
    quantityRefunded: quantity('qty_refunded'),
  }
}

/** What was open of a row before so many of its pieces were shipped; that they came back since changes nothing of it. */
function openBefore(quantities: LineQuantities, shipped: Decimal8): Decimal8 {
  return add(shipped, openQuantity(quantities))
}

/** Id of the row that a row is a part of. */
export function parentOf(item: Wire): string | null {
  return textOf(item['parent_item_id']) ?? textOf(wireOf(item['parent_item'])['item_id'])
}

/** The rows a line may be of. An order that was edited in the shop has new rows: then the SKU decides. */
function candidates(order: Wire, rows: readonly Row[], { lineId, sku }: FulfilmentLine): readonly Row[] {
  const named = wiresOf(order['items']).find((item) => lineId !== null && textOf(item['item_id']) === lineId)
  if (named === undefined) return rows.filter((row) => row.sku === sku)
  const parent = wiresOf(order['items']).find((item) => textOf(item['item_id']) === parentOf(named))
  // A part of a bundle says nothing of how many bundles are complete.
  if (parent !== undefined && textOf(parent['product_type']) === 'bundle') return []
  const id = textOf((parent ?? named)['item_id'])
  return rows.filter((row) => row.id === id)
}

function tooManyPiecesError(order: Wire, { sku }: FulfilmentLine, rest: Decimal8, index: number): StreamError {
  const message =
    `order ${textOf(order['increment_id'])} (${textOf(order['state'])}) has no row with ${text8(rest)} more of ${sku} to ship: ` +
    'it was shipped, canceled or refunded in the shop already, is a part of a bundle, or another SKU; settle it there by hand'
  return new StreamError('target_rejected', message, { field: `lines[${index}].quantity`, details: { sku } })
}
