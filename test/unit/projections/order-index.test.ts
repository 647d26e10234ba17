import { randomBytes } from 'node:crypto'
import { beforeEach, expect, it } from 'vitest'
import { FORGOTTEN } from '../../../src/events/forgotten.ts'
import type { Order } from '../../../src/events/generated/events.ts'
import { keptDays } from '../../../src/platform/dynamodb/expiry.ts'
import type { Tables } from '../../../src/platform/dynamodb/tables.ts'
import { personId, personNames } from '../../../src/platform/persons/person-id.ts'
import { createPersonKeys, daysMs, type PersonKeys, personTables } from '../../../src/platform/persons/person-keys.ts'
import { findOrders } from '../../../src/projections/find-orders.ts'
import { foundByPerson, foundBySku, orderIndexStage, partIndexStage } from '../../../src/projections/order-index.ts'
import { ORDER_INDEX, projectionTables } from '../../../src/projections/tables.ts'
import { lineOf, orderChanged, orderOf, vendorOrder } from '../../data/processor-events.ts'
import { memoryTables } from '../../memory/tables.ts'
import { batchContext, decoded } from '../../worlds/stage-context.ts'

const SHOP = { system: 'magento' }
const DAY_SECONDS = 86_400
const AT = Date.UTC(2026, 4, 3)

let tables: Tables
let personKeys: PersonKeys
beforeEach(() => {
  tables = memoryTables([...projectionTables, ...personTables])
  const retention = async () => () => daysMs(200)
  personKeys = createPersonKeys({ tables, clock: { now: () => AT }, randomBytes, retention })
})

const order = (number: string, skus: readonly string[], more: Partial<Order> = {}) =>
  orderChanged(
    orderOf(
      skus.map((sku, index) => lineOf(String(index), sku)),
      { orderNumber: number, placedAt: AT, ...more },
    ),
  )

/** As the topic has them, from an offset on. */
async function index(events: readonly ReturnType<typeof order>[], { from = 0, at = AT } = {}): Promise<void> {
  const batch = events.map((event, n) => decoded<'orders'>(event, { offset: from + n, timestamp: at }))
  await orderIndexStage({ tables, personKeys }).handle(batch, batchContext().context)
}

const rows = async () => (await Array.fromAsync(tables.scan(ORDER_INDEX))).flat()
const numbers = async (partition: string) =>
  (await findOrders(tables, [partition], { limit: 10, after: null })).orders.map(({ number }) => number)
const emailOf = async (address: string) =>
  foundByPerson(SHOP, personId(personNames.email(address), await personKeys.secret()))

it('finds orders by each SKU of their lines and by their e-mail address, the last placed first', async () => {
  await index([
    order('1', ['A-1', 'B-1', 'A-1']),
    order('2', ['A-1'], { placedAt: AT + 1000, customerEmail: ' ZOE@example.com' }),
    order('3', ['B-1', ' '], { placedAt: AT - 1000, customerEmail: 'ann@example.com' }),
  ])
  expect(await numbers(foundBySku(SHOP, 'A-1'))).toEqual(['2', '1'])
  expect(await numbers(foundBySku(SHOP, ' B-1 '))).toEqual(['1', '3'])
  expect(await numbers(foundBySku(SHOP, ''))).toEqual([])
  expect(await numbers(foundBySku({ system: 'other' }, 'A-1'))).toEqual([])
  expect(await numbers(await emailOf('zoe@Example.com'))).toEqual(['2', '1'])
  expect(await numbers(await emailOf('ann@example.com'))).toEqual(['3'])
  expect(JSON.stringify(await rows())).not.toMatch(/@|zoe|ann/i)
})

it('is the same after a redelivery and a replay, in whatever order the versions come', async () => {
  const versions = [order('1', ['A-1']), order('1', ['A-1', 'B-1'])]
  await index(versions)
  const once = await rows()
  await index(versions.toReversed(), { from: 2 })
  expect(await rows()).toEqual(once)
  expect(once).toHaveLength(3)
})

it('writes nothing that is there already, until its time to live lags behind', async () => {
  const inner = tables
  let written = 0
  tables = {
    ...inner,
    putMany: async (table, items) => {
      written += items.length
      await inner.putMany(table, items)
    },
  }
  const later = AT + 40 * DAY_SECONDS * 1000
  await index([order('1', ['A-1'])])
  expect(written).toBe(2)
  await index([order('1', ['A-1'], { status: 'complete' })], { at: AT + 20 * DAY_SECONDS * 1000 })
  expect(written).toBe(2)
  await index([order('1', ['A-1'], { status: 'complete' })], { at: later })
  // The e-mail's row goes with its person: later is not for it.
  expect(written).toBe(3)
  const [, bySku] = (await rows()).toSorted((a, b) => (String(a['found_by']) < String(b['found_by']) ? -1 : 1))
  expect(bySku?.['expires']).toBe(later / 1000 + keptDays.orderIndex * DAY_SECONDS)
})

it('a row of an e-mail address goes when what was placed in its month is not kept any more', async () => {
  await index([order('1', [])])
  expect(await rows()).toMatchObject([{ expires: (Date.UTC(2026, 5, 1) + daysMs(200)) / 1000 }])
})

it('has no row of a person who is forgotten, or of an order without an address', async () => {
  await index([order('1', ['A-1'], { customerEmail: FORGOTTEN }), order('2', ['A-1'], { customerEmail: ' ' })])
  expect((await rows()).map(({ found_by }) => found_by)).toEqual([foundBySku(SHOP, 'A-1'), foundBySku(SHOP, 'A-1')])
})

it("a connection finds its part by the part's lines alone; the shop by these, too", async () => {
  const part = vendorOrder('c1', '7', orderOf([lineOf('1', 'A-1')], { placedAt: AT }))
  const stage = partIndexStage('erp', { tables, personKeys })
  await stage.handle([decoded<'vendor-orders'>(part, { offset: 0 })], batchContext().context)
  expect(stage.topics).toEqual(['vendor-orders.erp'])
  expect(await numbers(foundBySku({ connection: 'c1' }, 'A-1'))).toEqual(['7'])
  expect(await numbers(foundBySku({ connection: 'c2' }, 'A-1'))).toEqual([])
  expect(await numbers(foundBySku(SHOP, 'A-1'))).toEqual(['7'])
  expect(await numbers(foundBySku(SHOP, 'B-1'))).toEqual([])
})

it('writes nothing once the partition is not its own', async () => {
  const gone = () => {
    throw new Error('stopping')
  }
  const stage = orderIndexStage({ tables, personKeys })
  const batch = [decoded<'orders'>(order('1', ['A-1']), { offset: 0 })]
  await expect(stage.handle(batch, batchContext(0, gone).context)).rejects.toThrow('stopping')
  expect(await rows()).toEqual([])
})

it('pages through several partitions: each order once, none left out', async () => {
  const events = Array.from({ length: 25 }, (_, n) => order(String(n), n % 2 === 0 ? ['A-1', 'B-1'] : ['A-1']))
  await index(events)
  const partitions = [foundBySku(SHOP, 'A-1'), foundBySku(SHOP, 'B-1')]
  const seen: string[] = []
  let after: string | null = null
  do {
    const page: Awaited<ReturnType<typeof findOrders>> = await findOrders(tables, partitions, { limit: 4, after })
    expect(page.orders.length).toBeLessThanOrEqual(4)
    seen.push(...page.orders.map(({ number }) => number))
    after = page.next
  } while (after !== null)
  expect(seen).toHaveLength(25)
  expect(new Set(seen).size).toBe(25)
})
