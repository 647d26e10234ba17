import { decimal4, decimal8 } from '../../src/events/decimal.ts'
import type { Order } from '../../src/events/generated/events.ts'
import { lineOf, orderOf } from './processor-events.ts'

const d = (text: string) => decimal4(text, 'amount')
const q = (text: string) => decimal8(text, 'quantity')

/** Orders without refunds, of all kinds that were delivered before refunds, holds and components were looked at. */
export const ordersOfBefore: Readonly<Record<string, Order>> = {
  plain: orderOf([lineOf('1', 'A-1')]),
  'invoiced and shipped': orderOf(
    [lineOf('1', 'A-1', { quantityInvoiced: q('1'), quantityShipped: q('1') }), lineOf('2', 'A-2')],
    { shipping: d('7.1'), shippingTax: d('0.59') },
  ),
  'canceled in part': orderOf([
    lineOf('1', 'A-1', { quantityOrdered: q('3'), quantityCanceled: q('1'), rowTotal: d('30') }),
  ]),
  'of two vendors': orderOf(
    [
      lineOf('1', 'A-1', { rowTotal: d('30'), discount: d('3'), tax: d('2') }),
      lineOf('2', 'B-1', { rowTotal: d('60'), tax: d('4') }),
      lineOf('3', 'X-1', { rowTotal: d('10'), tax: d('1') }),
    ],
    { shipping: d('10.01'), shippingTax: d('1'), giftCard: d('5'), storeCredit: d('2.5') },
  ),
  'rounded as a whole': orderOf(
    [
      lineOf('1', 'A-1', { rowTotal: d('20'), tax: d('1.65') }),
      lineOf('2', 'B-1', { rowTotal: d('10'), tax: d('0.82') }),
    ],
    { subtotal: d('30'), tax: d('2.48') },
  ),
  'a configurable': orderOf([
    lineOf('1', 'A-1-M', { productType: 'configurable' }),
    lineOf('2', 'A-1-M', { parentLineId: '1', rowTotal: d('0'), unitPrice: q('0') }),
  ]),
  'a bundle that is a product': orderOf([
    lineOf('1', 'A-SET', { productType: 'bundle', rowTotal: d('70') }),
    lineOf('2', 'A-2', { parentLineId: '1', rowTotal: d('0'), unitPrice: q('0'), quantityOrdered: q('2') }),
    lineOf('3', 'X-3', { parentLineId: '1', rowTotal: d('0'), unitPrice: q('0') }),
  ]),
  'a virtual line': orderOf([lineOf('1', 'A-1'), lineOf('2', 'A-9', { productType: 'virtual' })]),
}
