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

/** Source of a shop's data. */
export interface ShopOptions {
  /** SQLite file, or `:memory:`. Existing data is used again. */
  dataFile: string
  /** A product export of Magento (CSV). */
  catalogFile: string
  /** SKUs of the demo vendor: orders are made with and without lines of it. */
  vendorPattern: RegExp
  seed: number
  /** Number of orders in a new shop. */
  orders: number
  /** Also states other than `processing`. */
  mixedStates?: boolean
  /** Codes of sources beside `default`. */
  sources?: readonly string[]
  /** Share of orders (0 to 1) like those of real shops: bundles, options, charges, credit memos. Default: none. */
  realShare?: number
}

/** The shop's data and its changes, shared by REST, control routes and the pull job. */
export interface Shop {
  store: ShopStore
  clock: SimulatorClock
  /** Time of a change, in the shop's format. */
  stamp(): string
  /** Makes orders as if bought now. */
  makeOrders(count: number): Order[]
  /** Restores the initial data. */
  reset(): void
}

/** Opens existing data or makes new. @throws Error when the existing data was made from another catalog */
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
    addSource(store, 'default', 'Default Source')
    for (const code of options.sources ?? []) addSource(store, code, code)
    for (const order of makeInitialOrders(making, options.orders)) store.orders.put(order)
    const media = products.flatMap(({ media_gallery_entries: entries }) => entries)
    store.setSetting('sequence media', String(media.length))
    store.setSetting('catalog', digest)
  }
  const kept = store.setting('catalog')
  if (kept === undefined) store.transaction(fill)
  else if (kept !== digest) throw otherCatalog(store, options)
  // Data of an earlier version may lack them.
  for (const code of options.sources ?? []) {
    if (store.sources.get(code) === undefined) addSource(store, code, code)
  }

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

function addSource({ sources }: ShopStore, source_code: string, name: string): void {
  sources.put({ source_code, name, enabled: true, country_id: 'US', postcode: '00000' })
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
    `${dataFile} holds a shop made from another catalog than ${catalogFile}: begin with a new data file, or use that catalog.`,
  )
}
