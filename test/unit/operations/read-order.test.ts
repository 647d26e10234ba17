import { expect, it } from 'vitest'
import { type Decimal4, decimal4, decimal8 } from '../../../src/events/decimal.ts'
import type { Order, OrderLine } from '../../../src/events/generated/events.ts'
import { applyConfiguration } from '../../../src/operations/configuration.ts'
import { everything } from '../../../src/operations/principal.ts'
import { tableDefinitions } from '../../../src/operations/table-definitions.ts'
import { routeOrders } from '../../../src/processors/route-orders.ts'
import { stagedStage } from '../../../src/projections/staged.ts'
import { unexplained } from '../../../src/rules/unexplained.ts'
import { contextOf, lineOf, orderChanged, orderOf } from '../../data/processor-events.ts'
import { entityResult, statusRecord } from '../../data/sync-status.ts'
import { memoryTables } from '../../memory/tables.ts'
import { apiFixture } from '../../worlds/api-fixture.ts'
import { readableTopics } from '../../worlds/problem-orders.ts'
import { sharedConfiguration } from '../../worlds/shared-order.ts'
import { batchContext } from '../../worlds/stage-context.ts'

const boss = everything({ kind: 'cli', name: 'boss' })
const amount = (text: string): Decimal4 => decimal4(text, 'amount')
const pieces = (text: string) => decimal8(text, 'quantity')

/** The shop's order as it is shown after each of these versions was routed, with the ids of lines that several own. */
async function shown(versions: readonly Order[]) {
  const topics = readableTopics()
  const api = apiFixture({ staged: topics.staged, topicPrefix: 't.' }, memoryTables(tableDefinitions))
  await applyConfiguration(api.operations, boss, { configuration: sharedConfiguration, reason: null })
  let state: Parameters<typeof routeOrders.process>[2]
  for (const [index, order] of versions.entries()) {
    const event = { ...orderChanged({ ...order, orderNumber: '7' }), source: 'shop', occurredAt: index, readAt: index }
    const source = topics.put('t.orders', index, topics.codec.encode('orders', event))
    const routed = await routeOrders.process(event, contextOf(...sharedConfiguration.connections), state)
    state = routed.state
    const reports = routed.decisions.map((decision, at) => {
      const output = routed.outputs
        .filter((one) => one.kind === 'vendor-orders')
        .find((one) => one.event.connection === decision.connection)
      const mapped =
        output === undefined
          ? null
          : topics.put(`t.vendor-orders.${at}`, index, topics.codec.encode('vendor-orders', output.event))
      const { connection, status } = decision
      const why = decision.status === 'failed' ? decision.error : decision
      const about = { source: 'shop', key: '7', eventId: event.eventId, occurredAt: index, readAt: index }
      const result = entityResult({ ...about, connection, status, code: why.code, message: why.message })
      return { result, places: { source, mapped } }
    })
    const record = statusRecord(
      'route-orders',
      100 + index,
      reports.map(({ result }) => result),
      null,
      reports.map(({ places }) => places),
    )
    await stagedStage(api).handle(
      [{ ...record, record: { ...record.record, offset: BigInt(index) } }],
      batchContext().context,
    )
  }
  const { status, json } = await api.get('/v1/orders/shop/7')
  expect(status).toBe(200)
  return json.order
}

const ownersOf = (order: { lines: readonly Record<'line' | 'connection' | 'unsent', unknown>[] }) =>
  order.lines.map(({ line, connection, unsent }) => [
    line,
    connection,
    (unsent as { code: string } | null)?.code ?? null,
  ])

const own = lineOf('3', 'OWN-1', { rowTotal: amount('5') })
const refunded = (line: OrderLine): OrderLine => ({ ...line, quantityRefunded: line.quantityOrdered })

