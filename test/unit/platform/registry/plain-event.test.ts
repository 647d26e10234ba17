import { expect, it } from 'vitest'
import { decimal4, decimal8 } from '../../../../src/events/decimal.ts'
import { toPlainEvent } from '../../../../src/platform/registry/plain-event.ts'
import { deadLettered } from '../../../data/dead-letters.ts'
import { lineOf, orderChanged, orderOf } from '../../../data/processor-events.ts'

it('writes decimals as text, times as ISO 8601 and bytes as base64, wherever they are', () => {
  const quantityOrdered = decimal8('0.00000001', 'quantity')
  const line = lineOf('1', 'A-1', { quantityOrdered, discount: decimal4('-12.50', 'discount'), attributes: { a: 'b' } })
  const data = orderOf([line], { shippingAddress: null, grandTotal: decimal4('99999999999999.9999', 'total') })
  const event = orderChanged(data, { occurredAt: null })
  expect(JSON.parse(JSON.stringify(toPlainEvent('orders', event)))).toMatchObject({
    eventId: event.eventId,
    occurredAt: null,
    readAt: new Date(event.readAt).toISOString(),
    data: {
      shippingAddress: null,
      billingAddress: { street: ['1 Main St', 'Unit 2'], city: 'Austin' },
      grandTotal: '99999999999999.9999',
      tax: '0',
      lines: [{ sku: 'A-1', quantityOrdered: '0.00000001', discount: '-12.5', rowTotal: '10', attributes: { a: 'b' } }],
    },
  })
  const letter = toPlainEvent(
    'dead-letters',
    deadLettered({ originalValue: Buffer.from([0, 255]), firstAt: 8.64e15 + 1 }),
  )
  expect(letter).toMatchObject({ originalValue: 'AP8=', firstAt: 8.64e15 + 1, change: null, headers: [{ key: 'h' }] })
})
