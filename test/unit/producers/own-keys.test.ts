import { describe, expect, it } from 'vitest'
import type { Entity } from '../../../src/events/topics.ts'
import { routeOrders } from '../../../src/processors/route-orders.ts'
import { publishPage } from '../../../src/producers/publish.ts'
import type { Page, ReadEntity } from '../../../src/systems/kit/source.ts'
import { connectionOf, contextOf, lineOf, orderOf } from '../../data/processor-events.ts'
import { bench, pageOf, stock } from './support.ts'

const origin = { source: 'magento', entity: 'orders', read: 'magento.orders.all', taskId: 't1' } as const
const NUMBER = '2000000001'

/** An order of a store; all stores number theirs alike. */
function order(id: string, placedAt: number, sku: string, changedAt = placedAt): ReadEntity<'orders'> {
  const data = orderOf([lineOf(id, sku)], { orderId: id, orderNumber: NUMBER, placedAt })
  const withKey = (key: string) => ({ ...data, orderNumber: key })
  const identity = { id, since: placedAt, withKey }
  return { key: NUMBER, occurredAt: changedAt, deleted: false, data, raw: `{"entity_id":${id}}`, identity }
}

const pageWith = (...entities: readonly ReadEntity<Entity>[]): Page<Entity> => ({
  entities,
  unreadable: [],
  rows: [],
  reached: { changedAt: '', id: '' },
  requestedAt: 5000,
})

describe('orders that share a number', () => {
  const [first, second] = [order('5', 1000, 'A-1'), order('9', 2000, 'A-2')]
  const keys = async (deps: ReturnType<typeof bench>) => (await deps.appended('orders')).map(({ key }) => key)

  it('never collapse within a page: the older one keeps the number, the other has one of its own, which is reported', async () => {
    const deps = bench()
    const counts = await publishPage(deps, origin, pageWith(second, first))
    expect(counts).toMatchObject({ published: 2, unreadable: 0 })
    const events = await deps.appended('orders')
    expect(events.map(({ key, data }) => [key, data.orderId, data.orderNumber])).toEqual([
      [`${NUMBER}~9`, '9', `${NUMBER}~9`],
      [NUMBER, '5', NUMBER],
    ])
    expect(deps.reported.map(({ result }) => [result.key, result.code])).toEqual([
      [`${NUMBER}~9`, 'key_shared'],
      [NUMBER, null],
    ])
    // Two orders at the vendor, each under a reference of its own.
    const connection = connectionOf('a', '^A-')
    const routed = await Promise.all(
      events.map((event) => routeOrders.process(event, contextOf(connection), undefined)),
    )
    const sent = routed.flatMap(({ outputs }) => outputs)
    expect(sent.map(({ key }) => key)).toEqual([`a|${NUMBER}~9`, `a|${NUMBER}`])
  })

  it('keep what they have, whichever changes or is read next', async () => {
    const deps = bench()
    await publishPage(deps, origin, pageWith(second))
    await publishPage(deps, origin, pageWith(first))
    await publishPage(deps, origin, pageWith(order('9', 2000, 'A-3', 9000)))
    await publishPage(deps, origin, pageWith(order('5', 1000, 'A-4', 9500)))
    expect(await keys(deps)).toEqual([NUMBER, `${NUMBER}~5`, NUMBER, `${NUMBER}~5`])
  })

  it('are told apart from one that was published before identities were noted', async () => {
    const deps = bench()
    const { identity: _, ...unnamed } = order('5', 1000, 'A-1', 1500)
    await publishPage(deps, origin, pageWith(unnamed))
    await publishPage(deps, origin, pageWith(second))
    await publishPage(deps, origin, pageWith(order('5', 1000, 'A-4', 9500)))
    expect(await keys(deps)).toEqual([NUMBER, `${NUMBER}~9`, NUMBER])
  })
})

describe('two contents for one key in one page', () => {
  const stockOrigin = { ...origin, source: 'netsuite', entity: 'inventory', read: 'netsuite.inventory.all' } as const

  it('are an error that is recorded, with both of them', async () => {
    const deps = bench()
    const [one, other] = [stock('A', '1'), stock('A', '2')].map((entity, index) => ({
      ...entity,
      raw: `{"row":${index}}`,
    }))
    const page = pageOf([one as ReadEntity<'inventory'>, other as ReadEntity<'inventory'>, stock('B', '1')])
    expect(await publishPage(deps, stockOrigin, page)).toMatchObject({ published: 1, unreadable: 1 })
    const [letter] = await deps.appended('dead-letters')
    expect(letter).toMatchObject({ key: 'A', code: 'source_data_invalid', field: 'key' })
    expect(letter?.originalValue?.toString()).toBe('[{"row":0},{"row":1}]')
  })

  it('are joined where the reader says how, and equal ones are one', async () => {
    const deps = bench()
    await publishPage(deps, stockOrigin, { ...pageOf([stock('A', '1'), stock('A', '2')]), joins: 'last' })
    await publishPage(deps, stockOrigin, pageOf([stock('B', '1'), stock('B', '1')]))
    const levels = (await deps.appended('inventory')).map(({ key, data }) => `${key} ${data.locations[0]?.available}`)
    expect(levels).toEqual(['A 200000000', 'B 100000000'])
  })
})
