import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { parseCatalog } from '../catalog/read-catalog.ts'
import { baseTime, createClock, type SimulatorClock } from '../harness/clock.ts'
import { makeInitialOrders } from './initial-orders.ts'
import { makeInitialProducts } from './initial-products.ts'
import { fromMagentoTime, toMagentoTime } from './magento-time.ts'
import { makeOrder, type OrderMaking } from './make-order.ts'
import { listSellables } from './sellable.ts'
import { openShopStore, type ShopStore } from './shop-store.ts'
import type { Order } from './wire-types.ts'

/** Where a shop's data comes from. */
export interface ShopOptions {
  /** SQLite file, or `:memory:`. Data kept in it is used again. */
  dataFile: string
  /** A product export of Magento (CSV). */
  catalogFile: string
  /** Which SKUs are the demo vendor's: orders are made with and without lines of it. */
  vendorPattern: RegExp
  seed: number
  /** How many orders a new shop begins with. */
  orders: number
  /** Other states than `processing` too. */
  mixedStates?: boolean
  /** How many of the orders, of 1, are as real shops have them: bundles, options, charges, credit memos. Default: none. */
  realShare?: number
}

/** The shop's data and what changes it; REST, control routes and the pull job work on the same. */
export interface Shop {
  store: ShopStore
  clock: SimulatorClock
  /** The time of a change, as the shop writes it. */
  stamp(): string
  /** Makes orders as if bought now. */
  makeOrders(count: number): Order[]
  /** Back to the data a new shop begins with. */
  reset(): void
}

/** Opens kept data or makes new. @throws Error when the kept data was made from another catalogue */
export function openShop(options: ShopOptions): Shop {
  const store = openShopStore(options.dataFile)
  const text = readFileSync(options.catalogFile, 'utf8')
  const digest = createHash('sha256').update(text).digest('hex')
  const catalog = parseCatalog(options.catalogFile, text)
  const making: OrderMaking = {
    seed: options.seed,
    mixedStates: options.mixedStates ?? false,
    goods: listSellables(catalog, options.vendorPattern),
    realShare: options.realShare ?? 0,
  }
  const fill = () => {
    const { products, sourceItems } = makeInitialProducts(catalog, options.seed)
    for (const product of products) store.products.put(product)
    for (const item of sourceItems) store.sourceItems.put(item)
    store.sources.put({
      source_code: 'default',
      name: 'Default Source',
      enabled: true,
      country_id: 'US',
      postcode: '00000',
    })
    for (const order of makeInitialOrders(making, options.orders)) store.orders.put(order)
    const media = products.flatMap(({ media_gallery_entries: entries }) => entries)
    store.setSetting('sequence media', String(media.length))
    store.setSetting('catalog', digest)
  }
  const kept = store.setting('catalog')
  if (kept === undefined) store.transaction(fill)
  else if (kept !== digest) throw otherCatalog(store, options)

  let clock = createClock(newestChange(store))
  const stamp = () => toMagentoTime(clock.now())
  return {
    store,
    clock: { now: () => clock.now() },
    stamp,
    makeOrders: (count) => addOrders(store, making, count, () => clock.now()),
    reset() {
      store.transaction(() => {
        store.clear()
        fill()
      })
      clock = createClock(newestChange(store))
    },
  }
}

function addOrders(store: ShopStore, making: OrderMaking, count: number, now: () => Date): Order[] {
  const last = store.orders.all().reduce((highest, { entity_id: id }) => Math.max(highest, id), 0)
  return store.transaction(() =>
    Array.from({ length: count }, (_, index) => {
      const time = now()
      const order = makeOrder(making, last + index + 1, time, time)
      store.orders.put(order)
      return order
    }),
  )
}

function newestChange(store: ShopStore): Date {
  const changed = [...store.orders.all(), ...store.products.all()]
  const times = changed.map(({ updated_at: time }) => fromMagentoTime(time).getTime())
  return new Date(times.reduce((newest, time) => Math.max(newest, time), baseTime.getTime()))
}

function otherCatalog(store: ShopStore, { dataFile, catalogFile }: ShopOptions): Error {
  store.close()
  return new Error(
    `${dataFile} holds a shop made from another catalogue than ${catalogFile}: begin with a new data file, or use that catalogue.`,
  )
}
