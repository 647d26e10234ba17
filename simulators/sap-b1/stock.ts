import { asList } from './properties.ts'
import type { Entity, Store } from './store.ts'

/**
 * Changes an item's stock in a warehouse; its UpdateDate does not change. An order commits whatever it orders, also more
 * than there is: `Committed` is what customers ordered (SDK help, ItemWarehouseInfo). Items that are no inventory items
 * have no stock.
 */
export function moveStock(
  store: Store,
  itemCode: string,
  warehouse: string,
  by: { inStock?: number; committed?: number },
): void {
  const item = store.get('Items', itemCode)
  if (item === undefined || item['InventoryItem'] === 'tNO') return
  const rows = withWarehouse(itemCode, asList(item['ItemWarehouseInfoCollection']), warehouse)
  const moved = rows.map((row) =>
    row['WarehouseCode'] === warehouse
      ? {
          ...row,
          InStock: Number(row['InStock']) + (by.inStock ?? 0),
          Committed: Number(row['Committed']) + (by.committed ?? 0),
        }
      : row,
  )
  store.put('Items', withSums({ ...item, ItemWarehouseInfoCollection: moved }))
}

/** A company has every item in every warehouse (_Auto. Add All Warehouses_); seeded items have rows where stock was. */
function withWarehouse(itemCode: string, rows: Entity[], warehouse: string): Entity[] {
  if (rows.some((row) => row['WarehouseCode'] === warehouse)) return rows
  return [...rows, emptyStock(itemCode, warehouse)]
}

/** A warehouse that has nothing of the item. */
export function emptyStock(itemCode: string, warehouse: string): Entity {
  return { WarehouseCode: warehouse, InStock: 0, Committed: 0, Ordered: 0, Locked: 'tNO', ItemCode: itemCode }
}

/** The item with the sums of its warehouses. */
export function withSums(item: Entity): Entity {
  const rows = asList(item['ItemWarehouseInfoCollection'])
  const sum = (name: string) => rows.reduce((total, row) => total + Number(row[name] ?? 0), 0)
  return { ...item, QuantityOnStock: sum('InStock'), QuantityOrderedByCustomers: sum('Committed') }
}

/**
 * Adds the open lines of an order to the committed quantity (`sign` -1: subtracts them). An order that is not confirmed
 * commits nothing: it does not "change real data such as storage" (SDK help, Documents.Confirmed).
 */
export function commitLines(store: Store, order: Entity, sign: 1 | -1): void {
  if (order['Confirmed'] === 'tNO') return
  for (const line of asList(order['DocumentLines'])) {
    if (line['LineStatus'] !== 'bost_Open') continue
    const committed = sign * Number(line['RemainingOpenQuantity'])
    moveStock(store, String(line['ItemCode']), String(line['WarehouseCode']), { committed })
  }
}
