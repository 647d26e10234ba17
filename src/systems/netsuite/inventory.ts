import { ZERO8 } from '../../events/decimal.ts'
import type { Inventory, LocationStock } from '../../events/generated/events.ts'
import { joinedLevels } from '../kit/joined-levels.ts'
import { attributesOf, quantityOf, requireText, textOf, type Wire } from '../kit/wire.ts'

/** Columns of `aggregateItemLocation` (as `stock`) that `toInventory` needs, without the change time. */
export const STOCK_COLUMNS: readonly string[] = [
  'stock.item',
  'stock.location',
  'BUILTIN.DF(stock.location) AS locationname',
  'stock.quantityonhand',
  'stock.quantityavailable',
  'stock.quantitycommitted',
  'stock.quantityonorder',
  'stock.quantitybackordered',
]

const KNOWN = new Set(['item', 'locationname', 'quantityonhand', 'quantityavailable', 'changedat', 'links'])

/** No location is closed. */
const NONE: ReadonlySet<string> = new Set()

/**
 * Maps all locations of one item to inventory data; pure. Absolute levels, one per location, by location id; locations
 * that have the same name under different parents are joined. A location without a row is left out, and one whose stock
 * cannot be sold (`closed`, by id) has 0 available. Throws `value_missing` or `decimal_invalid`, naming the column.
 */
export function toInventory(sku: string, rows: readonly Wire[], closed = NONE): Inventory {
  const locations = rows
    .map((row) => ({ id: requireText(row, 'location', 'aggregateItemLocation.'), row }))
    .toSorted((a, b) => Number(a.id) - Number(b.id))
    .map(({ id, row }): LocationStock => {
      const quantity = (name: string) => quantityOf(row, name, 'aggregateItemLocation.') ?? ZERO8
      return {
        location: textOf(row['locationname']) ?? id,
        onHand: quantity('quantityonhand'),
        available: closed.has(id) ? ZERO8 : quantity('quantityavailable'),
        attributes: attributesOf(row, KNOWN),
      }
    })
  return { sku, locations: joinedLevels(locations), attributes: {} }
}
