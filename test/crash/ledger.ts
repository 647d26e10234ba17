import { readFeed } from '../../demo/http.ts'
import { decimal8, text8 } from '../../src/events/decimal.ts'
import { type ErpOrder, type ShopOrder, type Simulators, VENDOR } from '../worlds/processes-simulators.ts'

const CONNECTION = 'magento-netsuite'

/** What is wrong with one entity: not there, there twice, or not the newest. */
export interface Fault {
  readonly what: 'lost' | 'doubled' | 'stale'
  /** `order <number>`, or `stock <sku> <location>`. */
  readonly entity: string
  readonly detail: string
}

interface FeedRow {
  readonly source: string
  readonly sku: string
  readonly deleted: boolean
  readonly data: { readonly locations?: readonly { readonly location: string; readonly available: string }[] } | null
}

/** Compares what arrived with what the shop and the ERP have; empty when both ends agree. */
export async function compare(simulators: Simulators, api: string): Promise<readonly Fault[]> {
  const [orders, erp, rows] = await Promise.all([
    simulators.shopOrders(),
    simulators.erp(),
    readFeed<FeedRow>(api, 'inventory', CONNECTION),
  ])
  const customers = repeated(erp.customers.map(({ externalId }) => `customer ${externalId}`))
  return [...compareOrders(orders, erp.salesOrders), ...customers, ...compareStock(erp.items, rows)]
}

/** True when the ERP has each of these orders as the shop has it now. */
export async function areDelivered(simulators: Simulators, orders: readonly ShopOrder[]): Promise<boolean> {
  const numbers = new Set(orders.map(orderEntity))
  const [shop, erp] = await Promise.all([simulators.shopOrders(), simulators.erp()])
  return compareOrders(shop, erp.salesOrders).every(({ entity }) => !numbers.has(entity))
}

const quantity = (value: number | string): string => text8(decimal8(value, 'quantity'))

/** The vendor's lines of an order as `line id × quantity`. */
function wanted({ items }: ShopOrder): readonly string[] {
  return items
    .filter((line) => line.parent_item_id === undefined && VENDOR.test(line.sku))
    .map((line) => `${line.item_id} × ${quantity(line.qty_ordered)}`)
    .toSorted()
}

/** The vendor's orders that are not in the ERP as the shop has them, and those the shop does not have. */
function compareOrders(orders: readonly ShopOrder[], salesOrders: readonly ErpOrder[]): readonly Fault[] {
  const found = Map.groupBy(salesOrders, ({ externalId }) => externalId)
  const faults: Fault[] = []
  for (const order of orders) {
    const entity = orderEntity(order)
    const lines = wanted(order)
    const id = `${CONNECTION}-${order.increment_id}`
    const there = found.get(id) ?? []
    found.delete(id)
    if (lines.length === 0 && there.length === 0) continue
    const [first] = there
    if (first === undefined) {
      faults.push({ what: 'lost', entity, detail: 'not in the ERP' })
      continue
    }
    const ids = first.item.items.map((line) => line.custcol_waldstream_line)
    const twice = there.length > 1 || new Set(ids).size < ids.length
    if (twice) faults.push({ what: 'doubled', entity, detail: `${there.length} orders, lines ${ids.join(', ')}` })
    const has = first.item.items
      .map((line) => `${line.custcol_waldstream_line} × ${quantity(line.quantity)}`)
      .toSorted()
    const newest = has.join() === lines.join()
    if (!twice && !newest) faults.push({ what: 'stale', entity, detail: `${has.join()} and not ${lines.join()}` })
  }
  for (const id of found.keys()) faults.push({ what: 'doubled', entity: `order ${id}`, detail: 'not in the shop' })
  return faults
}

function compareStock(
  items: Awaited<ReturnType<Simulators['erp']>>['items'],
  rows: readonly FeedRow[],
): readonly Fault[] {
  const live = rows.filter(({ source, deleted }) => source === 'netsuite' && !deleted)
  const feed = new Map(
    live.flatMap(({ sku, data }) =>
      (data?.locations ?? []).map(({ location, available }) => [stockEntity(sku, location), quantity(available)]),
    ),
  )
  const faults = [...repeated(live.map(({ sku }) => `stock ${sku}`))]
  for (const { itemId, locations } of items) {
    for (const { location_display: location, quantityAvailable } of locations.items) {
      const entity = stockEntity(itemId, location)
      const [has, want] = [feed.get(entity), quantity(quantityAvailable)]
      if (has === undefined) faults.push({ what: 'lost', entity, detail: 'not in the feed' })
      else if (has !== want) faults.push({ what: 'stale', entity, detail: `${has} and not ${want}` })
    }
  }
  return faults
}

export function orderEntity({ increment_id: number }: ShopOrder): string {
  return `order ${number}`
}

export function stockEntity(sku: string, location: string): string {
  return `stock ${sku} ${location}`
}

function repeated(entities: readonly string[]): readonly Fault[] {
  return [...Map.groupBy(entities, (entity) => entity)]
    .filter(([, same]) => same.length > 1)
    .map(([entity, same]) => ({ what: 'doubled' as const, entity, detail: `${same.length} times` }))
}
