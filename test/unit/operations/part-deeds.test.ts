import { expect, it } from 'vitest'
import { decimal8 } from '../../../src/events/decimal.ts'
import { openLines } from '../../../src/operations/open-to-ship.ts'
import { possibleDeeds } from '../../../src/operations/part-deeds.ts'
import { lineOf, orderOf, vendorOrder } from '../../data/processor-events.ts'

const lines = [
  lineOf('1', 'A', { quantityOrdered: decimal8('2', 'quantity') }),
  lineOf('2', 'A'),
  lineOf('3', 'B', { productType: 'virtual' }),
]
const standing = { canceled: false, isHeld: false, isCanceledByHand: false, status: 'succeeded' }

/** What is possible after the ERP has told of these shipments. */
function possible(told: Parameters<typeof openLines>[2], more: Partial<typeof standing> = {}, own = lines) {
  const open = [...openLines(own, [], told)].map(([line, left]) => ({ line, open: `${left}` }))
  const event = vendorOrder('erp', '7', orderOf(own, { orderNumber: '7' }))
  return possibleDeeds({ ...standing, ...more, lines: open }, event, true)
}

it('takes what an ERP told of a SKU from the first lines of it', () => {
  const open = openLines(lines, [], [{ sku: 'A', quantity: '2.5' }])
  expect(open).toEqual(
    new Map([
      ['1', 0n],
      ['2', decimal8('0.5', 'quantity')],
      ['3', decimal8('1', 'quantity')],
    ]),
  )
})

it('offers of a part what is possible now', () => {
  expect(possible([])).toEqual(['confirm', 'ship', 'cancel', 'resend'])
  expect(possible([], { isHeld: true })).toEqual(['confirm', 'ship'])
  expect(possible([], { canceled: true, isCanceledByHand: true })).toEqual(['resend'])
  expect(possible([], { status: 'failed' })).toEqual(['confirm', 'ship', 'cancel'])
})

it('offers nothing to ship or to cancel of a part that is shipped whole', () => {
  const all = [{ sku: 'A', quantity: '3' }]
  expect(possible(all, {}, lines.slice(0, 2))).toEqual(['resend'])
  // What is never shipped is still the vendor's to be canceled.
  expect(possible(all)).toEqual(['cancel', 'resend'])
})
