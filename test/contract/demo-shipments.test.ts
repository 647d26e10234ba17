/** The demo's orders, as real shops have them, on their way there and back between the simulators, through our readers and sinks. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compareOrders } from '../../demo/compare-orders.ts'
import { shopOf, vendorOf } from '../../demo/ends/read-ends.ts'
import { shipFirst, shipmentsOf, shipNext } from '../../demo/ship.ts'
import type { SimulatorAddresses } from '../../demo/simulators.ts'
import { compareVersions } from '../../src/events/version.ts'
import { routeFulfilments } from '../../src/processors/route-fulfilments.ts'
import { type RoutedOrder, routeOrders } from '../../src/processors/route-orders.ts'
import type { Sink } from '../../src/systems/kit/sink.ts'
import type { SourceReader } from '../../src/systems/kit/source.ts'
import { writeNetSuiteOrders } from '../../src/systems/netsuite/write-orders.ts'
import { connectionOf, contextOf, fulfilmentChanged, orderChanged } from '../data/processor-events.ts'
import { startTestShop, type TestShop } from '../worlds/magento2.ts'
import { type NetSuiteAccount, startNetSuiteAccount } from '../worlds/netsuite-account.ts'
import { startCompany, type TestCompany } from '../worlds/sap-b1.ts'
import { netsuiteOf } from '../worlds/settings.ts'
import { WHOLE } from '../worlds/sources.ts'

const vendorPattern = /^WLD-/
const { signal } = new AbortController()
const before = { targetId: null, unclear: false }

let shop: TestShop
let account: NetSuiteAccount
let company: TestCompany
let simulators: SimulatorAddresses

beforeAll(async () => {
  shop = await startTestShop({ orders: 60, realShare: 0.6, vendorPattern })
  account = await startNetSuiteAccount({ vendorPattern })
  company = await startCompany({ vendorPattern })
  const at = ({ url }: { readonly url: string }) => ({ url, credentials: {} })
  simulators = { magento: at(shop), netsuite: at(account), sap: at(company), images: at(shop) }
})
afterAll(async () => {
  for (const one of [shop, account, company]) await one.close()
})

interface Erp {
  orders(): Promise<Sink<'vendor-orders'>>
  fulfilments(): SourceReader<'fulfilments'>
}

const erps: Readonly<Record<'netsuite' | 'sap', Erp>> = {
  netsuite: {
    orders: async () =>
      writeNetSuiteOrders(await account.client(), netsuiteOf({ currency: 'USD', discountItem: '77' })),
    fulfilments: () => account.reader('fulfilments'),
  },
  sap: {
    orders: () => company.sink({ taxExpenseCode: '2' }),
    fulfilments: () => company.reader('fulfilments'),
  },
}

/** A connection of the shop and a vendor, and everything of ours between them but topics and tables. */
function flowTo(vendor: keyof typeof erps) {
  const connection = connectionOf(`magento-${vendor}`, '^WLD-', { vendor, reads: ['magento.orders.all'] })
  const states = new Map<string, RoutedOrder>()
  const owners = new Map<string, string>()
  /** The second of a number is known by its own id too. */
  const keyOf = (number: string, id: string): string => {
    const owner = owners.get(number) ?? id
    owners.set(number, owner)
    return owner === id ? number : `${number}~${id}`
  }
  return {
    connection,
    async deliverOrders(): Promise<void> {
      const sink = await erps[vendor].orders()
      for await (const { entities } of shop.reader('orders').read(WHOLE, null, signal)) {
        for (const { key: number, occurredAt, data: read, identity } of entities) {
          const key = keyOf(number, read.orderId)
          const data = key === number ? read : (identity?.withKey(key) ?? read)
          const event = orderChanged(data, { key, occurredAt, readAt: Date.now() })
          const known = states.get(key)
          if (known !== undefined && compareVersions(event, known.version) < 0) continue
          const { outputs, state } = await routeOrders.process(event, contextOf(connection), known)
          if (state !== undefined) states.set(key, state)
          for (const output of outputs) {
            if (output.kind === 'vendor-orders') await sink.deliver(output.event, connection, signal, before)
          }
        }
      }
    },
    async deliverShipments(): Promise<number> {
      const sink = await shop.sink('shop-fulfilments')
      let delivered = 0
      for await (const { entities } of erps[vendor].fulfilments().read(WHOLE, null, signal)) {
        for (const { key, data, occurredAt } of entities) {
          const event = fulfilmentChanged(data, { source: vendor, key, occurredAt })
          const { outputs } = await routeFulfilments.process(event, contextOf(connection), undefined)
          for (const output of outputs) {
            if (output.kind !== 'shop-fulfilments' || output.event.data.kind !== 'shipment') continue
            await sink.deliver(output.event, connection, signal, before)
            delivered += 1
          }
        }
      }
      return delivered
    },
    async differences(): Promise<readonly string[]> {
      const [shopEnd, vendorEnd] = [await shopOf(simulators, 'magento'), await vendorOf(simulators, vendor)]
      const ends = { shop: shopEnd.orders, erp: vendorEnd.orders, connection: connection.id, erpName: vendor }
      return compareOrders({ ...ends, vendor: vendorPattern })
    },
  }
}

describe.each(['netsuite', 'sap'] as const)('orders that are shipped in %s', (vendor) => {
  const { connection, deliverOrders, deliverShipments, differences } = flowTo(vendor)

  it('are shipped in the shop, and both ends agree, also in a second run', async () => {
    await shop.reset()
    await deliverOrders()
    expect(await differences()).toEqual([])
    expect(await shipFirst(simulators, connection)).toBe(6)
    expect((await shipmentsOf(simulators, connection)).length).toBe(6)
    expect(await deliverShipments()).toBe(6)
    expect(await shipmentsOf(simulators, connection)).toEqual([])
    await deliverOrders()
    expect(await differences()).toEqual([])
    expect(await shipFirst(simulators, connection)).toBe(0)
  })

  it('are all that it has, one after the other', async () => {
    const shipped: string[] = []
    for (let one = await shipNext(simulators, connection); one !== null; one = await shipNext(simulators, connection)) {
      shipped.push(one)
    }
    expect(shipped.length).toBeGreaterThan(10)
    await deliverShipments()
    expect(await shipmentsOf(simulators, connection)).toEqual([])
    await deliverOrders()
    expect(await differences()).toEqual([])
  })
})
