import { type Account, isoTime, present, recordUrl, selfLink, type Wire } from './account.ts'
import { backOrdered } from './back-ordered.ts'
import { sum } from './decimal.ts'
import type { ReadOptions, RecordType } from './record-type.ts'
import { currencies } from './schema.ts'

/** Names of the item type codes. */
export const itemTypeNames: Readonly<Record<string, string>> = {
  InvtPart: 'Inventory Item',
  NonInvtPart: 'Non-inventory Item',
  Assembly: 'Assembly/Bill of Materials',
  Kit: 'Kit/Package',
  Service: 'Service',
}

/** Items of any type: read through the record service, changed only through the control routes. */
export function inventoryItemType({ database }: Account): RecordType {
  const find = database.prepare('SELECT * FROM sim_item WHERE id = ?')
  const stock =
    database.prepare(`SELECT s.*, l.name, ${backOrdered} AS back_ordered FROM sim_stock s JOIN sim_location l ON l.id = s.location_id
    WHERE s.item_id = ? ORDER BY s.location_id`)
  const prices = database.prepare(`SELECT p.*, l.name FROM sim_price p JOIN sim_price_level l ON l.id = p.level_id
    WHERE p.item_id = ? ORDER BY p.level_id, p.currency_id, p.quantity`)
  return {
    name: 'inventoryItem',
    table: 'sim_item',
    filters: { itemId: 'itemid', externalId: 'NULL', upcCode: 'upccode', displayName: 'displayname' },
    read: (id, options) => {
      const row = find.get(id)
      return row === undefined ? undefined : itemWire(row, stock.all(id), prices.all(id), options)
    },
  }
}

function itemWire(row: Wire, stock: readonly Wire[], prices: readonly Wire[], { origin, expand }: ReadOptions): Wire {
  const href = recordUrl(origin, 'inventoryItem', Number(row['id']))
  const sublist = (name: string, items: readonly Wire[]) => ({
    links: selfLink(`${href}/${name}`),
    ...(expand && { items, totalResults: items.length }),
  })
  return present({
    links: selfLink(href),
    id: String(row['id']),
    itemId: row['itemid'],
    itemType: { id: row['itemtype'], refName: itemTypeNames[String(row['itemtype'])] },
    matrixType: row['matrixtype'] === null ? null : { id: row['matrixtype'] },
    parent: row['parent_id'] === null ? null : { id: String(row['parent_id']) },
    displayName: row['displayname'],
    salesDescription: row['description'],
    upcCode: row['upccode'],
    isInactive: row['isinactive'] === 'T',
    manufacturer: row['manufacturer'],
    mpn: row['mpn'],
    cost: row['cost'],
    weight: row['weight'],
    weightUnit: row['weightunit'] === null ? null : { id: row['weightunit'], refName: 'lb' },
    createdDate: isoTime(row['created_at']),
    lastModifiedDate: isoTime(row['modified_at']),
    quantityOnHand: sum(stock.map((at) => Number(at['on_hand']))),
    quantityAvailable: sum(stock.map((at) => Number(at['available']))),
    ...(JSON.parse(String(row['custom'])) as Wire),
    price: sublist('price', prices.map(priceWire)),
    locations: sublist('locations', stock.map(stockWire)),
  })
}

function priceWire(row: Wire): Wire {
  const level = { id: String(row['level_id']), refName: row['name'] }
  return {
    priceLevel: level,
    priceLevelName: row['name'],
    price: row['price'],
    quantity: { value: String(row['quantity']) },
    currencyPage: { id: String(row['currency_id']), refName: currencies[String(row['currency_id'])]?.code },
  }
}

function stockWire(row: Wire): Wire {
  return {
    locationId: String(row['location_id']),
    location_display: row['name'],
    quantityOnHand: row['on_hand'],
    quantityAvailable: row['available'],
    quantityCommitted: row['committed'],
    quantityOnOrder: 0,
    quantityBackOrdered: row['back_ordered'],
    quantityInTransit: 0,
    lastQuantityAvailableChange: isoTime(row['changed_at']),
  }
}
