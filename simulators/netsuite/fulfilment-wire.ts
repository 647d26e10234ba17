import { type Account, isoTime, present, recordUrl, selfLink, type Wire } from './account.ts'
import type { ReadOptions } from './record-type.ts'
import { shipStatusNames } from './status-names.ts'

/** An item fulfilment as the record service shows it. */
export function fulfilmentWire({ database }: Account, row: Wire, { origin, expand }: ReadOptions): Wire {
  const id = Number(row['id'])
  const href = recordUrl(origin, 'itemFulfillment', id)
  const { package: packages, ...document } = JSON.parse(String(row['document'])) as Wire
  const order = database.prepare('SELECT id, tranid, entity_id FROM sim_sales_order WHERE id = ?')
  const { id: orderId, tranid, entity_id: entity } = order.get(Number(row['order_id'])) ?? {}
  const lines = database
    .prepare(`SELECT l.*, i.itemid, p.name FROM sim_fulfilment_line l LEFT JOIN sim_item i ON i.id = l.item_id
      LEFT JOIN sim_location p ON p.id = l.location_id WHERE l.fulfilment_id = ? ORDER BY l.line`)
    .all(id)
  const status = String(row['status'])
  const sublist = (name: string, items: readonly Wire[]) => ({
    links: selfLink(`${href}/${name}`),
    ...(expand && { items, totalResults: items.length }),
  })
  const packageItems = ((packages as Wire | undefined)?.['items'] ?? []) as Wire[]
  return present({
    links: selfLink(href),
    id: String(id),
    tranId: `IF${id}`,
    createdFrom: {
      links: selfLink(recordUrl(origin, 'salesOrder', Number(orderId))),
      id: String(orderId),
      refName: `Sales Order #${String(tranid)}`,
    },
    entity: { id: String(entity) },
    ...document,
    shipStatus: { id: status, refName: shipStatusNames[status] },
    createdDate: isoTime(row['created_at']),
    lastModifiedDate: isoTime(row['modified_at']),
    item: sublist('item', lines.map(lineWire)),
    package: sublist('package', packageItems),
  })
}

function lineWire(row: Wire): Wire {
  const id = String(row['item_id'])
  return present({
    line: row['line'],
    orderLine: row['line'],
    itemReceive: true,
    item: { id, refName: row['itemid'] },
    itemName: row['itemid'],
    quantity: row['quantity'],
    location: row['location_id'] === null ? null : { id: String(row['location_id']), refName: row['name'] },
  })
}
