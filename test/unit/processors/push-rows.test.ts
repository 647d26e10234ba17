import { expect, it } from 'vitest'
import { decimal8 } from '../../../src/events/decimal.ts'
import { declarationOf } from '../../../src/events/entities.ts'
import type { ShopInventoryRequested, UniversalInventoryChanged } from '../../../src/events/generated/events.ts'
import { mapInventory } from '../../../src/processors/map-inventory.ts'
import { pushProcessor } from '../../../src/processors/push-rows.ts'
import { connectionOf, contextOf, inventoryChanged } from '../../data/processor-events.ts'

const pulls = connectionOf('pulls', '^WLD')
const pushes = connectionOf('pushes', '^WLD', { shop: 'bigcommerce', push: ['inventory'], revision: 2 })
const row = async (connection = pushes, more: object = {}) => {
  const event = { ...inventoryChanged('WLD-1', { LA: ['5', '3'] }), ...more }
  const [output] = (await mapInventory.process(event, contextOf(connection), undefined)).outputs
  if (output?.kind !== 'universal-inventory') throw new Error('a row is made of it')
  return output.event
}
const pushed = async (event?: UniversalInventoryChanged, connection = pushes) =>
  await pushProcessor(declarationOf('inventory')).process(event ?? (await row()), contextOf(connection), undefined)

it('a row of a connection that pushes goes to its shop, with the row’s content and version', async () => {
  const event = await row()
  const { outputs, decisions } = await pushed(event)
  expect(decisions).toEqual([{ connection: 'pushes', status: 'processing', code: null, message: null }])
  const { eventId: _eventId, ...content } = event
  expect(outputs).toMatchObject([
    { kind: 'shop-inventory', system: 'bigcommerce', key: 'pushes|WLD-1', event: content },
  ])
  const [id] = outputs.map((output) => (output.event as ShopInventoryRequested).eventId)
  expect(id).not.toBe(event.eventId)
  expect((await pushed(event)).outputs).toEqual(outputs)
})

it('nothing is said of a connection whose shop pulls', async () => {
  expect(await pushed(await row(pulls), pulls)).toEqual({ outputs: [], decisions: [] })
  const products = connectionOf('pushes', '^WLD', { push: ['products'] })
  expect(await pushed(await row(products), products)).toEqual({ outputs: [], decisions: [] })
  expect(pushProcessor(declarationOf('products')).from).toBe('universal-products')
})

it('a row that is gone is pushed as deleted', async () => {
  expect((await pushed(await row(pushes, { deleted: true }))).outputs).toMatchObject([{ event: { deleted: true } }])
})

it('what was read from the shop itself is not sent back to it', async () => {
  const own = await row(connectionOf('pushes', '^WLD', { shop: 'netsuite', push: ['inventory'] }))
  const { outputs, decisions } = await pushed(
    own,
    connectionOf('pushes', '^WLD', { shop: 'netsuite', push: ['inventory'] }),
  )
  expect(outputs).toEqual([])
  expect(decisions).toMatchObject([{ status: 'ignored', code: 'shops_own' }])
})

it('stock is pushed as what may be sold of it, with a digest of its own', async () => {
  const sellableStock = { locations: { policy: 'list', names: ['LA'] }, buffer: { fixed: 1 } } as const
  const connection = connectionOf('pushes', '^WLD', { shop: 'bigcommerce', push: ['inventory'], sellableStock })
  const event = await row(connection)
  const [output] = (await pushed(event, connection)).outputs
  if (output?.kind !== 'shop-inventory') throw new Error('it is pushed')
  const { data, contentDigest } = output.event
  expect(data).toEqual({
    ...event.data,
    total: decimal8(2, 'total'),
    locations: [{ location: 'LA', onHand: decimal8(5, 'on hand'), available: decimal8(2, 'available') }],
  })
  expect(contentDigest).not.toBe(event.contentDigest)
})

it('stock is pushed less what orders claim, whichever comes last: its levels or the claims', async () => {
  const connection = connectionOf('pushes', '^WLD', {
    shop: 'bigcommerce',
    push: ['inventory'],
    sellableStock: { reserve: true },
  })
  const processor = pushProcessor(declarationOf('inventory'))
  const [old, fresh] = [await row(connection), await row(connection, { readAt: 1_772_000_009_000 })]
  const claims = { revision: 1, open: decimal8(2, 'open'), told: [], heldUntil: null }
  const first = await processor.process(fresh, contextOf(connection), undefined)
  const second = await processor.process({ ...old, claims }, contextOf(connection), first.state)
  expect(second.outputs).toMatchObject([
    { event: { readAt: fresh.readAt, data: { total: decimal8(1, 'total'), inStock: true } } },
  ])
  expect(second.outputs[0]?.event).not.toHaveProperty('claims')
  const third = await processor.process(
    { ...fresh, eventId: 'again', claims: null },
    contextOf(connection),
    second.state,
  )
  expect(third.outputs).toMatchObject([{ event: { data: { total: decimal8(1, 'total') } } }])
})
