import { text4, text8 } from '../events/decimal.ts'
import type { Order, OrderLine } from '../events/generated/events.ts'
import type { MappingInput } from './mapping/mapping-input.ts'

const AMOUNTS = [
  'subtotal',
  'discount',
  'shipping',
  'shippingTax',
  'tax',
  'giftCard',
  'storeCredit',
  'grandTotal',
] as const
const LINE_AMOUNTS = ['discount', 'tax', 'rowTotal'] as const
const QUANTITIES = [
  'quantityOrdered',
  'quantityCanceled',
  'quantityInvoiced',
  'quantityShipped',
  'quantityRefunded',
  'unitPrice',
] as const

/** An order as rules see it: decimals as text, times as ISO 8601. */
export function orderInput(order: Order): MappingInput {
  return {
    ...order,
    ...Object.fromEntries(AMOUNTS.map((name) => [name, text4(order[name])])),
    baseGrandTotal: order.baseGrandTotal === null ? null : text4(order.baseGrandTotal),
    placedAt: new Date(order.placedAt).toISOString(),
    lines: order.lines.map(orderLineInput),
  }
}

/** A line of it. */
export function orderLineInput(line: OrderLine): MappingInput {
  return {
    ...line,
    ...Object.fromEntries(QUANTITIES.map((name) => [name, text8(line[name])])),
    ...Object.fromEntries(LINE_AMOUNTS.map((name) => [name, text4(line[name])])),
    originalPrice: line.originalPrice === null ? null : text8(line.originalPrice),
  }
}
