import { expect, it } from 'vitest'
import { FORGOTTEN } from '../../../../src/events/forgotten.ts'
import { routeOrders } from '../../../../src/processors/route-orders.ts'
import { connectionOf, contextOf, lineOf, orderChanged, orderOf } from '../../../data/processor-events.ts'
import { sinkWorld, version } from '../../../worlds/sink-world.ts'
import { virtualClock } from '../../platform/runtime/virtual-clock.ts'

it('a vendor is sent nothing of a person who is forgotten, be it that the order waited for it', async () => {
  const world = sinkWorld(virtualClock())
  const event = version('1', 2)
  const forgotten = { ...event, data: { ...event.data, customerEmail: FORGOTTEN } }
  expect(await world.worker().handle(world.append(forgotten))).toEqual(['1 ignored person_forgotten'])
  expect(world.writes).toEqual([])
  expect(await world.parked()).toEqual([])
})

it('nor is an order routed, and what is remembered of it stays', async () => {
  const order = orderOf([lineOf('1', 'A-1')], { customerEmail: FORGOTTEN })
  const before = { version: { occurredAt: 1, readAt: 1 }, vendors: ['a'] }
  const processed = await routeOrders.process(orderChanged(order), contextOf(connectionOf('a', '^A')), before)
  expect(processed.outputs).toEqual([])
  expect(processed.decisions).toMatchObject([{ connection: 'a', status: 'ignored', code: 'person_forgotten' }])
  expect(processed.state).toBeUndefined()
})
