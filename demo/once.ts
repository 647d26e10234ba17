import type { Platform } from '../src/cli/platform.ts'
import type { Configuration } from '../src/configuration/model.ts'
import {
  compareImages,
  compareInventory,
  compareProducts,
  type ErpItem,
  type FeedEnds,
  type Row,
  type ShopProduct,
} from './compare-feeds.ts'
import { compareOrders } from './compare-orders.ts'
import { type MagentoOrder, type MagentoProduct, magentoOrders } from './ends/magento.ts'
import { type NetSuiteOrder, netsuiteOrders } from './ends/netsuite.ts'
import { postJson, readFeed, requestJson } from './http.ts'
import type { DemoOptions } from './options.ts'
import type { Progress } from './progress.ts'
import { allReads, doReads, failures, untilSettled } from './reads.ts'
import type { SimulatorAddresses } from './simulators.ts'
import { countEntities, type EntityCounts, type PullAnswer } from './summary.ts'

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
  readonly entities: Readonly<Record<string, EntityCounts>>
  /** What is missing or different between the two ends; empty when all is well. */
  readonly differences: readonly string[]
}

/** Runs every read once, waits until all is at its end, lets the shop pull, and compares both ends. */
export async function runOnce(deps: OnceDeps): Promise<OnceResult> {
  await untilSettled(deps.configuration, deps.platform, 0)
  const done = await doReads(deps, allReads(deps.configuration))
  const pulled = await postJson<PullAnswer>(`${deps.simulators.magento.url}/_sim/pull`)
  deps.progress.line('the shop has pulled the feeds')
  const differences = [...failures(done), ...(await compareDelivered(deps)), ...(await comparePulled(deps))]
  return { entities: countEntities(done, pulled), differences }
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
export async function comparePulled({ api, connection, simulators }: Ends): Promise<readonly string[]> {
  const shop = await stateOf<ShopState>(simulators.magento.url)
  const erp = await stateOf<ErpState>(simulators.netsuite.url)
  const { rows: imageRows } = await stateOf<{ rows: FeedEnds['imageRows'] }>(simulators.images.url)
  const feed = (name: string) => readFeed<Row>(api, name, connection)
  const feeds = { products: await feed('products'), inventory: await feed('inventory'), images: await feed('images') }
  const ends: FeedEnds = { products: shop.products, sourceItems: shop.sourceItems, items: erp.items, imageRows, feeds }
  return [
    ...compareProducts(ends, 'netsuite'),
    ...compareInventory(ends, 'netsuite'),
    ...compareImages(ends, 'images', 'magento'),
  ]
}

const stateOf = <T>(url: string): Promise<T> => requestJson<T>(`${url}/_sim/state`)
