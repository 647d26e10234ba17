import { expect, it } from 'vitest'
import { recordKey, type TopicEvents, type TopicKind } from '../../../src/events/topics.ts'
import { rowsOf } from '../../../src/platform/dynamodb/rows.ts'
import { keepOrderSteps, orderSteps } from '../../../src/projections/order-steps.ts'
import { deadLettered, memoryDeadLetters } from '../../data/dead-letters.ts'
import { fulfilmentLine, shopFulfilment } from '../../data/magento2-events.ts'
import { orderChanged, orderOf, productChanged, vendorOrder } from '../../data/processor-events.ts'
import { memoryTables } from '../../memory/tables.ts'
import { apiTestTables } from '../../worlds/api-fixture.ts'
import { batchContext } from '../../worlds/stage-context.ts'

const AT = Date.UTC(2026, 0, 31)

function fixture() {
  const tables = memoryTables(apiTestTables)
  const letters = memoryDeadLetters(tables, { now: () => AT })
  const add = async <K extends TopicKind>(kind: K, topic: string, event: TopicEvents[K], connection: string | null) => {
    const originalValue = letters.codec.encode(kind, event)
    await letters.project(deadLettered({ topic: `t.${topic}`, connection, originalValue }))
  }
  const steps = (source: string, number: string) =>
    rowsOf(tables, orderSteps).query({ partition: recordKey(source, number) })
  return { ...letters, tables, add, steps }
}

it('a retry is a step of the order, with who and why', async () => {
  const { add, deadLetters, steps } = fixture()
  await add('vendor-orders', 'vendor-orders.erp', vendorOrder('c1', '100'), 'c1')
  await deadLetters.retry('d-1', { by: 'ann', force: false, reason: 'item 7 is active again' })
  expect(await steps('magento', '100')).toMatchObject([
    {
      at: '2026-01-31T00:00:00.000Z',
      stage: 'people',
      connection: 'c1',
      status: 'retry',
      by: 'ann',
      message: 'item 7 is active again',
    },
  ])
})

it('so is a discard, also of one that failed before it had a connection', async () => {
  const { add, deadLetters, steps } = fixture()
  await add('orders', 'orders', { ...orderChanged(orderOf([], { orderNumber: '8' })), taskId: null }, null)
  await deadLetters.discard('d-1', { by: 'ann', reason: 'a test order' })
  expect(await steps('magento', '8')).toMatchObject([
    { stage: 'people', connection: null, status: 'discard', by: 'ann', message: 'a test order' },
  ])
})

it("a shipment's is a step of the order that it names in the shop", async () => {
  const { add, deadLetters, steps } = fixture()
  await add(
    'shop-fulfilments',
    'shop-fulfilments.magento',
    shopFulfilment('IF-1', '7', [fulfilmentLine('A', '1')]),
    'con',
  )
  await deadLetters.retry('d-1', { by: 'ann', force: false, reason: null })
  expect(await steps('magento', '7')).toMatchObject([{ connection: 'con', status: 'retry', by: 'ann', message: null }])
})

it('what is of no order has no step', async () => {
  const { add, deadLetters, tables } = fixture()
  await add('products', 'products', productChanged({}), 'c1')
  await deadLetters.retry('d-1', { by: 'ann', force: false, reason: null })
  expect((await Array.fromAsync(tables.scan('order_steps'))).flat()).toEqual([])
})

it('is told once: what the stage reports of it is no step besides', async () => {
  const { add, deadLetters, reporter, tables, steps } = fixture()
  await add('vendor-orders', 'vendor-orders.erp', vendorOrder('c1', '100'), 'c1')
  await deadLetters.retry('d-1', { by: 'ann', force: false, reason: null })
  const places = { source: null, mapped: null }
  const reports = reporter.results.map(({ result, taskId }) => {
    return { stage: 'deliver-erp', at: AT, task: taskId, result, places }
  })
  expect(reports).toHaveLength(1)
  await keepOrderSteps(tables, reports, batchContext().context)
  expect(await steps('magento', '100')).toHaveLength(1)
})
