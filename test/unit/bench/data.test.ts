import { describe, expect, it } from 'vitest'
import { configuration } from '../../../bench/data/configuration.ts'
import { inventory } from '../../../bench/data/inventory.ts'
import { orders, VENDOR_PREFIX } from '../../../bench/data/orders.ts'
import { median } from '../../../bench/median.ts'
import { routeOrders } from '../../../src/processors/route-orders.ts'

const context = { connections: configuration.connections, metadataOf: () => undefined }

describe("the benchmarks' data", () => {
  it('is the same for the same seed, and another for another', () => {
    const first = [...orders({ seed: 1, count: 50 })]
    expect([...orders({ seed: 1, count: 50 })]).toEqual(first)
    expect([...orders({ seed: 2, count: 50 })]).not.toEqual(first)
    expect([...inventory({ seed: 1, count: 50, keys: 9 })]).toEqual([...inventory({ seed: 1, count: 50, keys: 9 })])
  })

  it('has orders of 1 to 8 lines, about 30 % of them the vendor’s, that all can be routed', async () => {
    const all = [...orders({ seed: 7, count: 2000 })]
    const lines = all.flatMap(({ data }) => data.lines)
    const counts = all.map(({ data }) => data.lines.length)
    expect([Math.min(...counts), Math.max(...counts)]).toEqual([1, 8])
    const share = lines.filter(({ sku }) => sku.startsWith(VENDOR_PREFIX)).length / lines.length
    expect(share).toBeCloseTo(0.3, 1)
    const routed = await Promise.all(all.map((event) => routeOrders.process(event, context, undefined)))
    const decisions = routed.flatMap((one) => one.decisions)
    expect(new Set(decisions.map(({ status }) => status))).toEqual(new Set(['processing', 'ignored']))
  })

  it('changes some SKUs far more often than others, each change newer than the one before', () => {
    const all = [...inventory({ seed: 7, count: 5000, keys: 1000 })]
    const perKey = [...Map.groupBy(all, ({ key }) => key).values()].map(({ length }) => length)
    expect(Math.max(...perKey)).toBeGreaterThan(5 * median(perKey))
    expect(all.map(({ readAt }) => readAt)).toEqual(all.map(({ readAt }) => readAt).toSorted((a, b) => a - b))
  })
})
