import { createRandom } from '../harness/random.ts'
import type { Store } from './store.ts'
import type { B2bOrder, Order } from './wire-types.ts'

const NAMES = ['Alpine Tours', 'Höhenrausch KG', 'Trailhead Supply', 'Nordic Outfitters', 'City Schools', 'Bergrettung']

/**
 * B2B Edition knows every order; those of a company's users have the company's id. Every other customer is such a user.
 */
export function makeB2b(store: Store, seed: number, orders: readonly Order[]): void {
  for (const [index, companyName] of NAMES.entries()) {
    const companyId = 7000 + index
    const time = 1_770_000_000 + index
    store.companies.put({
      companyId,
      companyName,
      companyEmail: `office${index}@example.com`,
      companyPhone: '',
      companyStatus: '1',
      bcGroupId: '1',
      bcGroupName: index % 2 === 0 ? 'Wholesale' : 'Retail',
      catalogId: '',
      catalogName: '',
      parentCompany: {},
      priceListAssign: [],
      uuid: `00000000-0000-4000-9000-${String(companyId).padStart(12, '0')}`,
      createdAt: String(time),
      updatedAt: String(time),
      extraFields: [{ fieldName: 'Account manager', fieldValue: `AM-${index}` }],
    })
  }
  for (const order of orders) makeB2bOrder(store, seed, order)
}

export function makeB2bOrder(store: Store, seed: number, order: Order): B2bOrder {
  const random = createRandom(seed, `b2b ${order.id}`)
  const companyId = companyOf(order.customer_id)
  const changedAt = Math.floor(Date.parse(order.date_modified) / 1000)
  return store.b2bOrders.put({
    id: order.id + 500_000,
    bcOrderId: order.id,
    totalIncTax: Number(order.columns['total_inc_tax']),
    usdIncTax: Number(order.columns['total_inc_tax']),
    poNumber: companyId === 0 ? '' : `PO-${random.int(1000, 9999)}`,
    status: 'Awaiting Fulfillment',
    customStatus: 'Awaiting Fulfillment',
    statusCode: order.status_id,
    cartId: '',
    items: order.products.length,
    companyId,
    currencyCode: 'USD',
    money: [{ currencyLocation: 'left', currencyToken: '$', decimalToken: '.', decimalPlaces: 2, thousandsToken: ',' }],
    isArchived: order.is_deleted,
    channelId: order.channel_id,
    channelName: `Channel ${order.channel_id}`,
    extraFields: companyId === 0 ? [] : [{ fieldName: 'Cost centre', fieldValue: `CC-${random.int(10, 99)}` }],
    createdAt: Math.floor(Date.parse(order.date_created) / 1000),
    updatedAt: changedAt,
  })
}

function companyOf(customerId: number): number {
  return customerId === 0 || customerId % 2 === 1 ? 0 : 7000 + (customerId % NAMES.length)
}
