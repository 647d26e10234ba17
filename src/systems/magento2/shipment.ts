import { StreamError } from '../../errors.ts'
import { add, type Decimal8, least, subtract, sum, text8, ZERO8 } from '../../events/decimal.ts'
import type { Fulfilment, FulfilmentLine } from '../../events/generated/events.ts'
import { isVirtual, type LineQuantities, openQuantity } from '../../rules/quantities.ts'
import { skuKey } from '../kit/sku.ts'
import { quantityOf, requireText, textOf, type Wire, wireOf, wiresOf } from '../kit/wire.ts'
import { planBundles } from './bundle-shipment.ts'
import { parentOf, quantitiesOf } from './order-rows.ts'
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
  const shipped = ours.flatMap((shipment) => shippedItems(shipment))
  const { lines: whole, parts } = planBundles(order, lines, new Map(), new Map())
  const shippable = [...whole, ...parts].filter((line) => !isOfVirtualRow(order, line))
  const wanted = allocate(order, shippable, sourceOf, shipped)
  const rest = shipped.reduce<ShipmentItem[]>((left, item) => without(left, item, order), wanted)
  return rest.filter(({ quantity }) => quantity > 0n)
}

function isOfVirtualRow(order: Wire, { lineId, sku }: FulfilmentLine): boolean {
  const items = wiresOf(order['items'])
  const named = items.filter((item) => lineId !== null && textOf(item['item_id']) === lineId)
  const meant = named.length > 0 ? named : items.filter((item) => skuKey(item['sku']) === sku)
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

/** The pieces of a shipment that was made. */
export function shippedItems(shipment: Wire): readonly ShipmentItem[] {
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
        sku: skuKey(item['sku']) ?? '',
        quantities: quantitiesOf(item),
      }
    })
}

/** What was open of a row before so many of its pieces were shipped; that they came back since changes nothing of it. */
function openBefore(quantities: LineQuantities, shipped: Decimal8): Decimal8 {
  return add(shipped, openQuantity(quantities))
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
