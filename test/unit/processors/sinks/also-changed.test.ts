import { expect, it } from 'vitest'
import { createDeliveries } from '../../../../src/processors/sinks/deliveries.ts'
import type { Sink } from '../../../../src/processors/sinks/sink.ts'
import { sinkWorld, version } from '../../../support/sink-world.ts'
import { virtualClock } from '../../platform/runtime/virtual-clock.ts'

/** A sink whose target changes stock by itself with every delivery. */
const sink: Sink<'vendor-orders'> = {
  kind: 'vendor-orders',
  naturalKey: true,
  deliver: async () => ({
    outcome: 'written',
    targetId: '1',
    alsoChanged: [
      { kind: 'shop-inventory', key: 'A-1' },
      { kind: 'shop-inventory', key: 'never pushed' },
    ],
  }),
}

it('what a delivery changes besides at the target is looked at again by its own sink, in its own partition', async () => {
  const world = sinkWorld(virtualClock())
  const deliveries = createDeliveries(world.tables)
  const origin = { topic: 'shop-inventory.netsuite', partition: 5, offset: '7' }
  const row = {
    connection: 'a',
    key: 'shop-inventory|A-1',
    rank: '1',
    digest: 'd',
    origin,
    state: 'delivered',
  } as const
  await deliveries.begin({
    ...{ ...row, fence: 1, until: 0, unsettledUntil: 0, unsettledDigest: '', targetId: null, parked: false },
  })
  expect(await world.worker({ sink }).handle(world.append(version('A1', 1)))).toEqual(['A1 succeeded'])
  expect(await world.parked()).toMatchObject([
    { stage: 'deliver-netsuite:shop-inventory#5', connection: 'a', key: 'shop-inventory|A-1' },
  ])
})
