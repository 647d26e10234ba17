import { asList } from './properties.ts'
import type { Entity, Store } from './store.ts'

/** Changes an item's stock in a warehouse; its UpdateDate does not change. */
export function moveStock(
  store: Store,
  itemCode: string,
  warehouse: string,
  by: { inStock?: number; committed?: number },
): void {
  const item = store.get('Items', itemCode)
  if (item === undefined) return
  const rows = asList(item['ItemWarehouseInfoCollection'])
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

/** The item with the sums of its warehouses. */
export function withSums(item: Entity): Entity {
  const rows = asList(item['ItemWarehouseInfoCollection'])
  const sum = (name: string) => rows.reduce((total, row) => total + Number(row[name] ?? 0), 0)
  return { ...item, QuantityOnStock: sum('InStock'), QuantityOrderedByCustomers: sum('Committed') }
}

/** Adds the open lines of an order to the committed quantity (`sign` -1: subtracts them). */
export function commitLines(store: Store, order: Entity, sign: 1 | -1): void {
  for (const line of asList(order['DocumentLines'])) {
    if (line['LineStatus'] !== 'bost_Open') continue
    const committed = sign * Number(line['RemainingOpenQuantity'])
    moveStock(store, String(line['ItemCode']), String(line['WarehouseCode']), { committed })
  }
}
