// `shop-eu` + 7 and `shop` + eu-7 were both called shop-eu-7: the second write replaced the other seller's order.
import { describe, expect, it } from 'vitest'
import type { VendorOrderRequested } from '../../src/events/generated/events.ts'
import type { Before, Sink } from '../../src/systems/kit/sink.ts'
import { connectionOf, lineOf, orderOf, vendorOrder } from '../data/processor-events.ts'
import { bothErps } from '../worlds/both-erps.ts'
import { CALM } from '../worlds/sap-b1.ts'

const signal = new AbortController().signal

const erps = bothErps()

interface More {
  readonly before?: Before
  readonly orderNumber?: string
  readonly content?: string
}

interface Erp {
  sink(): Promise<Sink<'vendor-orders'>>
  sku(): Promise<string>
  references(): Promise<readonly unknown[]>
}

const byName: Readonly<Record<string, Erp>> = {
  netsuite: {
    sink: erps.netsuiteSink,
    sku: erps.netsuiteSku,
    references: async () => (await erps.account.orders()).map(({ externalId }) => externalId),
  },
  sap: {
    sink: async () => await erps.company.sink(),
    sku: erps.sapSku,
    references: async () => (await erps.company.state('Orders')).map(({ NumAtCard }) => NumAtCard),
  },
}

describe.each(Object.entries(byName))('orders of two connections at %s', (_, erp) => {
  const deliver = async (connection: string, key: string, lineId: string, more: More = {}) => {
    const { before = CALM, orderNumber = key, content = '' } = more
    const order = orderOf([lineOf(lineId, await erp.sku())])
    const event: VendorOrderRequested = vendorOrder(connection, key, order)
    const data = { ...event.data, orderNumber }
    const given = { ...event, data, contentDigest: event.contentDigest + content }
    return await (await erp.sink()).deliver(given, connectionOf(connection, '^WLD-'), signal, before)
  }

  it('are two orders, whatever their numbers', async () => {
    await deliver('shop', 'eu-7', '11')
    await deliver('shop-eu', '7', '22')
    expect(await erp.references()).toEqual(['shop_eu-7', 'shop-eu-7'])
  })

  it('keep the name of an earlier release', async () => {
    // As an earlier release called the order eu-7 of the shop.
    const { targetId } = await deliver('shop-eu', '7', '11', { orderNumber: 'eu-7' })
    const again = await deliver('shop', 'eu-7', '11', { before: { targetId, unclear: false }, content: ' changed' })
    expect(again).toMatchObject({ outcome: 'written', targetId })
    expect(await erp.references()).toEqual(['shop-eu-7'])
  })

  it('are never written over one of another connection, of an earlier release or not', async () => {
    await deliver('shop-eu', '7', '11', { orderNumber: 'eu-7' })
    await expect(deliver('shop-eu', '7', '22', { content: ' own' })).rejects.toMatchObject({ code: 'target_conflict' })
    await deliver('shop', 'eu-7', '33', { orderNumber: 'eu-7 of another shop' })
    expect(await erp.references()).toEqual(['shop-eu-7', 'shop_eu-7'])
  })
})
