/** The demo's orders, as real shops have them, on their way there and back between both simulators, through our readers and sinks. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { compareOrders } from '../../demo/compare-orders.ts'
import { shopOf, vendorOf } from '../../demo/ends/read-ends.ts'
import { shipFirst, shipmentsOf, shipNext } from '../../demo/ship.ts'
import type { SimulatorAddresses } from '../../demo/simulators.ts'
import { compareVersions } from '../../src/events/version.ts'
import { routeFulfilments } from '../../src/processors/route-fulfilments.ts'
import { type RoutedOrder, routeOrders } from '../../src/processors/route-orders.ts'
import { writeNetSuiteOrders } from '../../src/systems/netsuite/write-orders.ts'
import { connectionOf, contextOf, fulfilmentChanged, orderChanged } from '../data/processor-events.ts'
import { startTestShop, type TestShop } from '../worlds/magento2.ts'
import { type NetSuiteAccount, startNetSuiteAccount } from '../worlds/netsuite-account.ts'
import { netsuiteOf } from '../worlds/settings.ts'
import { WHOLE } from '../worlds/sources.ts'

const ORDERS = 60
const vendorPattern = /^WLD-/
const connection = connectionOf('magento-netsuite', '^WLD-', { vendor: 'netsuite', reads: ['magento.orders.all'] })
const { signal } = new AbortController()
const before = { targetId: null, unclear: false }

let shop: TestShop
let account: NetSuiteAccount
let simulators: SimulatorAddresses
const states = new Map<string, RoutedOrder>()
const keys = new Map<string, string>()

beforeAll(async () => {
  shop = await startTestShop({ orders: ORDERS, realShare: 0.6, vendorPattern })
  account = await startNetSuiteAccount({ vendorPattern })
  const none = { url: '', credentials: {} }
  simulators = { magento: { ...none, url: shop.url }, netsuite: { ...none, url: account.url }, images: none }
})
afterAll(async () => {
  await shop.close()
  await account.close()
})

/** The second of a number is known by its own id too, as `publishPage` has it. */
function keyOf(key: string, id: string): string {
  const owner = keys.get(key) ?? id
  keys.set(key, owner)
  return owner === id ? key : `${key}~${id}`
}

async function deliverOrders(): Promise<void> {
  const sink = writeNetSuiteOrders(await account.client(), netsuiteOf({ currency: 'USD', discountItem: '77' }, 'UTC'))
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
}

async function deliverShipments(): Promise<number> {
  const sink = await shop.sink('shop-fulfilments')
  let delivered = 0
  for await (const { entities } of account.reader('fulfilments').read(WHOLE, null, signal)) {
    for (const { key, data, occurredAt } of entities) {
      const event = fulfilmentChanged(data, { key, occurredAt })
      const { outputs } = await routeFulfilments.process(event, contextOf(connection), undefined)
      for (const output of outputs) {
        if (output.kind !== 'shop-fulfilments' || output.event.data.kind !== 'shipment') continue
        await sink.deliver(output.event, connection, signal, before)
        delivered += 1
      }
    }
  }
  return delivered
}

async function differences(): Promise<readonly string[]> {
  const [shopEnd, vendorEnd] = [await shopOf(simulators, 'magento'), await vendorOf(simulators, 'netsuite')]
  const ends = { shop: shopEnd.orders, erp: vendorEnd.orders, connection: connection.id, erpName: 'NetSuite' }
  return compareOrders({ ...ends, vendor: vendorPattern })
}

it('orders are shipped in the ERP, and what was shipped is in the shop; both ends agree, also in a second run', async () => {
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

it('every order that the ERP has can be shipped, one after the other', async () => {
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
