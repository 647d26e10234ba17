// Without `orderStates` a connection took orders in Magento's `processing` alone: of a shop of another type it took none, ever.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BigCommerceSimulator } from '../../simulators/bigcommerce/start.ts'
import type { Connection } from '../../src/configuration/model.ts'
import type { Order, VendorOrderRequested } from '../../src/events/generated/events.ts'
import { routeOrders } from '../../src/processors/route-orders.ts'
import { parseMessage } from '../../src/systems/sqs/message.ts'
import { toOrder } from '../../src/systems/sqs/order.ts'
import { contextOf, lineOf, orderChanged, orderOf } from '../data/processor-events.ts'
import { connectTo, startStore } from '../worlds/bigcommerce.ts'
import { configurationOf } from '../worlds/configured.ts'
import { readAll } from '../worlds/sources.ts'
import { orderMessage } from '../worlds/sqs-world.ts'

const shops = {
  bigcommerce: { secrets: { accessToken: 'env:TOKEN' }, settings: { storeHash: 'h' } },
  magento2: { secrets: { bearer: 'env:TOKEN' } },
  sqs: { settings: { region: 'eu-central-1', ordersQueue: 'orders', currency: 'USD' } },
}

/** A valid connection of such a shop that says nothing of states. */
async function connectionOf(type: keyof typeof shops, more: object = {}): Promise<Connection> {
  const erp = { kind: 'system', id: 'erp', type: 'netsuite', address: 'http://erp.test', settings: { account: 'A' } }
  const secrets = { clientId: 'env:A', certificateId: 'env:B', privateKey: 'env:C' }
  const { connections } = await configurationOf([
    { kind: 'system', id: 'shop', type, address: 'http://shop.test', ...shops[type] },
    { ...erp, secrets },
    { kind: 'connection', id: 'a', shop: 'shop', vendor: 'erp', reads: [], ownership: { skuPattern: '.' }, ...more },
  ])
  const [connection] = connections
  if (connection === undefined) throw new Error('no connection')
  return connection
}

/** The vendor's order of an order, or why there is none. */
async function routed(connection: Connection, data: Order): Promise<string> {
  const event = orderChanged(data, { source: 'shop' })
  const { outputs, decisions } = await routeOrders.process(event, contextOf(connection), undefined)
  const [output] = outputs
  if (output !== undefined) return (output.event as VendorOrderRequested).canceled ? 'canceled' : 'sent'
  const [decision] = decisions
  return decision?.status === 'ignored' ? String(decision.code) : String(decision?.status)
}

describe('orders of a shop whose connection names no states', () => {
  let store: BigCommerceSimulator
  beforeAll(async () => {
    store = await startStore({ orders: 80 })
  })
  afterAll(async () => await store.close())

  it('of BigCommerce are sent when they wait for fulfilment or shipment', async () => {
    const connection = await connectionOf('bigcommerce')
    const { entities } = await readAll(connectTo(store).reader('orders'))
    const waiting = entities.filter(({ data: { state } }) => /^awaiting_(fulfillment|shipment)$/.test(state))
    expect(waiting.length).toBeGreaterThan(5)
    expect(new Set(await Promise.all(waiting.map(({ data }) => routed(connection, data))))).toEqual(new Set(['sent']))
    const of = (state: string) => routed(connection, orderOf([lineOf('1', 'A')], { state }))
    const others = ['pending', 'incomplete', 'awaiting_payment', 'shipped', 'completed', 'status_77']
    expect(await Promise.all(others.map(of))).toEqual(Array(6).fill('order_state'))
  })

  it.each(['Processing', 'pending', 'Ready to ship'])(
    'of a queue are sent whatever the shop calls the state: %s',
    async (status) => {
      const connection = await connectionOf('sqs')
      const context = { zone: 'UTC', receivedAt: 1, sentAt: 1, currency: 'USD' }
      const message = parseMessage(JSON.stringify(orderMessage('1', { order_status: status })))
      expect(await routed(connection, toOrder(message, context).data)).toBe('sent')
    },
  )

  it('of a queue are not sent when they are canceled', async () => {
    const connection = await connectionOf('sqs')
    expect(await routed(connection, orderOf([lineOf('1', 'A')], { state: 'canceled' }))).toBe('order_state')
  })

  it('of Magento are sent in processing, as ever', async () => {
    const connection = await connectionOf('magento2')
    const of = (state: string) => routed(connection, orderOf([lineOf('1', 'A')], { state }))
    expect(await Promise.all(['new', 'processing', 'complete'].map(of))).toEqual(['order_state', 'sent', 'order_state'])
  })

  it('are sent in the states it names where it names some', async () => {
    const connection = await connectionOf('bigcommerce', { orderStates: ['pending'] })
    const of = (state: string) => routed(connection, orderOf([lineOf('1', 'A')], { state }))
    expect(await Promise.all(['awaiting_fulfillment', 'pending'].map(of))).toEqual(['order_state', 'sent'])
  })
})
