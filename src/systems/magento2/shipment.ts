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

/** Part of a shipment: a quantity of one row of the order from one source (null: the shop's default source). */
export interface ShipmentItem {
  readonly row: string
  readonly quantity: Decimal8
  readonly source: string | null
}

/** A row of the order that is shipped by itself, which means that it has no parent. */
interface Row {
  readonly id: string
  readonly sku: string
  readonly quantities: LineQuantities
}

/**
 * What the shop still has to ship of a vendor's shipment. Pure. `ours`: shipments already created for it. Lines are
 * matched by the shop's line id if the ERP kept it, else by SKU over the rows in order; the variant of a configurable
 * is matched to its parent's row, and a bundle is shipped as a whole, also if the vendor stores its components and
 * ships all of them. Virtual rows are never shipped. Throws `target_rejected` if the order has fewer open pieces, and
 * `target_conflict` if the shop has shipped more than the vendor says, because a shipment can't be undone.
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
  const rest = shipped.reduce<ShipmentItem[]>((left, item) => subtractShipped(left, item, order), wanted)
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

/** Subtracts a shipped item from the wanted ones, first from those of the same source. */
function subtractShipped(wanted: readonly ShipmentItem[], shipped: ShipmentItem, order: Wire): ShipmentItem[] {
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
    'shipment contains now; correct it in the shop by hand (a credit memo, or a new order)'
  throw new StreamError('target_conflict', message, { field: 'lines', details: { row: shipped.row } })
}

/** The items of an existing shipment. */
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

/** The open quantity of a row before these pieces were shipped; later returns do not matter. */
function openBefore(quantities: LineQuantities, shipped: Decimal8): Decimal8 {
  return add(shipped, openQuantity(quantities))
}

/** The rows that a line may refer to. If the order was edited in the shop, it has new rows, and the SKU decides. */
function candidates(order: Wire, rows: readonly Row[], { lineId, sku }: FulfilmentLine): readonly Row[] {
  const named = wiresOf(order['items']).find((item) => lineId !== null && textOf(item['item_id']) === lineId)
  if (named === undefined) return rows.filter((row) => row.sku === sku)
  const parent = wiresOf(order['items']).find((item) => textOf(item['item_id']) === parentOf(named))
  // A part of a bundle does not show how many bundles are complete.
  if (parent !== undefined && textOf(parent['product_type']) === 'bundle') return []
  const id = textOf((parent ?? named)['item_id'])
  return rows.filter((row) => row.id === id)
}

function tooManyPiecesError(order: Wire, { sku }: FulfilmentLine, rest: Decimal8, index: number): StreamError {
  const message =
    `order ${textOf(order['increment_id'])} (${textOf(order['state'])}) has no row with ${text8(rest)} more of ${sku} to ship: ` +
    'it was already shipped, canceled or refunded there, is part of a bundle, or has another SKU; correct it by hand'
  return new StreamError('target_rejected', message, { field: `lines[${index}].quantity`, details: { sku } })
}
