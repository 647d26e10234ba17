import type { Platform } from '../src/cli/platform.ts'
import type { Configuration, Connection } from '../src/configuration/model.ts'
import type { Row } from './compare-feeds.ts'
import { compareFiles } from './compare-files.ts'
import { compareGoods } from './compare-goods.ts'
import { compareOrders } from './compare-orders.ts'
import type { AcmeState } from './ends/acme.ts'
import { addressOf, shopOf, vendorOf } from './ends/read-ends.ts'
import { readFeed, requestJson } from './http.ts'
import { comparePulled } from './once.ts'
import type { DemoOptions } from './options.ts'
import type { Progress } from './progress.ts'
import { pullFeeds } from './pull-feeds.ts'
import { allReads, doReads, failures, untilSettled } from './reads.ts'
import { shipFirst, shipmentsOf } from './ship.ts'
import type { SimulatorAddresses } from './simulators.ts'
import { type ConnectionCounts, countConnections } from './summary.ts'

export interface OnceAllDeps {
  readonly platform: Platform
  readonly configuration: Configuration
  readonly api: string
  readonly simulators: SimulatorAddresses
  readonly options: DemoOptions
  readonly progress: Progress
}

export interface OnceAllResult {
  readonly connections: Readonly<Record<string, ConnectionCounts>>
  readonly differences: readonly string[]
}

/** Read again once orders are delivered and shipped: orders take stock, shipments come back, and a shop's pushed products
 *  have changed while its images were read. */
const AFTER_SHIPPING = ['fulfilments', 'inventory', 'images']
/** SAP Business One tells its times by the minute: one is read when it is over. */
const MINUTE_MS = 60_000
/** How long stock may take to be put right. */
const PUT_RIGHT_MS = 30_000
/** The connection whose feeds the Magento shop pulls. */
export const PULLED = 'magento-netsuite'

/**
 * Every read once, for two shops and three vendors; then orders are shipped by the vendors, and what that changes is read again.
 * Orders are compared before, since a shop's order ends with its shipment.
 */
export async function runOnceAll(deps: OnceAllDeps): Promise<OnceAllResult> {
  const { configuration, platform, progress, simulators } = deps
  await untilSettled(configuration, platform, 0)
  const first = await doReads(deps, allReads(configuration))
  await pull(deps)
  const orders = await Promise.all(configuration.connections.map((one) => ordersOf(deps, one)))
  let shipped = 0
  for (const one of configuration.connections) shipped += await shipFirst(simulators, one)
  progress.line(`${shipped} orders were shipped by the vendors`)
  const shippedAt = platform.clock.now()
  await platform.clock.sleep(MINUTE_MS - (shippedAt % MINUTE_MS))
  await untilSettled(configuration, platform, performance.now())
  const again = allReads(configuration).filter((read) => AFTER_SHIPPING.includes(read.split('.')[1] ?? ''))
  const second = await doReads(deps, again)
  await pull(deps)
  const own = await comparePulled({ ...deps, connection: PULLED })
  const after = await Promise.all(configuration.connections.map((one) => goodsAndShipmentsOf(deps, one)))
  return {
    connections: countConnections([...first, ...second]),
    differences: [...failures([...first, ...second]), ...orders.flat(), ...own, ...after.flat()],
  }
}

async function pull({ simulators, progress }: OnceAllDeps): Promise<void> {
  await pullFeeds(simulators.magento.url)
  progress.line('the Magento shop has pulled the feeds')
}

async function ordersOf(deps: OnceAllDeps, { id, shop, vendor }: Connection): Promise<readonly string[]> {
  const [shopEnd, vendorEnd] = [await shopOf(deps.simulators, shop), await vendorOf(deps.simulators, vendor)]
  return compareOrders({
    shop: shopEnd.orders,
    erp: vendorEnd.orders,
    connection: id,
    erpName: vendor,
    vendor: new RegExp(patternOf(deps.options, vendor)),
  })
}

function patternOf(options: DemoOptions, vendor: string): string {
  if (vendor === 'sap') return options.secondVendorPattern
  return vendor === 'acme' ? options.fileVendorPattern : options.vendorPattern
}

/** The feeds of a vendor of files; the others' shops show what is in theirs. */
async function filesOf({ api, simulators }: OnceAllDeps, { id, vendor }: Connection): Promise<readonly string[]> {
  if (vendor !== 'acme') return []
  const state = await requestJson<AcmeState>(`${addressOf(simulators, vendor)}/_sim/state`)
  const [inventory, prices] = [await readFeed<Row>(api, 'inventory', id), await readFeed<Row>(api, 'prices', id)]
  return compareFiles(id, state, { inventory, prices })
}

/** Stock that a shipment took from a shop's source is put right after it: no task tells of that. */
async function untilNone({ platform }: OnceAllDeps, differences: () => Promise<readonly string[]>) {
  for (const until = platform.clock.now() + PUT_RIGHT_MS; ; ) {
    const found = await differences()
    if (found.length === 0 || platform.clock.now() > until) return found
    await platform.clock.sleep(500)
  }
}

async function goodsAndShipmentsOf(deps: OnceAllDeps, connection: Connection): Promise<readonly string[]> {
  const { id, shop, vendor, push, stock } = connection
  const goods = await untilNone(deps, async () => {
    if (!push.includes('inventory')) return []
    const ends = { shop: await shopOf(deps.simulators, shop), vendor: await vendorOf(deps.simulators, vendor) }
    return compareGoods({ connection: id, ...ends, locations: stock?.locations ?? {} })
  })
  return [...goods, ...(await filesOf(deps, connection)), ...(await shipmentsOf(deps.simulators, { id, shop, vendor }))]
}
