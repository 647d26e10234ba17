import {
  cancelOrder,
  holdOrder,
  invoiceOrder,
  piecesToShip,
  refundMoney,
  refundOrder,
  releaseOrder,
  replaceOrder,
  shipPieces,
} from '../../../simulators/magento2/order-life.ts'
import { addComment } from '../../../simulators/magento2/order-routes.ts'
import { addTrack, shipOrder } from '../../../simulators/magento2/ship-order.ts'
import type { Shop } from '../../../simulators/magento2/shop.ts'
import { openShopStore } from '../../../simulators/magento2/shop-store.ts'
import type { Order } from '../../../simulators/magento2/wire-types.ts'
import { parseExact, stringifyExact } from '../../../src/platform/json.ts'
import { textOf, type Wire } from '../../../src/systems/kit/wire.ts'
import type { Magento2Client } from '../../../src/systems/magento2/client.ts'
import { magentoWire, type PlacedOrder, placedOrder } from '../../worlds/magento-orders.ts'

type Search = Parameters<Magento2Client['findOrders']>[0]

/** A shop in memory: the simulator's own orders and rules, without HTTP; and our client of it. */
export interface ScenarioShop {
  /** What people do in it, by its words; the order as it is then, on the wire. */
  act(words: string): readonly Wire[]
  orders(): readonly Order[]
  readonly client: Magento2Client
  close(): void
}

const START = Date.parse('2026-03-02T09:00:00Z')

export function scenarioShop(given: PlacedOrder): ScenarioShop {
  const store = openShopStore(':memory:')
  let second = 0
  const stamp = () => {
    second += 1
    return new Date(START + second * 1000).toISOString().slice(0, 19).replace('T', ' ')
  }
  const shop: Shop = {
    store,
    stamp,
    clock: { now: () => new Date(START + second * 1000) },
    makeOrders: () => [],
    reset: () => undefined,
  }
  store.sources.put({ source_code: 'default', name: 'default', enabled: true, country_id: 'US', postcode: '1' })
  for (const { sku } of given.rows) {
    store.sourceItems.put({ sku, source_code: 'default', quantity: 1_000, status: 1 })
  }
  store.orders.put(placedOrder(given, 1, stamp()))
  return {
    act: (words) => act(shop, given, words).map((order) => magentoWire(store.orders.put(order))),
    orders: () => store.orders.all(),
    client: clientOf(shop),
    close: () => store.close(),
  }
}

/** `refund 1:2 3:1` is two pieces of the first row and one of the third; without rows: all that is left. */
function act(shop: Shop, given: PlacedOrder, words: string): Order[] {
  const [verb = '', ...rest] = words.split(' ')
  const now = shop.stamp()
  const all = shop.store.orders.all()
  const order = all.at(-1)
  if (order === undefined) throw new Error('the shop has no order')
  const pieces = piecesOf(rest, order)
  switch (verb) {
    case 'places':
      return [order]
    case 'invoices':
      return [invoiceOrder(order, pieces, now)]
    case 'cancels':
      return [cancelOrder(order, now)]
    case 'refunds':
      return [refundOrder(order, pieces, now)]
    case 'pays-back':
      return [refundMoney(order, Number(rest[0]), now)]
    case 'ships':
      return [shipPieces(order, pieces ?? openRows(order), now)]
    case 'holds':
      return [holdOrder(order, now)]
    case 'releases':
      return [releaseOrder(order, now)]
    case 'reviews':
      return [{ ...order, state: 'payment_review', status: 'payment_review', updated_at: now }]
    case 'accepts':
      return [{ ...order, state: 'processing', status: 'processing', updated_at: now }]
    case 'renames':
      return [{ ...order, status: 'in_the_warehouse', updated_at: now }]
    case 'moves':
      return [withCity(order, now)]
    case 'edits':
      return edited(order, given, pieces, now)
    default:
      throw new Error(`the shop knows no "${verb}"`)
  }
}

