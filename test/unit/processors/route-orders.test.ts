import { describe, expect, it } from 'vitest'
import { decimal4, text4 } from '../../../src/events/decimal.ts'
import type { Order, VendorOrderRequested } from '../../../src/events/generated/events.ts'
import { type RoutedOrder, routeOrders } from '../../../src/processors/route-orders.ts'
import { connectionOf, contextOf, lineOf, orderChanged, orderOf } from '../../data/processor-events.ts'

const a = connectionOf('a', '^A')
const b = connectionOf('b', '^B')
const amount = (text: string) => decimal4(text, 'amount')

const mixed = orderOf(
  [
    lineOf('1', 'A-1', { rowTotal: amount('30'), tax: amount('2'), discount: amount('3') }),
    lineOf('2', 'B-1', { rowTotal: amount('60'), tax: amount('4') }),
    lineOf('3', 'X-1', { rowTotal: amount('10'), tax: amount('1') }),
  ],
  { shipping: amount('10.01'), shippingTax: amount('1'), giftCard: amount('5') },
)

const run = async (data: Order, state?: RoutedOrder, connections = [a, b], more = {}) => {
  const processed = await routeOrders.process(orderChanged(data, more), contextOf(...connections), state)
  const events = processed.outputs.map(({ event }) => event as VendorOrderRequested)
  return { ...processed, events }
}
const codes = ({ decisions }: Awaited<ReturnType<typeof run>>) =>
  decisions.map((one) => [one.connection, one.status, one.status === 'failed' ? one.error.code : one.code])

describe('routing an order', () => {
  it('gives each vendor its lines and the totals of these', async () => {
    const { events, outputs, state } = await run(mixed)
    expect(outputs.map(({ kind, system, key }) => [kind, system, key])).toEqual([
      ['vendor-orders', 'a-erp', 'a|000000001'],
      ['vendor-orders', 'b-erp', 'b|000000001'],
    ])
    const [first] = events.map(({ data }) => data)
    expect(first?.lines.map(({ lineId }) => lineId)).toEqual(['1'])
    expect(first && [first.subtotal, first.discount, first.tax, first.shipping, first.shippingTax].map(text4)).toEqual([
      '30',
      '3',
      '2',
      '3',
      '0.3',
    ])
    expect(first && text4(first.giftCard)).toBe('1.4')
    expect(first && text4(first.grandTotal)).toBe('30.9')
    expect(state?.vendors).toEqual(['a', 'b'])
  })

  it('keeps a parent and its children together, whatever the SKU of the child', async () => {
    const data = orderOf([lineOf('1', 'A-1'), lineOf('2', 'B-9', { parentLineId: '1' })])
    const { events } = await run(data)
    expect(events.map(({ connection, data: { lines } }) => [connection, lines.length])).toEqual([['a', 2]])
  })

  it('gives a vendor no order placed before it takes orders, unless it has it already', async () => {
    const from = { ...a, ordersFrom: '2026-03-02T04:00:01Z' }
    expect(codes(await run(mixed, undefined, [from]))).toEqual([['a', 'ignored', 'before_orders_from']])
    const sent: RoutedOrder = { version: { occurredAt: 1, readAt: 1 }, vendors: ['a'] }
    expect((await run(mixed, sent, [from])).events).toHaveLength(1)
    expect((await run(mixed, undefined, [{ ...a, ordersFrom: '2026-03-02T04:00:00Z' }])).events).toHaveLength(1)
  })

  it('ignores what is not to be sent, with the reason', async () => {
    expect(codes(await run({ ...mixed, state: 'pending_payment' }))).toEqual([
      ['a', 'ignored', 'order_state'],
      ['b', 'ignored', 'order_state'],
    ])
    expect(codes(await run(orderOf([lineOf('1', 'X')])))).toEqual([
      ['a', 'ignored', 'no_vendor_lines'],
      ['b', 'ignored', 'no_vendor_lines'],
    ])
    expect(codes(await run(mixed, undefined, [a], { deleted: true }))).toEqual([['a', 'ignored', 'deleted']])
  })

  it('fails the claimants of a line that two claim, and nobody else', async () => {
    const c = connectionOf('c', '^A-1$')
    const routed = await run(mixed, undefined, [a, b, c])
    expect(codes(routed)).toEqual([
      ['a', 'failed', 'line_claimed_twice'],
      ['b', 'processing', null],
      ['c', 'failed', 'line_claimed_twice'],
    ])
    expect(routed.events.map(({ connection }) => connection)).toEqual(['b'])
    expect(routed.events.map(({ data }) => text4(data.shipping))).toEqual(['6.01'])
  })

  it.each(['canceled', 'closed', 'holded'])('cancels what was sent when the order is %s', async (state) => {
    const { state: sent } = await run(mixed)
    const { events } = await run({ ...mixed, state }, sent)
    expect(events.map(({ canceled, data }) => [canceled, data.lines, data.grandTotal])).toEqual([
      [true, [], 0n],
      [true, [], 0n],
    ])
  })

  it('does not cancel an order that was completed', async () => {
    const { state } = await run(mixed)
    expect(codes(await run({ ...mixed, state: 'complete' }, state))).toEqual([
      ['a', 'ignored', 'order_state'],
      ['b', 'ignored', 'order_state'],
    ])
  })

  it('sends a vendor whose cancellation is known nothing new', async () => {
    const { state } = await run(mixed)
    const without = orderOf(mixed.lines.slice(1))
    const canceled = await run(without, state, [a])
    const again = await run({ ...without, couponCode: 'X' }, canceled.state, [a])
    expect(again.events[0]?.contentDigest).toBe(canceled.events[0]?.contentDigest)
  })

  it("has the same content digest when only the shop's own progress moved", async () => {
    const [before] = (await run(mixed)).events
    const invoiced = mixed.lines.map((line) => ({ ...line, quantityInvoiced: line.quantityOrdered }))
    const [after] = (await run({ ...mixed, status: 'invoiced', lines: invoiced, attributes: { total_paid: '99' } }))
      .events
    expect(after?.contentDigest).toBe(before?.contentDigest)
    const [changed] = (await run({ ...mixed, shippingMethod: 'other' })).events
    expect(changed?.contentDigest).not.toBe(before?.contentDigest)
  })

  it('has another event id for another revision of the connection', async () => {
    const [before] = (await run(mixed)).events
    const [after] = (await run(mixed, undefined, [{ ...a, revision: 2 }])).events
    expect(after?.eventId).not.toBe(before?.eventId)
  })
})
