import { type Decimal8, subtract, ZERO8 } from '../../events/decimal.ts'
import type { Inventory, LocationStock } from '../../events/generated/events.ts'
import { sellable } from '../../events/stock.ts'
import { requireSku } from '../kit/sku.ts'
import { attributesOf, needOf, quantityOf, requireText, type Wire, wiresOf } from '../kit/wire.ts'
import { isActive } from './items.ts'

/** Properties of items that `toInventory` needs. */
export const STOCK_FIELDS: readonly string[] = [
  'ItemCode',
  'Valid',
  'ValidFrom',
  'ValidTo',
  'Frozen',
  'FrozenFrom',
  'FrozenTo',
  'ItemWarehouseInfoCollection',
]

const SHOWN = ['Committed', 'Ordered', 'MinimalStock', 'MaximalStock', 'Locked']

/**
 * Stock of an item in every warehouse, by code; pure. Available is the stock that is not committed to orders, never
 * negative; what is only ordered from suppliers does not count. Available is 0 for an item that may not be sold today,
 * and in a warehouse that is locked for it. `warehouses`: only these; empty: all.
 */
export function toInventory(item: Wire, today: string, warehouses: ReadonlySet<string>): Inventory {
  const active = isActive(item, today)
  const locations = wiresOf(item['ItemWarehouseInfoCollection'])
    .map((row) => ({ code: requireText(row, 'WarehouseCode', PATH), row }))
    .filter(({ code }) => warehouses.size === 0 || warehouses.has(code))
    .toSorted((a, b) => (a.code < b.code ? -1 : 1))
    .map(({ code, row }): LocationStock => {
      const onHand = quantityOf(row, 'InStock', PATH) ?? ZERO8
      const sellable = active && row['Locked'] !== 'tYES'
      const attributes = attributesOf(Object.fromEntries(SHOWN.map((name) => [name, row[name]])), new Set())
      return { location: code, onHand, available: sellable ? availableOf(row, onHand) : ZERO8, attributes }
    })
  return { sku: requireSku(item, 'ItemCode'), locations, attributes: {} }
}

const PATH = 'ItemWarehouseInfoCollection.'

function availableOf(row: Wire, onHand: Decimal8): Decimal8 {
  return sellable(subtract(onHand, needOf(row, 'Committed', PATH) ?? ZERO8))
}