function piecesOf(words: readonly string[], order: Order): ReadonlyMap<number, number> | null {
  const pairs = words.filter((word) => word.includes(':')).map((word) => word.split(':').map(Number))
  if (pairs.length === 0) return null
  return new Map(pairs.map(([row = 0, qty = 0]) => [order.entity_id * 100 + row, qty]))
}

function openRows(order: Order): ReadonlyMap<number, number> {
  const rows = order.items.filter((item) => item.parent_item_id === undefined && piecesToShip(item) > 0)
  return new Map(rows.map((item) => [item.item_id, piecesToShip(item)]))
}

function withCity(order: Order, now: string): Order {
  const { shipping_address: address } = order
  return address === undefined ? order : { ...order, shipping_address: { ...address, city: 'Dallas' }, updated_at: now }
}

/** The new order has other quantities of its rows, and is paid. */
function edited(order: Order, given: PlacedOrder, pieces: ReadonlyMap<number, number> | null, now: string): Order[] {
  const id = order.entity_id + 1
  const rows = given.rows.map((row, index) => ({
    ...row,
    qty: pieces?.get(order.entity_id * 100 + index + 1) ?? row.qty,
  }))
  const next = invoiceOrder(placedOrder({ ...given, rows }, id, now), null, now)
  const both = replaceOrder(order, next, now)
  return [both.old, both.next]
}

/** Our client's port, straight on the simulator's functions. */
function clientOf(shop: Shop): Magento2Client {
  const { store } = shop
  const find = (id: string): Order => {
    const order = store.orders.get(id)
    if (order === undefined) throw new Error(`the shop has no order ${id}`)
    return order
  }
  const matches = (row: Readonly<Record<string, unknown>>, { filters }: Search): boolean =>
    filters.every(({ field, condition, value }) => {
      const is = String(row[field])
      if (condition === 'eq') return is === String(value)
      if (condition === 'gt') return Number(is) > Number(value)
      return Array.isArray(value) && value.includes(is)
    })
  const found = (items: readonly Wire[]) => Promise.resolve({ items, total: items.length })
  const client: Partial<Magento2Client> = {
    findOrders: (search) =>
      found(
        store.orders
          .all()
          .filter((order) => matches(order, search))
          .map(magentoWire),
      ),
    findShipments: (search) =>
      found(
        store.shipments
          .all()
          .filter((shipment) => matches({ ...shipment }, search))
          .map((shipment) => parseExact(JSON.stringify(shipment)) as Wire),
      ),
    // All that is asked of products here is how bundles are shipped.
    findProducts: () =>
      found(
        store.orders.all().flatMap(({ items }) =>
          items.map(({ product_id: id, ships_apart: apart }) => ({
            id,
            custom_attributes: [{ attribute_code: 'shipment_type', value: apart ? '1' : '0' }],
          })),
        ),
      ),
    findSourceItems: (search) =>
      found(
        store.sourceItems
          .all()
          .filter((item) => matches({ ...item }, search))
          .map((item) => parseExact(JSON.stringify(item)) as Wire),
      ),
    getOrder: async (id) => magentoWire(find(id)),
    shipOrder: async (id, body) => String(shipOrder(shop, find(id), plain(body)).entity_id),
    addTrack: async (track) => void addTrack(shop, { entity: plain(track) }),
    addComment: async (id, statusHistory) => addComment(shop, find(id), { statusHistory: plain(statusHistory) }),
    saveSourceItems: async (sourceItems) => {
      for (const item of sourceItems) {
        const [sku, code] = [textOf(item['sku']) ?? '', textOf(item['source_code']) ?? 'default']
        store.sourceItems.put({ sku, source_code: code, quantity: Number(textOf(item['quantity'])), status: 1 })
      }
    },
  }
  return client as Magento2Client
}

const plain = (body: Wire): Wire => JSON.parse(stringifyExact(body)) as Wire
