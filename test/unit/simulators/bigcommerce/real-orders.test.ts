import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { centsIn } from '../../../../simulators/bigcommerce/cents.ts'
import { piecesToShip } from '../../../../simulators/bigcommerce/order-life.ts'
import type { BigCommerceSimulator } from '../../../../simulators/bigcommerce/start.ts'
import type { Order, OrderProduct, Refund, Shipment } from '../../../../simulators/bigcommerce/wire-types.ts'
import { startStore } from '../../../worlds/bigcommerce.ts'

interface State {
  readonly orders: readonly (Omit<Order, 'columns' | 'refunds'> & {
    readonly [column: string]: unknown
    readonly refunds: readonly Refund[]
  })[]
  readonly shipments: readonly Shipment[]
}

type OrderState = State['orders'][number]

let store: BigCommerceSimulator
let state: State
const stateOf = async (of: BigCommerceSimulator): Promise<State> =>
  (await (await fetch(`${of.url}/_sim/state`)).json()) as State
beforeAll(async () => {
  store = await startStore({ orders: 400, realShare: 0.6, seed: 11 })
  state = await stateOf(store)
})
afterAll(() => store.close())

const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0)
const rowsOf = ({ products }: OrderState) => products.filter(({ parent_order_product_id: parent }) => parent === null)
const refunded = ({ refunds }: OrderState) => sum(refunds.map(({ total_amount: amount }) => centsIn(amount)))

describe('400 orders as real stores have them', () => {
  it('add up to the cent: rows, shipping, handling, wrapping, fees, discounts, gift certificates', () => {
    for (const order of state.orders) {
      const of = (name: string) => centsIn(order[name])
      const charges = (kind: 'ex' | 'inc') =>
        sum(['shipping_cost', 'handling_cost', 'wrapping_cost'].map((name) => of(`${name}_${kind}_tax`))) +
        sum(order.fees.map((fee) => centsIn(fee[`cost_${kind}_tax`])))
      const off = of('discount_amount') + of('coupon_discount')
      expect(sum(rowsOf(order).map((row) => centsIn(row['total_ex_tax'])))).toBe(of('subtotal_ex_tax'))
      expect(sum(order.products.map((row) => centsIn(row['wrapping_cost_ex_tax'])))).toBe(of('wrapping_cost_ex_tax'))
      expect(of('subtotal_ex_tax') + charges('ex') - off - of('gift_certificate_amount')).toBe(of('total_ex_tax'))
      expect(of('total_ex_tax') + of('total_tax')).toBe(of('total_inc_tax'))
      expect(order['items_shipped']).toBe(sum(order.products.map(({ quantity_shipped: shipped }) => shipped)))
    }
  })

  it('keep the store’s counts: nothing is taken back twice, or beyond what was paid', () => {
    for (const order of state.orders) {
      for (const row of order.products) {
        const pieces = order.refunds
          .flatMap(({ items }) => items)
          .filter(({ item_type: type, item_id: id }) => type === 'PRODUCT' && id === row.id)
        expect(sum(pieces.map(({ quantity = 0 }) => quantity))).toBe(row.quantity_refunded)
        expect(row.quantity_refunded).toBeLessThanOrEqual(row.quantity)
        expect(row.quantity_shipped).toBeLessThanOrEqual(row.quantity)
        expect(row['is_refunded']).toBe(row.quantity_refunded >= row.quantity)
        expect(shippedOf(order, row)).toBe(row.quantity_shipped)
      }
      expect(refunded(order)).toBeLessThanOrEqual(centsIn(order['total_inc_tax']))
      if (order.status_id === 4) expect(refunded(order)).toBe(centsIn(order['total_inc_tax']))
      if (order.status_id === 2) expect(rowsOf(order).every((row) => piecesToShip(row) <= 0)).toBe(true)
      if (order.status_id === 3) expect(rowsOf(order).some((row) => piecesToShip(row) > 0)).toBe(true)
      for (const { items, payments, total_amount: total } of order.refunds) {
        expect(sum(items.map(({ requested_amount: amount }) => centsIn(amount)))).toBe(centsIn(total))
        expect(sum(payments.map(({ amount }) => centsIn(amount)))).toBe(centsIn(total))
      }
    }
  })

  it('are refunded in part, in money and whole, held, canceled, shipped by the seller, and go to several addresses', () => {
    const some = (holds: (order: OrderState) => boolean) => expect(state.orders.filter(holds).length).toBeGreaterThan(0)
    const hasPieces = ({ products }: OrderState) => products.some((row) => row.quantity_refunded > 0)
    some((order) => order.status_id === 14 && hasPieces(order))
    some((order) => order.status_id === 11 && hasPieces(order))
    some((order) => order.refunds.length > 0 && !hasPieces(order))
    for (const status of [2, 3, 4, 5, 12, 13]) some(({ status_id: id }) => id === status)
    some((order) => order.status_id === 3 && hasPieces(order))
    some(({ fees }) => fees.length > 1 && fees.some(({ cost_tax: tax }) => centsIn(tax) > 0))
    some((order) => centsIn(order['wrapping_cost_tax']) > 0)
    some(({ id, products }) => id % 6 !== 0 && new Set(products.map((row) => row.order_address_id)).size > 1)
  })

  it('are the same again, and without a share nothing became of them', async () => {
    const [again, plain] = [await startStore({ orders: 400, realShare: 0.6, seed: 11 }), await startStore({ seed: 11 })]
    expect((await stateOf(again)).orders).toEqual(state.orders)
    const { orders, shipments } = await stateOf(plain)
    expect(shipments).toEqual([])
    expect(orders.every(({ refunds, status_id: status }) => refunds.length === 0 && status === 11)).toBe(true)
    await Promise.all([again.close(), plain.close()])
  })
})

function shippedOf({ id }: OrderState, row: OrderProduct): number {
  const items = state.shipments.filter((one) => one.order_id === id).flatMap((one) => one.items)
  return sum(items.filter((item) => item.order_product_id === row.id).map(({ quantity }) => quantity))
}
