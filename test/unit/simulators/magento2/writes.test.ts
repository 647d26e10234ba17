import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { magentoAdmin } from '../../../../simulators/magento2/authorization.ts'
import type { MagentoSimulator } from '../../../../simulators/magento2/start-magento-simulator.ts'
import type { Order, OrderItem, SourceItem } from '../../../../simulators/magento2/wire-types.ts'
import { call, control, criteria, oauthHeader, startShop } from './shop-client.ts'

let shop: MagentoSimulator
beforeAll(async () => {
  shop = await startShop({ orders: 10 })
})
beforeEach(async () => await control(shop, 'POST', '/reset'))
afterAll(async () => await shop.close())

const topRows = ({ items }: Order): OrderItem[] => items.filter(({ parent_item_id: parent }) => parent === undefined)

/** The first order with this many rows and more than one piece of some. */
async function anOrder(): Promise<{ order: Order; row: OrderItem }> {
  const query = criteria([['state', 'eq', 'processing']], {
    '[sortOrders][0][field]': 'entity_id',
    '[sortOrders][0][direction]': 'ASC',
  })
  const { body } = await call<{ items: Order[] }>(shop, 'GET', `/orders?${query}`)
  for (const order of body.items) {
    const row = topRows(order).find(({ qty_ordered: quantity }) => quantity > 1)
    if (row !== undefined) return { order, row }
  }
  throw new Error('no order has a row of several pieces')
}

const stockOf = async (sku: string): Promise<SourceItem | undefined> => {
  const { sourceItems } = await control<{ sourceItems: SourceItem[] }>(shop, 'GET', '/state')
  return sourceItems.find((item) => item.sku === sku && item.source_code === 'default')
}

describe('a shipment', () => {
  it('takes a part, with its comment and source, out of the source, and tracks come later', async () => {
    const { order, row } = await anOrder()
    const before = await stockOf(row.sku)
    const body = {
      items: [{ order_item_id: row.item_id, qty: 1 }],
      comment: { comment: 'by hand', is_visible_on_front: 0 },
      arguments: { extension_attributes: { source_code: 'default' } },
    }
    const { status, body: id } = await call<string>(shop, 'POST', `/order/${order.entity_id}/ship`, body)
    expect(status).toBe(200)
    expect((await stockOf(row.sku))?.quantity).toBe((before?.quantity ?? 0) - 1)
    const entity = {
      parent_id: Number(id),
      order_id: order.entity_id,
      track_number: 'T',
      title: 'U',
      carrier_code: 'ups',
    }
    expect(await call(shop, 'POST', '/shipment/track', { entity })).toMatchObject({ status: 200 })
    const found = await call(shop, 'GET', `/shipments?${criteria([['order_id', 'eq', String(order.entity_id)]])}`)
    expect(found.body).toMatchObject({
      items: [{ total_qty: 1, comments: [{ comment: 'by hand' }], tracks: [{ track_number: 'T' }] }],
    })
    const tooMuch = { items: [{ order_item_id: row.item_id, qty: row.qty_ordered }] }
    expect((await call(shop, 'POST', `/order/${order.entity_id}/ship`, tooMuch)).status).toBe(400)
  })

  it.each(['holded', 'payment_review', 'canceled'])('is refused for an order that is %s', async (state) => {
    const { order } = await anOrder()
    await control(shop, 'PATCH', `/orders/${order.increment_id}`, { state, status: state })
    expect(await call(shop, 'POST', `/order/${order.entity_id}/ship`, {})).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining(`a status of ${state}`) },
    })
  })

  it('is refused where the source has too few', async () => {
    const { order, row } = await anOrder()
    const sourceItems = [{ sku: row.sku, source_code: 'default', quantity: 0, status: 0 }]
    await call(shop, 'POST', '/inventory/source-items', { sourceItems })
    const body = { items: [{ order_item_id: row.item_id, qty: 1 }] }
    expect(await call(shop, 'POST', `/order/${order.entity_id}/ship`, body)).toMatchObject({
      status: 400,
      body: { message: 'Not all of your products are available in the requested quantity.' },
    })
  })
})

/** A signed call of a path beside V1. */
async function bulk(path: string, body: unknown): Promise<{ status: number; body: { bulk_uuid: string } }> {
  const url = `${shop.url}/rest/all/async/bulk/V1${path}`
  const headers = { authorization: oauthHeader('POST', url), 'content-type': 'application/json' }
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  return { status: answer.status, body: (await answer.json()) as { bulk_uuid: string } }
}

describe('bulk requests', () => {
  it('are taken at once and worked off later, each body for itself', async () => {
    await control(shop, 'PATCH', '/switches', {
      bulkDelayMs: null,
      bulkFailures: [{ sku: 'B-3', kind: 'retriable', times: 1 }],
    })
    const products = [{ sku: 'B-1', name: 'One' }, { sku: 'B-2' }, { sku: 'B-3', name: 'Three' }]
    const taken = await bulk(
      '/products',
      products.map((product) => ({ product })),
    )
    expect(taken).toMatchObject({
      status: 202,
      body: { errors: false, request_items: [{ id: 0, status: 'accepted' }, {}, {}] },
    })
    const status = async () => await call(shop, 'GET', `/bulk/${taken.body.bulk_uuid}/status`)
    expect(await status()).toMatchObject({
      body: { operation_count: 3, operations_list: [{ status: 4 }, { status: 4 }, {}] },
    })
    expect((await call(shop, 'GET', '/products/B-1')).status).toBe(404)
    await control(shop, 'POST', '/bulk/run')
    expect(await status()).toMatchObject({
      body: {
        operations_list: [
          { id: 0, status: 1 },
          { id: 1, status: 3, result_message: expect.stringContaining('Product Name') },
          { status: 2 },
        ],
      },
    })
    expect((await call(shop, 'GET', '/products/B-1')).status).toBe(200)
    expect((await call(shop, 'GET', '/bulk/none/status')).status).toBe(404)
  })
})

describe('an administrator', () => {
  const signIn = async () => await call<string>(shop, 'POST', '/integration/admin/token', magentoAdmin)
  const orders = async (token: string) =>
    (await fetch(`${shop.url}/rest/V1/orders/1`, { headers: { authorization: `Bearer ${token}` } })).status

  it('signs in until the token ends', async () => {
    const { body: token } = await signIn()
    expect(await orders(token)).toBe(200)
    await control(shop, 'POST', '/end-admin-tokens')
    expect(await orders(token)).toBe(401)
  })

  it('is asked for a second factor, or lacks a permission, where that is set', async () => {
    await control(shop, 'PATCH', '/switches', { denied: ['Magento_Sales::actions_view'] })
    expect(await orders((await signIn()).body)).toBe(401)
    await control(shop, 'PATCH', '/switches', { twoFactor: true })
    expect(await signIn()).toMatchObject({ status: 400, body: { message: expect.stringContaining('2fa') } })
  })
})

it('input limits refuse larger pages', async () => {
  await control(shop, 'PATCH', '/switches', { maximumPageSize: 300 })
  expect(await call(shop, 'GET', `/orders?${criteria([], { '[page_size]': '301' })}`)).toMatchObject({
    status: 400,
    body: { message: 'Maximum SearchCriteria pageSize is %max', parameters: { max: 300 } },
  })
})
