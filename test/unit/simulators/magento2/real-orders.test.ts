import { describe, expect, it } from 'vitest'
import { readCatalog } from '../../../../simulators/catalog/read-catalog.ts'
import { makeInitialOrders } from '../../../../simulators/magento2/initial-orders.ts'
import { scaled } from '../../../../simulators/magento2/money.ts'
import {
  cancelOrder,
  countedRows,
  holdOrder,
  invoiceOrder,
  isDynamicBundle,
  piecesToShip,
  refundMoney,
  refundOrder,
  releaseOrder,
  shipPieces,
} from '../../../../simulators/magento2/order-life.ts'
import { listSellables } from '../../../../simulators/magento2/sellable.ts'
import type { Order, OrderItem } from '../../../../simulators/magento2/wire-types.ts'
import { ownCatalog } from './shop-client.ts'

const goods = listSellables(readCatalog(ownCatalog), /^WLD-/)
const making = { seed: 11, mixedStates: true, goods, realShare: 0.6 }
const orders = makeInitialOrders(making, 600)
const cents = (amount: unknown) => Number(scaled(Number(amount ?? 0).toFixed(6), 2))
const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0)
const rowsOf = ({ items }: Order) => items.filter(({ parent_item_id: parent }) => parent === undefined)
const childrenOf = ({ items }: Order, { item_id: id }: OrderItem) =>
  items.filter(({ parent_item_id: parent }) => parent === id)

describe('600 orders as real shops have them', () => {
  it('add up to the cent: rows, charges that no row explains, tax', () => {
    for (const order of orders) {
      const extension = Object(order['extension_attributes'])
      const fees = sum(
        (extension.custom_fees ?? []).map((fee: Record<string, unknown>) => cents(fee['custom_fee_amount'])),
      )
      const [wrapping, wrappingTax] = [cents(extension.gw_price), cents(extension.gw_tax_amount)]
      const productTaxes = sum(order.items.map((item) => cents(item['weee_tax_applied_row_amount'])))
      const priced = countedRows(order)
      expect(sum(priced.map((item) => cents(item.row_total)))).toBe(cents(order.subtotal))
      expect(0 - sum(priced.map((item) => cents(item.discount_amount)))).toBe(cents(order.discount_amount))
      const tax = sum(priced.map((item) => cents(item.tax_amount))) + cents(order.shipping_tax_amount) + wrappingTax
      expect(tax).toBe(cents(order.tax_amount))
      const parts = [order.subtotal, order.discount_amount, order.shipping_amount, order.tax_amount].map(cents)
      expect(sum(parts) + fees + wrapping + productTaxes).toBe(cents(order.grand_total))
    }
  })

  it('have every type of row, and a bundle’s rows belong together', () => {
    const types = new Set(orders.flatMap((order) => rowsOf(order).map(({ product_type: type }) => type)))
    expect(types).toEqual(new Set(['simple', 'configurable', 'bundle', 'virtual', 'downloadable']))
    const bundles = orders.flatMap((order) =>
      rowsOf(order)
        .filter(({ product_type: type }) => type === 'bundle')
        .map((bundle) => ({
          bundle,
          parts: childrenOf(order, bundle),
          isDynamic: isDynamicBundle(bundle, order.items),
        })),
    )
    expect(new Set(bundles.map(({ isDynamic }) => isDynamic))).toEqual(new Set([true, false]))
    for (const { bundle, parts, isDynamic } of bundles) {
      expect(parts.every((part) => part.qty_ordered % bundle.qty_ordered === 0)).toBe(true)
      if (isDynamic) expect(sum(parts.map((part) => cents(part.row_total)))).toBe(cents(bundle.row_total))
      else expect(sum(parts.map((part) => part.row_total))).toBe(0)
      if (isDynamic) expect(bundle.sku.endsWith(parts.map(({ sku }) => `-${sku}`).join(''))).toBe(true)
    }
  })

  it('keep Magento’s counts: nothing is taken back twice, paid pieces only by a credit memo', () => {
    for (const order of orders) {
      for (const item of countedRows(order)) {
        const [invoiced, canceled, refunded] = ['qty_invoiced', 'qty_canceled', 'qty_refunded'].map((name) =>
          Number(item[name] ?? 0),
        ) as [number, number, number]
        expect(invoiced + canceled).toBeLessThanOrEqual(item.qty_ordered)
        expect(refunded).toBeLessThanOrEqual(invoiced)
        expect(item.qty_shipped + canceled).toBeLessThanOrEqual(item.qty_ordered)
        expect(item['is_virtual'] === 1 ? item.qty_shipped : 0).toBe(0)
      }
      const open = countedRows(order).some((item) => piecesToShip(item) > 0)
      if (order.state === 'complete' || order.state === 'closed') expect(open).toBe(false)
      if (order.state === 'closed') expect(cents(order['total_refunded'])).toBe(cents(order['total_paid']))
      expect(cents(order['total_refunded'])).toBeLessThanOrEqual(cents(order['total_paid']))
    }
  })

  it('are canceled and refunded in part, shipped by the seller, on hold, edited, and share numbers of two stores', () => {
    const some = (holds: (order: Order) => boolean) => expect(orders.filter(holds).length).toBeGreaterThan(0)
    const count = (name: string) => (order: Order) => order.items.some((item) => Number(item[name] ?? 0) > 0)
    some((order) => order.state === 'processing' && count('qty_refunded')(order))
    some((order) => order.state === 'processing' && count('qty_canceled')(order))
    some((order) => order.state === 'processing' && count('qty_shipped')(order))
    some((order) => order.state === 'holded' && order['hold_before_state'] === 'processing')
    some((order) => order['is_virtual'] === 1 && order.shipping_address === undefined)
    const edits = orders.filter((order) => order['relation_parent_id'] !== undefined)
    expect(edits.length).toBeGreaterThan(0)
    for (const edit of edits) {
      const before = orders.find(({ entity_id: id }) => String(id) === edit['relation_parent_id'])
      expect(before).toMatchObject({ state: 'canceled', relation_child_real_id: edit.increment_id })
      expect(edit.increment_id).toBe(`${before?.increment_id}-1`)
    }
    const shared = Object.values(Object.groupBy(orders, ({ increment_id: number }) => number)).filter(
      (own = []) => own.length > 1,
    )
    expect(shared.length).toBeGreaterThan(0)
    for (const own of shared) expect(new Set(own?.map((order) => order['store_id'])).size).toBeGreaterThan(1)
  })

  it('are the same again, and without a share all orders are plain ones', () => {
    expect(makeInitialOrders(making, 600)).toEqual(orders)
    const { realShare: _share, ...plain } = making
    const types = makeInitialOrders(plain, 100).flatMap((order) => rowsOf(order).map(({ product_type: type }) => type))
    expect(new Set(types)).toEqual(new Set(['simple', 'configurable']))
  })
})

