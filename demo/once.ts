import type { Platform } from '../src/cli/platform.ts'
import type { Configuration, Connection } from '../src/configuration/model.ts'
import { StreamError } from '../src/errors.ts'
import {
  compareImages,
  compareInventory,
  comparePrices,
  compareProducts,
  type ErpItem,
  type FeedEnds,
  type Row,
  type ShopProduct,
} from './compare-feeds.ts'
import { compareOrders } from './compare-orders.ts'
import { type MagentoOrder, type MagentoProduct, magentoOrders } from './ends/magento.ts'
import { type NetSuiteOrder, netsuiteOrders } from './ends/netsuite.ts'
import { readFeed, requestJson } from './http.ts'
import type { DemoOptions } from './options.ts'
import type { Progress } from './progress.ts'
import { type PulledRows, pullFeeds } from './pull-feeds.ts'
import { allReads, doReads, failures, untilSettled } from './reads.ts'
import { shipFirst, shipmentsOf } from './ship.ts'
import type { SimulatorAddresses } from './simulators.ts'
import { countEntities, countShipments, type EntityCounts, type TaskAnswer } from './summary.ts'

/** What a run of everything, once, needs to know. */
export interface OnceDeps {
  readonly platform: Platform
  readonly configuration: Configuration
  readonly api: string
  readonly simulators: SimulatorAddresses
  readonly options: DemoOptions
  readonly connection: string
  readonly progress: Progress
}

export interface OnceResult {
  /** Of the first pass over all reads. */
  readonly entities: Readonly<Record<string, EntityCounts>>
  /** What came back of orders from the ERP. */
  readonly fulfilments: EntityCounts
  /** What is missing or different between the two ends; empty when all is well. */
  readonly differences: readonly string[]
}

/**
 * Runs every read once, waits until all is at its end, lets the shop pull, and compares both ends. Then orders are shipped in
 * the ERP, and what that changes is read again: orders are compared before, since a shop's order ends with its shipment.
 */
export async function runOnce(deps: OnceDeps): Promise<OnceResult> {
  await untilSettled(deps.configuration, deps.platform, 0)
  const first = await doReads(deps, allReads(deps.configuration))
  const pulled = await pull(deps)
  const orders = await compareDelivered(deps)
  const pair = connectionOf(deps)
  const returned = await shipAndReturn(deps, pair)
  const ends = [...orders, ...(await comparePulled(deps)), ...(await shipmentsOf(deps.simulators, pair))]
  const shipments = [...first, ...returned].filter(({ read }) => isOf(read, 'fulfilments'))
  return {
    entities: countEntities(first, pulled),
    fulfilments: countShipments(shipments),
    differences: [...failures([...first, ...returned]), ...ends],
  }
}

function connectionOf({ configuration, connection }: OnceDeps): Connection {
  const found = configuration.connections.find(({ id }) => id === connection)
  if (found === undefined) throw new StreamError('not_found', `there is no connection ${connection}`)
  return found
}

async function pull({ simulators, progress }: OnceDeps): Promise<PulledRows> {
  const pulled = await pullFeeds(simulators.magento.url)
  progress.line('the shop has pulled the feeds')
  return pulled
}

const isOf = (read: string, entity: string): boolean => read.split('.')[1] === entity

/** What is shipped comes back: shipments and stock from the ERP, and then the shop's orders as they are with them. */
async function shipAndReturn(deps: OnceDeps, pair: Connection): Promise<readonly TaskAnswer[]> {
  const { configuration, platform, progress, simulators } = deps
  const shipped = await shipFirst(simulators, pair)
  progress.line(`${shipped} orders were shipped in the ERP`)
  if (shipped === 0) return []
  const again = async (...entities: readonly string[]) => {
    await untilSettled(configuration, platform, performance.now())
    return await doReads(
      deps,
      allReads(configuration).filter((read) => entities.some((entity) => isOf(read, entity))),
    )
  }
  const tasks = [...(await again('fulfilments', 'inventory')), ...(await again('orders'))]
  await pull(deps)
  return tasks
}

interface ShopState {
  readonly orders: readonly MagentoOrder[]
  readonly products: readonly (ShopProduct & MagentoProduct)[]
  readonly sourceItems: FeedEnds['sourceItems']
}

interface ErpState {
  readonly items: readonly ErpItem[]
  readonly salesOrders: readonly NetSuiteOrder[]
}

type Ends = Pick<OnceDeps, 'api' | 'connection' | 'simulators' | 'options'>

async function compareDelivered({ connection, simulators, options }: Ends): Promise<readonly string[]> {
  const shop = await stateOf<ShopState>(simulators.magento.url)
  const erp = await stateOf<ErpState>(simulators.netsuite.url)
  const ends = { shop: magentoOrders(shop.orders, shop.products), erp: netsuiteOrders(erp.salesOrders) }
  return compareOrders({ ...ends, connection, vendor: new RegExp(options.vendorPattern), erpName: 'NetSuite' })
}

/** The feeds that the Magento shop pulls, and what it has of them. */
export async function comparePulled({ api, connection, simulators, options }: Ends): Promise<readonly string[]> {
  const shop = await stateOf<ShopState>(simulators.magento.url)
  const erp = await stateOf<ErpState>(simulators.netsuite.url)
  const { rows: imageRows } = await stateOf<{ rows: FeedEnds['imageRows'] }>(simulators.images.url)
  const feed = (name: string, source?: string) => readFeed<Row>(api, name, connection, source)
  const images = [...(await feed('images')), ...(await feed('images', 'magento'))]
  const feeds = {
    products: await feed('products'),
    inventory: await feed('inventory'),
    prices: await feed('prices'),
    images,
  }
  const ends: FeedEnds = { products: shop.products, sourceItems: shop.sourceItems, items: erp.items, imageRows, feeds }
  return [
    ...compareProducts(ends, 'netsuite'),
    ...compareInventory(ends, 'netsuite'),
    ...comparePrices(ends, 'netsuite'),
    ...compareImages(ends, { vendor: 'images', shop: 'magento', skus: new RegExp(options.vendorPattern) }),
  ]
}

const stateOf = <T>(url: string): Promise<T> => requestJson<T>(`${url}/_sim/state`)
