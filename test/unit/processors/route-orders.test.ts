import { describe, expect, it } from 'vitest'
import { decimal4, decimal8, text4 } from '../../../src/events/decimal.ts'
import type { Order, OrderLine, VendorOrderRequested } from '../../../src/events/generated/events.ts'
import { type RoutedOrder, routeOrders } from '../../../src/processors/route-orders.ts'
import { unexplained } from '../../../src/rules/unexplained.ts'
import { connectionOf, contextOf, lineOf, orderChanged, orderOf } from '../../data/processor-events.ts'

const a = connectionOf('a', '^A')
const b = connectionOf('b', '^B')
const amount = (text: string) => decimal4(text, 'amount')
const q = (text: string) => decimal8(text, 'quantity')

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
/** A version after the first. */
const later = { occurredAt: 1_772_000_900_000, readAt: 1_772_000_900_500 }
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

  it.each([
    ['rows', { subtotal: amount('101') }, 'difference 1'],
    ['total', { charges: [unexplained(amount('7'), null)] }, 'difference 7'],
    [
      'total, told by the shop',
      { charges: [unexplained(amount('7'), 'total is 8, its parts 1')] },
      'total is 8, its parts 1',
    ],
  ])('fails the vendors of the lines where the %s differ, and nobody else', async (_, more, message) => {
    const c = connectionOf('c', '^C')
    const routed = await run({ ...mixed, ...more }, undefined, [a, b, c])
    expect(codes(routed)).toEqual([
      ['a', 'failed', 'totals_differ'],
      ['b', 'failed', 'totals_differ'],
      ['c', 'ignored', 'no_vendor_lines'],
    ])
    const [first] = routed.decisions
    expect(first?.status === 'failed' && first.error).toMatchObject({ message: expect.stringContaining(message) })
    const sent: RoutedOrder = { version: { occurredAt: 1, readAt: 1 }, vendors: ['a', 'b'] }
    const canceled = await run({ ...mixed, ...more, state: 'canceled' }, sent, [a, b, c])
    expect(canceled.events.map((event) => [event.connection, event.canceled])).toEqual([
      ['a', true],
      ['b', true],
    ])
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

  it('judges an order that was sent by its content, whatever its state', async () => {
    const first = await run(mixed)
    const { events } = await run({ ...mixed, state: 'complete' }, first.state)
    expect(events.map(({ canceled, contentDigest }) => [canceled, contentDigest])).toEqual(
      first.events.map(({ contentDigest }) => [false, contentDigest]),
    )
    const [line, ...others] = mixed.lines
    const more = { ...line, quantityOrdered: q('3'), quantityShipped: q('2'), quantityCanceled: q('1') } as OrderLine
    const after = await run({ ...mixed, state: 'complete', lines: [more, ...others] }, first.state)
    expect(after.events[0]?.contentDigest).not.toBe(first.events[0]?.contentDigest)
    expect(after.events[0]?.canceled).toBe(false)
  })

  it('lets an order begin after the seller has shipped its own lines', async () => {
    const [first, second, own] = mixed.lines as [OrderLine, OrderLine, OrderLine]
    const shipped = { ...own, quantityShipped: q('1') }
    const late = { ...mixed, state: 'partially_shipped', lines: [first, second, shipped] }
    expect(codes(await run(late)).map(([, status]) => status)).toEqual(['processing', 'processing'])
    const byHand = { ...late, lines: [{ ...first, quantityShipped: q('1') }, second, shipped] }
    expect(codes(await run(byHand))).toEqual([
      ['a', 'ignored', 'order_state'],
      ['b', 'processing', null],
    ])
  })

  const shippedAll = mixed.lines.map((line) => ({ ...line, quantityShipped: line.quantityOrdered }))
  const returnedAll = shippedAll.map((line) => ({ ...line, quantityRefunded: line.quantityOrdered }))

  it('takes nothing back that was shipped: what comes back is a return', async () => {
    const { state } = await run(mixed)
    expect(
      codes(await run({ ...mixed, state: 'complete', lines: shippedAll }, state)).map(([, , code]) => code),
    ).toEqual(['delivered', 'delivered'])
    expect(codes(await run({ ...mixed, state: 'closed', lines: returnedAll }, state))).toEqual([
      ['a', 'ignored', 'returned'],
      ['b', 'ignored', 'returned'],
    ])
    expect(
      codes(await run({ ...mixed, state: 'canceled', lines: shippedAll }, state)).map(([, , code]) => code),
    ).toEqual(['delivered', 'delivered'])
  })

  it('does not send what the shop has shipped before the order was first seen', async () => {
    const shipped = { quantityShipped: q('1') }
    const first = await run(orderOf([lineOf('1', 'A-1', shipped), lineOf('2', 'B-1')]))
    expect(codes(first).map(([, , code]) => code)).toEqual(['delivered', null])
  })

  it('takes nothing back of an order that was smaller already when it was delivered and returned', async () => {
    const three = mixed.lines.map((line) => ({ ...line, quantityOrdered: q('3') }))
    const sent = await run({ ...mixed, lines: three })
    const less = three.map((line) => ({ ...line, quantityCanceled: q('1') }))
    const smaller = await run({ ...mixed, lines: less }, sent.state)
    expect(smaller.events).toHaveLength(2)
    const shipped = less.map((line) => ({ ...line, quantityShipped: q('2') }))
    const complete = await run({ ...mixed, state: 'complete', lines: shipped }, smaller.state, [a, b], later)
    expect(codes(complete).map(([, , code]) => code)).toEqual(['delivered', 'delivered'])
    const returned = shipped.map((line) => ({ ...line, quantityRefunded: q('2') }))
    const atLast = { occurredAt: later.occurredAt + 1, readAt: later.readAt + 1 }
    const closed = await run({ ...mixed, state: 'closed', lines: returned }, complete.state, [a, b], atLast)
    expect(codes(closed).map(([, , code]) => code)).toEqual(['returned', 'returned'])
    const canceled = await run({ ...mixed, state: 'canceled', lines: shipped }, complete.state, [a, b], atLast)
    expect(codes(canceled).map(([, , code]) => code)).toEqual(['delivered', 'delivered'])
    // What was not known before is sent, whatever was shipped meanwhile.
    expect((await run({ ...mixed, state: 'closed', lines: returned }, sent.state)).events).toHaveLength(2)
  })

  it('takes nothing back of a delivered order that is deleted, or archived, in the shop', async () => {
    const { state } = await run(mixed)
    const archived = await run({ ...mixed, lines: shippedAll }, state, [a, b], { deleted: true })
    expect(codes(archived).map(([, , code]) => code)).toEqual(['delivered', 'delivered'])
  })

  it('takes back what a closed order had not shipped, and keeps the rest', async () => {
    const three = mixed.lines.map((line) => ({ ...line, quantityOrdered: q('3') }))
    const { state } = await run({ ...mixed, lines: three })
    const [one, ...others] = three.map((line) => ({ ...line, quantityRefunded: q('3') }))
    const closed = { ...mixed, state: 'closed', lines: [{ ...one, quantityShipped: q('2') } as OrderLine, ...others] }
    const { events } = await run(closed, state)
    expect(events.map(({ canceled }) => canceled)).toEqual([false, true])
    expect(events[0]?.data.lines[0]).toMatchObject({ quantityCanceled: q('1'), quantityShipped: q('2') })
  })

  it('cancels the part that was refunded before it was shipped, at its vendor alone', async () => {
    const { state } = await run(mixed)
    const [first, ...others] = mixed.lines as [OrderLine, ...OrderLine[]]
    const refunded = { ...mixed, lines: [{ ...first, quantityRefunded: q('1') }, ...others] }
    const { events, state: after } = await run(refunded, state)
    expect(events.map(({ connection, canceled }) => [connection, canceled])).toEqual([
      ['a', true],
      ['b', false],
    ])
    expect(after?.takenBack).toEqual({ '1': '1' })
    expect(codes(await run(refunded))[0]).toEqual(['a', 'ignored', 'nothing_left'])
  })

  it('keeps what was refunded before shipping taken back when the vendor has shipped the rest', async () => {
    const [first, ...others] = mixed.lines as [OrderLine, ...OrderLine[]]
    const ten = { ...mixed, lines: [{ ...first, quantityOrdered: q('10') }, ...others] }
    const sent = await run(ten)
    const half = { ...ten, lines: [{ ...first, quantityOrdered: q('10'), quantityRefunded: q('5') }, ...others] }
    const refunded = await run(half, sent.state)
    const withShipped = async (pieces: string) => {
      const lines = half.lines.map((line) => (line.lineId === '1' ? { ...line, quantityShipped: q(pieces) } : line))
      return await run({ ...half, lines }, refunded.state, [a, b], later)
    }
    const digestOf = ({ events }: Awaited<ReturnType<typeof run>>) =>
      events.find(({ connection }) => connection === 'a')?.contentDigest
    expect(digestOf(refunded)).not.toBe(digestOf(sent))
    expect(digestOf(await withShipped('3'))).toBe(digestOf(refunded))
    expect(codes(await withShipped('5'))[0]).toEqual(['a', 'ignored', 'delivered'])
  })

  it.each(['holded', 'payment_review', 'manual_verification_required', 'disputed'])(
    'holds an order that is %s: not sent yet, taken back where it was, and resumed by its release',
    async (state) => {
      const held = { ...mixed, state }
      expect(codes(await run(held)).map(([, status, code]) => [status, code])).toEqual([
        ['ignored', 'on_hold'],
        ['ignored', 'on_hold'],
      ])
      const sent = await run(mixed)
      const taken = await run(held, sent.state)
      expect(taken.events.map(({ canceled, sendAfter }) => [canceled, sendAfter])).toEqual([
        [true, null],
        [true, null],
      ])
      const released = await run(mixed, taken.state)
      expect(released.state?.heldSince).toBeUndefined()
      expect(released.events.map(({ contentDigest }) => contentDigest)).toEqual(
        sent.events.map(({ contentDigest }) => contentDigest),
      )
      const named = { ...a, orderStates: ['processing', state] }
      expect(codes(await run(held, undefined, [named]))).toEqual([['a', 'processing', null]])
    },
  )

  it('leaves an order on hold with the vendor for the hours of the connection, from the first version on hold', async () => {
    const patient = { ...a, hold: { atMost: 2 } }
    const sent = await run(mixed, undefined, [patient])
    const at = { occurredAt: 1_772_000_100_000, readAt: 1_772_000_100_500 }
    const held = await run({ ...mixed, state: 'holded' }, sent.state, [patient], at)
    expect(held.events[0]).toMatchObject({ canceled: true, sendAfter: at.occurredAt + 2 * 3_600_000 })
    const later = { occurredAt: at.occurredAt + 60_000, readAt: at.readAt + 60_000 }
    const again = await run({ ...mixed, state: 'holded', couponCode: 'X' }, held.state, [patient], later)
    expect(again.events[0]?.sendAfter).toBe(at.occurredAt + 2 * 3_600_000)
  })

  it('tells the vendor of a hold, where the connection says so, and of its end; an order that never went is not sent', async () => {
    const telling = { ...a, hold: { tell: true } }
    const held = { ...mixed, state: 'holded' }
    expect(codes(await run(held, undefined, [telling])).map(([, , code]) => code)).toEqual(['on_hold'])
    const sent = await run(mixed, undefined, [telling])
    const told = await run(held, sent.state, [telling])
    expect(told.events).toMatchObject([{ held: true, canceled: false, sendAfter: null }])
    expect(told.events[0]?.data.lines).toEqual(sent.events[0]?.data.lines)
    expect(told.events[0]?.contentDigest).not.toBe(sent.events[0]?.contentDigest)
    const released = await run(mixed, told.state, [telling])
    expect(released.events[0]).toMatchObject({ held: false, contentDigest: sent.events[0]?.contentDigest })
    const gone = await run({ ...mixed, state: 'canceled' }, told.state, [telling])
    expect(gone.events[0]).toMatchObject({ held: false, canceled: true })
  })

  it('sends an order as many minutes after it was placed as the connection says', async () => {
    const careful = { ...a, holdMinutes: 30 }
    expect((await run(mixed, undefined, [careful])).events[0]?.sendAfter).toBe(mixed.placedAt + 30 * 60_000)
    expect((await run(mixed, undefined, [a])).events[0]?.sendAfter).toBeNull()
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
