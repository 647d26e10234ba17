import type { Platform } from '../src/cli/platform.ts'
import type { Configuration, Connection } from '../src/configuration/model.ts'
import { StreamError } from '../src/errors.ts'
import { compareGoods } from './compare-goods.ts'
import { compareOrders } from './compare-orders.ts'
import { type BigCommerceState, bigcommerceEnd } from './ends/bigcommerce.ts'
import type { ShopEnd, VendorEnd } from './ends/end.ts'
import { type MagentoState, magentoEnd } from './ends/magento.ts'
import { type NetSuiteState, netsuiteEnd } from './ends/netsuite.ts'
import { type SapB1State, sapB1End } from './ends/sap-b1.ts'
import { postJson, requestJson } from './http.ts'
import { comparePulled } from './once.ts'
import type { DemoOptions } from './options.ts'
import type { Progress } from './progress.ts'
import { allReads, doReads, failures, untilSettled } from './reads.ts'
import { compareShipments, plainReferences, type Sent, shipInNetSuite, shipInSapB1 } from './ship.ts'
import type { SimulatorAddresses } from './simulators.ts'
import { type ConnectionCounts, countConnections, type PullAnswer } from './summary.ts'

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
 * Every read once, for two shops and two vendors; then orders are shipped in the ERPs, and what that changes is read again.
 * Orders are compared before, since a shop's order ends with its shipment.
 */
export async function runOnceAll(deps: OnceAllDeps): Promise<OnceAllResult> {
  const { configuration, platform, progress, simulators } = deps
  await untilSettled(configuration, platform, 0)
  const first = await doReads(deps, allReads(configuration))
  await pull(deps)
  const orders = await Promise.all(configuration.connections.map((one) => ordersOf(deps, one)))
  const ids = (vendor: string) => configuration.connections.filter((one) => one.vendor === vendor).map(({ id }) => id)
  const plain = new Set((await Promise.all(configuration.connections.map((one) => plainOrders(deps, one)))).flat())
  const sent = [
    ...(await shipInNetSuite(simulators.netsuite.url, ids('netsuite'), plain)),
    ...(await shipInSapB1(addressOf(simulators, 'sap'), ids('sap'), plain)),
  ]
  progress.line(`${sent.length} orders were shipped in the ERPs`)
  const shippedAt = platform.clock.now()
  await platform.clock.sleep(MINUTE_MS - (shippedAt % MINUTE_MS))
  await untilSettled(configuration, platform, performance.now())
  const again = allReads(configuration).filter((read) => AFTER_SHIPPING.includes(read.split('.')[1] ?? ''))
  const second = await doReads(deps, again)
  await pull(deps)
  const own = await comparePulled({ ...deps, connection: PULLED })
  const after = await Promise.all(configuration.connections.map((one) => goodsAndShipmentsOf(deps, one, sent)))
  return {
    connections: countConnections([...first, ...second]),
    differences: [...failures([...first, ...second]), ...orders.flat(), ...own, ...after.flat()],
  }
}

async function pull({ simulators, progress }: OnceAllDeps): Promise<void> {
  await postJson<PullAnswer>(`${simulators.magento.url}/_sim/pull`)
  progress.line('the Magento shop has pulled the feeds')
}

async function plainOrders(deps: OnceAllDeps, { id, shop }: Connection): Promise<readonly string[]> {
  return plainReferences(id, (await shopOf(deps, shop)).orders)
}

async function ordersOf(deps: OnceAllDeps, { id, shop, vendor }: Connection): Promise<readonly string[]> {
  const [shopEnd, vendorEnd] = [await shopOf(deps, shop), await vendorOf(deps, vendor)]
  return compareOrders({
    shop: shopEnd.orders,
    erp: vendorEnd.orders,
    connection: id,
    erpName: vendor,
    vendor: new RegExp(vendor === 'sap' ? deps.options.secondVendorPattern : deps.options.vendorPattern),
  })
}

/** Stock that a shipment took from a shop's source is put right after it: no task tells of that. */
async function untilNone({ platform }: OnceAllDeps, differences: () => Promise<readonly string[]>) {
  for (const until = platform.clock.now() + PUT_RIGHT_MS; ; ) {
    const found = await differences()
    if (found.length === 0 || platform.clock.now() > until) return found
    await platform.clock.sleep(500)
  }
}

async function goodsAndShipmentsOf(
  deps: OnceAllDeps,
  { id, shop, vendor, push, stock }: Connection,
  sent: readonly Sent[],
): Promise<readonly string[]> {
  const goods = await untilNone(deps, async () => {
    if (!push.includes('inventory')) return []
    const ends = { shop: await shopOf(deps, shop), vendor: await vendorOf(deps, vendor) }
    return compareGoods({ connection: id, ...ends, locations: stock?.locations ?? {} })
  })
  return [...goods, ...compareShipments(id, (await shopOf(deps, shop)).orders, sent)]
}

async function shopOf({ simulators }: OnceAllDeps, shop: string): Promise<ShopEnd> {
  const url = `${addressOf(simulators, shop)}/_sim/state`
  return shop === 'magento'
    ? magentoEnd(shop, await requestJson<MagentoState>(url))
    : bigcommerceEnd(shop, await requestJson<BigCommerceState>(url))
}

async function vendorOf({ simulators }: OnceAllDeps, vendor: string): Promise<VendorEnd> {
  const url = `${addressOf(simulators, vendor)}/_sim/state`
  return vendor === 'netsuite'
    ? netsuiteEnd(vendor, await requestJson<NetSuiteState>(url))
    : sapB1End(vendor, await requestJson<SapB1State>(url))
}

function addressOf(simulators: SimulatorAddresses, name: string): string {
  const found = Object.entries(simulators).find(([one]) => one === name)?.[1]
  if (found !== undefined) return found.url
  throw new StreamError('services_missing', `there is no simulator of ${name}`)
}
