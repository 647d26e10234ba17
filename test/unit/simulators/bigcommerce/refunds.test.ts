import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { BigCommerceSimulator } from '../../../../simulators/bigcommerce/start.ts'
import { textOf, type Wire, wireOf, wiresOf } from '../../../../src/systems/kit/wire.ts'
import { control, startStore, stateOf } from '../../../worlds/bigcommerce.ts'

/** Of a guest; its first row is of one piece, its fee of 1.50. */
const ORDER = 104

let store: BigCommerceSimulator
beforeEach(async () => {
  store = await startStore({ orders: 20 })
})
afterEach(() => store.close())

async function call(method: 'GET' | 'POST', path: string, body?: unknown): Promise<{ status: number; body: Wire }> {
  const { storeHash, accessToken } = store.credentials
  const answer = await fetch(`${store.url}/stores/${storeHash}/v3/orders${path}`, {
    method,
    headers: { 'X-Auth-Token': accessToken, accept: 'application/json', 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: answer.status, body: wireOf(await answer.json()) }
}

const orderOf = async (id = ORDER) => (await stateOf(store)).orders.find((order) => order['id'] === id) ?? {}
const rowOf = (order: Wire) => wiresOf(order['products'])[0] ?? {}
const at = (action: string) => `/${ORDER}/payment_actions/${action}`
const quoteOf = async (items: readonly Wire[]) =>
  wireOf((await call('POST', at('refund_quotes'), { items })).body['data'])

async function refund(items: readonly Wire[], more: Wire = {}) {
  const amount = (await quoteOf(items))['total_refund_amount']
  return await call('POST', at('refunds'), {
    items,
    payments: [{ provider_id: 'custom', amount, offline: true }],
    ...more,
  })
}

describe('a refund of v3', () => {
  it('takes pieces back: the row counts them, v2’s amounts stay, the order is refunded in part', async () => {
    const before = await orderOf()
    const row = rowOf(before)
    const { status, body } = await refund([{ item_type: 'PRODUCT', item_id: row['id'], quantity: 1, reason: 'broken' }])
    expect(status).toBe(201)
    expect(wireOf(body['data'])).toMatchObject({ order_id: ORDER, items: [{ item_type: 'PRODUCT', quantity: 1 }] })
    const order = await orderOf()
    expect(order).toMatchObject({ status_id: 14, refunded_amount: '0.0000', total_inc_tax: before['total_inc_tax'] })
    expect(rowOf(order)).toMatchObject({ quantity_refunded: 1, refund_amount: '0.0000' })
    expect(order['date_modified']).not.toBe(before['date_modified'])
    const listed = await call('GET', at('refunds'))
    const { data } = (await call('GET', `/payment_actions/refunds/${textOf(wireOf(body['data'])['id'])}`)).body
    expect(wiresOf(listed.body['data'])).toEqual([data])
  })

  it('takes money back: of the order, its shipping, a fee; then no row is touched', async () => {
    const order = await orderOf()
    const [fee] = wiresOf(order['fees'])
    const { status } = await refund([
      { item_type: 'ORDER', item_id: ORDER, amount: 1 },
      { item_type: 'FEE', item_id: fee?.['id'], amount: 1.5 },
    ])
    expect(status).toBe(201)
    const after = await orderOf()
    expect(after['status_id']).toBe(14)
    expect(after['products']).toEqual(order['products'])
  })

  it('of all that was paid makes the order refunded', async () => {
    const amount = Number((await orderOf())['total_inc_tax'])
    await refund([{ item_type: 'ORDER', item_id: ORDER, amount }])
    expect((await orderOf())['status_id']).toBe(4)
    const again = [{ item_type: 'ORDER', item_id: ORDER, amount: 0.01 }]
    expect((await call('POST', at('refund_quotes'), { items: again })).status).toBe(422)
  })

  it.each<[string, (row: Wire) => Wire]>([
    [
      'more pieces than there are',
      ({ id, quantity }) => ({ item_type: 'PRODUCT', item_id: id, quantity: Number(quantity) + 1 }),
    ],
    ['half a piece', ({ id }) => ({ item_type: 'PRODUCT', item_id: id, quantity: 0.5 })],
    ['a row of another order', () => ({ item_type: 'PRODUCT', item_id: 1, quantity: 1 })],
    ['more than was paid for a fee', () => ({ item_type: 'FEE', item_id: ORDER * 10, amount: 1.51 })],
    ['an amount of three decimals', () => ({ item_type: 'ORDER', item_id: ORDER, amount: 0.001 })],
    ['another order', () => ({ item_type: 'ORDER', item_id: 100, amount: 1 })],
    ['a type that there is not', () => ({ item_type: 'ROW', item_id: ORDER, amount: 1 })],
  ])('is refused for %s', async (_, item) => {
    const items = [item(rowOf(await orderOf()))]
    expect((await call('POST', at('refund_quotes'), { items })).status).toBe(422)
  })

  it('is refused where the payments are another amount, of a way that is not the order’s, or store credit of a guest', async () => {
    const items = [{ item_type: 'ORDER', item_id: ORDER, amount: 1 }]
    await control(store, 'PATCH', `/orders/${ORDER}`, { customer_id: 0 })
    const paid = (provider_id: string, amount: number) => refund(items, { payments: [{ provider_id, amount }] })
    expect((await paid('custom', 0.99)).status).toBe(422)
    expect((await paid('bitcoin', 1)).status).toBe(422)
    const credit = await paid('storecredit', 1)
    expect([credit.status, credit.body['title']]).toEqual([422, 'Unable to provide store credit for a guest customer.'])
    expect((await orderOf())['status_id']).toBe(11)
  })

  it('is refused of an order that nobody paid', async () => {
    await control(store, 'PATCH', `/orders/${ORDER}`, { status_id: 7 })
    const items = [{ item_type: 'ORDER', item_id: ORDER, amount: 1 }]
    expect((await call('POST', at('refund_quotes'), { items })).status).toBe(422)
  })
})