it('says whose a line is that was refunded, canceled or does not begin, and why it was not sent', async () => {
  const alder = lineOf('1', 'ALDER-1')
  const birch = lineOf('2', 'BIRCH-1')
  const lines = [refunded(alder), { ...birch, quantityCanceled: pieces('1') }, own]
  const total = { grandTotal: amount('25') }
  expect(ownersOf(await shown([orderOf(lines, total)]))).toEqual([
    ['1', 'alder', 'refunded'],
    ['2', 'birch', 'canceled'],
    ['3', null, null],
  ])
  const held = await shown([orderOf([alder, birch, own], { ...total, state: 'holded' })])
  expect(ownersOf(held)).toEqual([
    ['1', 'alder', 'on_hold'],
    ['2', 'birch', 'on_hold'],
    ['3', null, null],
  ])
  expect(held.lines[0].unsent.message).toContain('on hold')
})

it('says of an order that was sent, then closed and refunded, what no vendor has of it any more', async () => {
  const lines = [lineOf('1', 'ALDER-1'), lineOf('2', 'BIRCH-1'), own]
  const total = { grandTotal: amount('25') }
  const order = await shown([orderOf(lines, total), orderOf(lines.map(refunded), { ...total, state: 'closed' })])
  expect(ownersOf(order)).toEqual([
    ['1', 'alder', 'refunded'],
    ['2', 'birch', 'refunded'],
    ['3', null, null],
  ])
  expect(order).toMatchObject({ total: '25', own: '5', difference: '0', amounts: { refunded: '25' } })
  expect(order.shares).toEqual([
    { connection: 'alder', amount: '10', sent: '0', unsent: '10' },
    { connection: 'birch', amount: '10', sent: '0', unsent: '10' },
  ])
})

it('says what the total is made of, and what of it is whose, to the cent', async () => {
  const lines = [
    lineOf('1', 'ALDER-1', { discount: amount('1'), tax: amount('0.77') }),
    lineOf('2', 'BIRCH-1', { tax: amount('0.81') }),
    own,
  ]
  const wrap = { kind: 'gift_wrapping', name: null, lineId: null, amount: amount('2'), tax: amount('0.16') }
  const more = { shipping: amount('5'), shippingTax: amount('0.4'), giftCard: amount('3'), charges: [wrap] }
  const order = await shown([orderOf(lines, { ...more, grandTotal: amount('30.14') })])
  expect(order.amounts).toEqual({
    subtotal: '25',
    discount: '1',
    shipping: '5',
    tax: '1.98',
    charges: '2.16',
    credit: '3',
    refunded: '0',
  })
  expect(order).toMatchObject({ total: '30.14', difference: '0' })
  expect(order.shares.map(({ unsent }: { unsent: string }) => unsent)).toEqual(['0', '0'])
  const all = [order.own, ...order.shares.map((share: { amount: string }) => share.amount)]
  expect(all.reduce((sum, text) => sum + amount(text), 0n)).toBe(amount('30.14'))
})

it('gives each component of a bundle of two owners what its owner was sent of it', async () => {
  const bundle = lineOf('1', 'SET', { productType: 'bundle', rowTotal: amount('238.98') })
  const part = (id: string, sku: string, price: string) =>
    lineOf(id, sku, {
      parentLineId: '1',
      rowTotal: amount('0'),
      unitPrice: pieces('0'),
      ownAmounts: { unitPrice: pieces(price), rowTotal: amount(price), discount: amount('0'), tax: amount('0') },
    })
  const lines = [bundle, part('2', 'ALDER-1', '189'), part('3', 'OWN-9', '49.98')]
  const order = await shown([orderOf(lines, { grandTotal: amount('238.98') })])
  expect(ownersOf(order)).toEqual([
    ['1', null, 'divided'],
    ['2', 'alder', null],
    ['3', null, null],
  ])
  expect(order.lines.map((line: { amount: string | null }) => line.amount)).toEqual([null, '189', '49.98'])
  expect(order).toMatchObject({ own: '49.98', difference: '0' })
})

it('names the difference of an order that does not add up, which is sent to nobody', async () => {
  const charges = [unexplained(amount('100'), null)]
  const order = await shown([orderOf([lineOf('1', 'ALDER-1'), own], { grandTotal: amount('115'), charges })])
  expect(order).toMatchObject({ own: '5', difference: '100', amounts: { charges: '0' } })
  expect(ownersOf(order)[0]).toEqual(['1', 'alder', 'totals_differ'])
})
