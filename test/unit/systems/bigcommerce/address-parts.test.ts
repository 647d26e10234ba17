import { describe, expect, it } from 'vitest'
import { controlTables } from '../../../../src/control/tables.ts'
import { text4 } from '../../../../src/events/decimal.ts'
import { createReaderNotes } from '../../../../src/producers/reader-notes.ts'
import type { BigCommerceClient } from '../../../../src/systems/bigcommerce/client.ts'
import { readBigCommerceOrders } from '../../../../src/systems/bigcommerce/read-orders.ts'
import type { ReaderNotes } from '../../../../src/systems/kit/reader-notes.ts'
import type { Wire } from '../../../../src/systems/kit/wire.ts'
import { memoryTables } from '../../../memory/tables.ts'
import { readAll, readOf, wallClock } from '../../../worlds/sources.ts'

const order: Wire = {
  id: 100,
  customer_id: 0,
  status_id: 11,
  status: 'Awaiting Fulfillment',
  is_deleted: false,
  date_created: 'Mon, 02 Mar 2026 18:04:11 +0000',
  date_modified: 'Mon, 02 Mar 2026 18:09:30 +0000',
  subtotal_ex_tax: '100.0000',
  subtotal_inc_tax: '100.0000',
  discount_amount: '0.0000',
  coupon_discount: '0.0000',
  total_ex_tax: '100.0000',
  total_inc_tax: '100.0000',
  total_tax: '0.0000',
  default_currency_code: 'USD',
  billing_address: { email: 'a@example.com', country_iso2: 'US' },
}
const product = (id: number, address: number): Wire => ({
  id,
  sku: `SKU-${id}`,
  order_address_id: address,
  quantity: 1,
  quantity_shipped: 0,
  parent_order_product_id: null,
  price_ex_tax: '50.0000',
  total_ex_tax: '50.0000',
  total_tax: '0.0000',
})

/** What a reader gives of the order while its two products go to these addresses. */
async function partsWhile(first: number, second: number, notes: ReaderNotes) {
  const lists: Readonly<Record<string, readonly Wire[]>> = {
    '/v2/orders': [order],
    '/v2/orders/100/products': [product(1, first), product(2, second)],
    '/v2/orders/100/shipping_addresses': [...new Set([first, second])].map((id) => ({ id })),
  }
  const list: BigCommerceClient['list'] = async (path) => lists[path] ?? []
  const client = { list, b2b: null } as Partial<BigCommerceClient> as BigCommerceClient
  const { entities } = await readAll(readBigCommerceOrders(client, readOf('bc', 'orders', 50), wallClock, notes))
  return entities.map(({ key, deleted, data }) => {
    return [key, deleted ? 'gone' : data.lines.map(({ lineId }) => lineId).join(), text4(data.grandTotal)]
  })
}

describe('an order to several addresses', () => {
  it('that is edited to fewer has the parts of those that are gone taken back: nothing is sent twice (Guarantee 7)', async () => {
    const notes = createReaderNotes(memoryTables(controlTables))
    expect(await partsWhile(7, 8, notes)).toEqual([
      ['100', '1', '50'],
      ['100-8', '2', '50'],
    ])
    const whole = ['100', '1,2', '100']
    expect(await partsWhile(8, 8, notes)).toEqual([whole, ['100-8', 'gone', '0']])
    // Told again with every later change, which costs nothing: what is published is the same.
    expect(await partsWhile(8, 8, notes)).toEqual([whole, ['100-8', 'gone', '0']])
    expect(await partsWhile(7, 9, notes)).toEqual([
      ['100', '1', '50'],
      ['100-9', '2', '50'],
      ['100-8', 'gone', '0'],
    ])
  })
})