describe('an order’s life, as Magento computes its states', () => {
  const now = '2026-03-17 09:00:00'
  const row = (id: number, qty: number): OrderItem => ({
    item_id: id,
    order_id: 1,
    product_id: id,
    sku: `WLD-${id}`,
    name: '',
    product_type: 'simple',
    qty_ordered: qty,
    qty_invoiced: 0,
    qty_shipped: 0,
    price: 10,
    row_total: 10 * qty,
    tax_amount: 0,
    discount_amount: 0,
  })
  const order = {
    ...(orders[0] as Order),
    state: 'new',
    status: 'pending',
    items: [row(1, 4), row(2, 2)],
    shipping_amount: 5,
    shipping_tax_amount: 0,
    grand_total: 65,
    total_paid: 0,
    total_refunded: 0,
  } satisfies Order
  const pieces = (...pairs: [number, number][]) => new Map(pairs)
  const paid = invoiceOrder(order, null, now)

  it('is processing when it is paid, complete when all is shipped, closed when all is refunded', () => {
    expect(paid).toMatchObject({ state: 'processing', total_paid: 65 })
    const shipped = shipPieces(paid, pieces([1, 4], [2, 2]), now)
    expect(shipped.state).toBe('complete')
    expect(refundOrder(shipped, null, now)).toMatchObject({ state: 'closed', total_refunded: 65 })
    expect(refundOrder(paid, null, now).state).toBe('closed')
  })

  it('is complete when the rest is refunded, and when the rest is canceled', () => {
    const partly = shipPieces(paid, pieces([1, 4]), now)
    expect(partly.state).toBe('processing')
    expect(refundOrder(partly, pieces([2, 2]), now).state).toBe('complete')
    const half = shipPieces(invoiceOrder(order, pieces([1, 4]), now), pieces([1, 4]), now)
    expect(cancelOrder(half, now)).toMatchObject({ state: 'complete', items: [{}, { qty_canceled: 2 }] })
  })

  it('goes on when what is paid is not shipped yet, and is canceled where nothing is paid', () => {
    expect(cancelOrder(invoiceOrder(order, pieces([1, 4]), now), now)).toMatchObject({
      state: 'processing',
      items: [{ qty_invoiced: 4 }, { qty_canceled: 2 }],
    })
    expect(cancelOrder(order, now).state).toBe('canceled')
  })

  it('does not cancel what is paid, refund what is not, or ship what is gone', () => {
    expect(() => cancelOrder(paid, now)).toThrow(/all of it is invoiced/)
    expect(() => refundOrder(order, pieces([1, 1]), now)).toThrow(/only 0 pieces left/)
    expect(() => refundOrder(paid, pieces([1, 5]), now)).toThrow(/only 4 pieces left/)
    expect(() => refundMoney(paid, 66, now)).toThrow(/most money/)
  })

  it('holds and releases into the state it had', () => {
    const held = holdOrder(paid, now)
    expect(held.state).toBe('holded')
    expect(() => refundOrder(held, null, now)).toThrow(/holded/)
    expect(releaseOrder(held, now)).toEqual(paid)
    expect(() => holdOrder(held, now)).toThrow(/not available/)
  })
})
