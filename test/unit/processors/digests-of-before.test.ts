import { describe, expect, it } from 'vitest'
import type { VendorOrderRequested } from '../../../src/events/generated/events.ts'
import { contentDigest } from '../../../src/events/identity.ts'
import { routeOrders } from '../../../src/processors/route-orders.ts'
import { ordersOfBefore } from '../../data/orders-of-before.ts'
import { connectionOf, contextOf, orderChanged } from '../../data/processor-events.ts'

/**
 * Digests (their first 16 digits) of the order and of what each vendor is sent, as they were before refunds, holds, charges and
 * components were looked at: an upgrade must not send every order again.
 */
const BEFORE: Readonly<Record<string, readonly string[]>> = {
  plain: ['114602bf9d72951a', '8c23f2b5d3bcb4fe'],
  'invoiced and shipped': ['26e3d828664d7883', '28749a324b5f014a'],
  'canceled in part': ['bf7291a7532c154d', '837f6a8e41f9c87e'],
  'of two vendors': ['02330821552a379e', 'de8e079cf69efc0e', 'c558be7300c25142'],
  'rounded as a whole': ['784df802c7ac3d86', 'd70576fe658fd963', '29fa7edc4e80d952'],
  'a configurable': ['2882fe7c5fd41103', 'efc5c817984f09fd'],
  'a bundle that is a product': ['97a4fd86aebd43c2', '2cbe136224a9e735'],
  'a virtual line': ['c0dfe77bc630b496', '367eac22d2cb9a2c'],
}

const vendors = [connectionOf('a', '^A'), connectionOf('b', '^B')]

describe('digests of orders without refunds are what they were before', () => {
  it.each(Object.entries(ordersOfBefore))('%s', async (name, order) => {
    const { outputs } = await routeOrders.process(orderChanged(order), contextOf(...vendors), undefined)
    const sent = outputs.map(({ event }) => (event as VendorOrderRequested).contentDigest)
    const digests = [contentDigest({ deleted: false, data: order }), ...sent]
    expect(digests.map((digest) => digest.slice(0, 16))).toEqual(BEFORE[name])
  })
})
