import { expect, it } from 'vitest'
import { declarationOf } from '../../../../src/events/entities.ts'
import type { ShopInventoryRequested } from '../../../../src/events/generated/events.ts'
import { mapInventory } from '../../../../src/processors/map-inventory.ts'
import { pushProcessor } from '../../../../src/processors/push-rows.ts'
import type { Sink } from '../../../../src/systems/kit/sink.ts'
import { connectionOf, contextOf, inventoryChanged } from '../../../data/processor-events.ts'
import { shopDeliveries } from '../../../worlds/shop-deliveries.ts'

const shop = { id: 'shop', type: 'bigcommerce', address: '', secrets: {}, zone: 'UTC' } as const
const connection = connectionOf('a', '^WLD', { shop: 'shop', push: ['inventory'] })

/** The same stock of the same version, mapped by a revision of the connection. */
async function mappedBy(revision: number): Promise<ShopInventoryRequested> {
  const context = contextOf({ ...connection, revision })
  const [row] = (await mapInventory.process(inventoryChanged('WLD-1', { LA: ['5', '3'] }), context, undefined)).outputs
  if (row?.kind !== 'universal-inventory') throw new Error('a row is made of it')
  const [pushed] = (await pushProcessor(declarationOf('inventory')).process(row.event, context, undefined)).outputs
  if (pushed?.kind !== 'shop-inventory') throw new Error('it is pushed')
  return { ...pushed.event, contentDigest: `revision ${revision}` }
}

it('what an older mapping made of a version never lies over what a newer one made of it', async () => {
  const delivered: string[] = []
  const sink: Sink<'shop-inventory'> = {
    kind: 'shop-inventory',
    naturalKey: true,
    async deliver({ contentDigest }) {
      delivered.push(contentDigest)
      return { outcome: 'written', targetId: '1' }
    },
  }
  const system = { ...shop, limits: { concurrency: 1 }, settings: {}, reads: [] }
  const { handle } = shopDeliveries(system, sink, connection)
  expect(await handle(await mappedBy(3))).toEqual(['WLD-1 succeeded'])
  // As a retried dead letter comes, or a record that is handed over again.
  expect(await handle(await mappedBy(2))).toEqual(['WLD-1 superseded older_version'])
  expect(await handle(await mappedBy(10), await mappedBy(4))).toEqual(
    expect.arrayContaining(['WLD-1 superseded older_version', 'WLD-1 succeeded']),
  )
  expect(delivered).toEqual(['revision 3', 'revision 10'])
})
