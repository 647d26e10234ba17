import { describe, expect, it } from 'vitest'
import { decimal8, text8 } from '../../../src/events/decimal.ts'
import type { OrderLine } from '../../../src/events/generated/events.ts'
import { openQuantity, settleQuantities, type TakenBack, vendorQuantity } from '../../../src/rules/quantities.ts'
import { lineOf, orderOf } from '../../data/processor-events.ts'

const q = (value: number) => decimal8(String(value), 'quantity')

const lineWith = (
  ordered: number,
  canceled: number,
  shipped: number,
  refunded: number,
  more: Partial<OrderLine> = {},
) =>
  lineOf('1', 'A-1', {
    quantityOrdered: q(ordered),
    quantityCanceled: q(canceled),
    quantityShipped: q(shipped),
    quantityRefunded: q(refunded),
    ...more,
  })

describe('the quantities of a line', () => {
  it.each([
    ['nothing happened', [10, 0, 0, 0], '10', '10'],
    ['canceled in part', [10, 4, 0, 0], '6', '6'],
    ['refunded before shipping', [10, 0, 0, 5], '5', '5'],
    ['shipped, then returned', [10, 0, 4, 4], '10', '6'],
    ['shipped, and more refunded than that', [10, 0, 4, 6], '8', '4'],
    ['canceled and refunded', [10, 3, 0, 5], '2', '2'],
    ['all shipped and all returned', [10, 0, 10, 10], '10', '0'],
    ['more gone than there was', [10, 8, 0, 5], '0', '0'],
  ])('%s', (_, [ordered = 0, canceled = 0, shipped = 0, refunded = 0], vendor, open) => {
    const line = lineWith(ordered, canceled, shipped, refunded)
    expect([vendorQuantity(line), openQuantity(line)].map(text8)).toEqual([vendor, open])
  })

  it.each(['virtual', 'downloadable', 'digital'])('%s rows are never shipped, and a refund takes them back', (type) => {
    const line = lineWith(2, 0, 0, 2, { productType: type })
    expect([vendorQuantity(line), openQuantity(line)].map(text8)).toEqual(['0', '0'])
  })
})

describe('what is taken back', () => {
  const settle = (line: OrderLine, known?: TakenBack, state = 'processing') => {
    const { order, takenBack } = settleQuantities(orderOf([line], { state }), known)
    const [settled = line] = order.lines
    return { settled, takenBack, left: text8(vendorQuantity(settled)), open: text8(openQuantity(settled)) }
  }

  it('stays taken back when the rest is shipped, and when that is returned', () => {
    const refunded = settle(lineWith(10, 0, 0, 5))
    expect([refunded.left, refunded.open, refunded.takenBack]).toEqual(['5', '5', { '1': '5' }])
    const shipped = settle(lineWith(10, 0, 5, 5), refunded.takenBack)
    expect([shipped.left, shipped.open]).toEqual(['5', '0'])
    const returned = settle(lineWith(10, 0, 5, 7), shipped.takenBack)
    expect([returned.left, returned.takenBack]).toEqual(['5', { '1': '5' }])
    const more = settle(lineWith(10, 0, 2, 9), { '1': '5' })
    expect([more.left, more.open]).toEqual(['3', '1'])
  })

  it('comes back with a refund that is withdrawn', () => {
    expect(settle(lineWith(10, 0, 0, 0), { '1': '5' })).toMatchObject({ left: '10', takenBack: {} })
  })

  it('is all that was not shipped of a closed order', () => {
    expect(settle(lineWith(5, 0, 3, 0), undefined, 'closed')).toMatchObject({ left: '3', takenBack: { '1': '2' } })
    expect(settle(lineWith(5, 0, 5, 5), undefined, 'closed')).toMatchObject({ left: '5', takenBack: {} })
  })

  it('leaves lines of which nothing was taken back as they are, and components to their line', () => {
    const returned = lineWith(2, 0, 1, 1)
    const component = lineOf('2', 'A-1', { parentLineId: '1', quantityRefunded: q(1) })
    const order = orderOf([returned, component])
    expect(settleQuantities(order)).toEqual({ order, takenBack: {} })
    expect(settleQuantities(order).order).toBe(order)
  })
})
