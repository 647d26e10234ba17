import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { parseCatalog } from '../catalog/read-catalog.ts'
import { baseTime, createClock, seededTime } from '../harness/clock.ts'
import { createRandom } from '../harness/random.ts'
import { listSellables } from '../magento2/sellable.ts'
import { drawLife } from './draw-life.ts'
import { makeB2b, makeB2bOrder } from './make-b2b.ts'
import { drawReal, FIRST_ORDER, makeOrder, type OrderMaking } from './make-order.ts'
import { makeInitialCatalog } from './make-products.ts'
import { openStore, type Store } from './store.ts'
import type { Order } from './wire-types.ts'

/** Source of a store's data. */
export interface ShopOptions {
  /** SQLite file, or `:memory:`. Existing data is used again. */
  dataFile: string
  /** A product export of Magento (CSV). */
  catalogFile: string
  /** SKUs of the demo vendor: orders are made with and without lines of it. */
  vendorPattern: RegExp
  seed: number
  /** Number of orders in a new store. */
  orders: number
  /** Also states other than Awaiting Fulfillment. */
  mixedStates?: boolean
  taxInclusive?: boolean
  severalAddresses?: boolean
  /** Share of orders (0 to 1) like those of real shops; default 0. */
  realShare?: number
}

/** Announces a change. */
export type Announce = (scope: string, data: Announced) => void

export interface Announced {
  type: string
  id: number
  refund?: { refund_id: number }
}

/** The store's data and its changes, shared by REST and control routes. */
export interface Shop {
  store: Store
  brands: { id: number; name: string }[]
  now(): Date
  /** Time of a change, ISO 8601. */
  stamp(): string
  /** Makes orders as if bought now. */
  makeOrders(count: number): Order[]
  /** Restores the initial data. */
  reset(): void
  announce: Announce
}

/** Opens existing data or makes new. @throws Error when the existing data was made from another catalog */
export function openShop(options: ShopOptions): Shop {
  const store = openStore(options.dataFile)
  const text = readFileSync(options.catalogFile, 'utf8')
  const digest = createHash('sha256').update(text).digest('hex')
  const catalog = parseCatalog(options.catalogFile, text)
  const initial = makeInitialCatalog(catalog, options.seed)
  const making: OrderMaking = {
    seed: options.seed,
    mixedStates: options.mixedStates ?? false,
    taxInclusive: options.taxInclusive ?? false,
    severalAddresses: options.severalAddresses ?? false,
    realShare: options.realShare ?? 0,
    goods: listSellables(catalog, options.vendorPattern),
    numbers: initial.numbers,
  }
  const fill = () => {
    for (const product of initial.products) store.products.put(product)
    for (const stock of initial.stock) store.stock.put(stock)
    const orders = makeInitialOrders(making, options.orders).map((order) => live(store, making, order))
    for (const order of orders) store.orders.put(order)
    makeB2b(store, options.seed, orders)
    const images = initial.products.flatMap((product) => product.images)
    store.setSetting('sequence image', String(images.length))
    store.setSetting('sequence product', String(initial.products.length))
    store.setSetting('sequence variant', String(initial.numbers.size))
    store.setSetting('sequence custom field', '1000000')
    store.setSetting('catalog', digest)
  }
  const kept = store.setting('catalog')
  if (kept === undefined) store.transaction(fill)
  else if (kept !== digest) {
    store.close()
    throw new Error(`${options.dataFile} holds a store made from another catalog: begin with a new data file.`)
  }
  let clock = createClock(newestChange(store))
  const shop: Shop = {
    store,
    brands: initial.brands,
    now: () => clock.now(),
    stamp: () => clock.now().toISOString(),
    makeOrders(count) {
      const made = addOrders(store, making, count, () => clock.now())
      for (const { id } of made) shop.announce('store/order/created', { type: 'order', id })
      return made
    },
    reset() {
      store.transaction(() => {
        store.clear()
        fill()
      })
      clock = createClock(newestChange(store))
    },
    announce: () => undefined,
  }
  return shop
}

/** Created over five weeks in order of their ids, changed up to two days later; about every fourth has a tie. */
function makeInitialOrders(making: OrderMaking, count: number): Order[] {
  const random = createRandom(making.seed, 'order times')
  const created = Array.from({ length: count }, () => seededTime(random, 35)).sort((a, b) => a.getTime() - b.getTime())
  let before: Date | undefined
  return created.map((time, index) => {
    const later = new Date(Math.min(time.getTime() + random.int(0, 2 * 86_400) * 1000, baseTime.getTime()))
    const modified = before !== undefined && before > time && random.chance(0.4) ? before : later
    before = modified
    return makeOrder(making, FIRST_ORDER + index, time, modified)
  })
}

/** Adds a life to orders like those of real shops. */
function live(store: Store, making: OrderMaking, placed: Order): Order {
  if (drawReal(making, placed.id) === null) return placed
  const vendors = new Set(making.goods.vendor.map(({ product }) => product.sku))
  const { order, shipments } = drawLife(placed, {
    isVendors: ({ sku }) => vendors.has(sku),
    nextId: (kind) => store.nextId(kind),
    random: createRandom(making.seed, `life of order ${placed.id}`),
  })
  for (const shipment of shipments) store.shipments.put(shipment)
  return order
}

function addOrders(store: Store, making: OrderMaking, count: number, now: () => Date): Order[] {
  const last = store.orders.all().reduce((highest, { id }) => Math.max(highest, id), FIRST_ORDER - 1)
  return store.transaction(() =>
    Array.from({ length: count }, (_, index) => {
      const time = now()
      const order = store.orders.put(live(store, making, makeOrder(making, last + index + 1, time, time)))
      makeB2bOrder(store, making.seed, order)
      return order
    }),
  )
}

function newestChange(store: Store): Date {
  const changed = [...store.orders.all(), ...store.products.all()].map(({ date_modified: time }) => Date.parse(time))
  return new Date(changed.reduce((newest, time) => Math.max(newest, time), baseTime.getTime()))
}

/** Changes an order as people or an API write do: moves its change time and announces it. */
export function changeOrder(shop: Shop, order: Order, changes: Partial<Order>): Order {
  const changed = shop.store.orders.put({ ...order, date_modified: shop.stamp(), ...changes, id: order.id })
  shop.announce('store/order/updated', { type: 'order', id: order.id })
  if (changed.status_id !== order.status_id) shop.announce('store/order/statusUpdated', { type: 'order', id: order.id })
  return changed
}
