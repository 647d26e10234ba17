import { describe, expect, it } from 'vitest'
import { decimal4, sum, text4 } from '../../../src/events/decimal.ts'
import { splitOrder } from '../../../src/rules/split-order.ts'
import { connectionOf, lineOf, orderOf } from '../../data/processor-events.ts'

const d = (text: string) => decimal4(text, 'amount')
const lines = [
  lineOf('1', 'A-1', { rowTotal: d('20'), tax: d('1.65') }),
  lineOf('2', 'B-1', { rowTotal: d('10'), tax: d('0.82') }),
]
const vendors = [connectionOf('a', '^A-'), connectionOf('b', '^B-')]

describe('an order whose total is rounded as a whole', () => {
  it('is shared to the cent: the parts add up to it (Guarantee 7)', () => {
    const order = orderOf(lines, { subtotal: d('30'), tax: d('2.48'), grandTotal: d('32.48') })
    const { parts } = splitOrder(order, vendors)
    expect(parts.map((part) => text4(part.order.tax))).toEqual(['1.66', '0.82'])
    expect(text4(sum(parts.map((part) => part.order.grandTotal)))).toBe('32.48')
  })

  it('is refused, by the field, when the difference is more than rounding makes', () => {
    const order = orderOf(lines, { subtotal: d('30'), tax: d('3.47'), grandTotal: d('33.47') })
    expect(splitOrder(order, vendors).differing).toMatchObject({
      code: 'totals_differ',
      field: 'tax',
      details: { difference: '1' },
      message: expect.stringContaining("tax is 3.47, but the lines' add up to 2.47 (difference 1)"),
    })
  })
})
