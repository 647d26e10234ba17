import { describe, expect, it } from 'vitest'
import { readCatalog } from '../../../../simulators/catalog/read-catalog.ts'
import { makeInitialOrders } from '../../../../simulators/magento2/initial-orders.ts'
import { apportion, scaled, toCents } from '../../../../simulators/magento2/money.ts'
import { listSellables } from '../../../../simulators/magento2/sellable.ts'
import type { Order } from '../../../../simulators/magento2/wire-types.ts'
import { ownCatalog } from './shop-client.ts'

const goods = listSellables(readCatalog(ownCatalog), /^WLD-/g)
const orders = makeInitialOrders({ seed: 11, mixedStates: false, goods }, 300)
const cents = (amount: number) => Number(scaled(amount.toFixed(6), 2))
const rows = ({ items }: Order) => items.filter((item) => item.parent_item_id === undefined)
const sum = (order: Order, read: (item: Order['items'][number]) => number) =>
  rows(order).reduce((total, item) => total + cents(read(item)), 0)

describe('300 seeded orders', () => {
  it('add up to the cent', () => {
    for (const order of orders) {
      expect(sum(order, (item) => item.row_total)).toBe(cents(order.subtotal))
      expect(0 - sum(order, (item) => item.discount_amount)).toBe(cents(order.discount_amount))
      expect(sum(order, (item) => item.tax_amount) + cents(order.shipping_tax_amount)).toBe(cents(order.tax_amount))
      const parts = [order.subtotal, order.discount_amount, order.shipping_amount, order.tax_amount].map(cents)
      expect(parts.reduce((a, b) => a + b)).toBe(cents(order.grand_total))
      for (const item of rows(order)) expect(cents(item.price) * item.qty_ordered).toBe(cents(item.row_total))
    }
  })

  it('write amounts with two decimals at most', () => {
    const written = JSON.stringify(orders).match(/-?\d+\.\d+/g) ?? []
    expect(written.filter((number) => (number.split('.')[1]?.length ?? 0) > 2 && !number.startsWith('0.'))).toEqual([])
  })

  it('have a child row without price for each configurable row, with the same SKU', () => {
    const children = orders.flatMap((order) => order.items.filter((item) => item.parent_item_id !== undefined))
    expect(children.length).toBeGreaterThan(100)
    for (const order of orders) {
      for (const child of order.items.filter((item) => item.parent_item_id !== undefined)) {
        const parent = order.items.find((item) => item.item_id === child.parent_item_id)
        expect(parent).toMatchObject({ product_type: 'configurable', sku: child.sku, qty_ordered: child.qty_ordered })
        expect(child).toMatchObject({ product_type: 'simple', price: 0, row_total: 0 })
        expect(parent?.product_id).not.toBe(child.product_id)
      }
    }
  })

  it('mix vendors, and some have no line of the demo’s vendor', () => {
    const vendors = orders.map((order) => new Set(order.items.map(({ sku }) => sku.slice(0, 3))))
    expect(vendors.some((one) => !one.has('WLD'))).toBe(true)
    expect(vendors.some((one) => one.size === 1 && one.has('WLD'))).toBe(true)
    expect(vendors.some((one) => one.size >= 3)).toBe(true)
  })

  it('are of guests and customers, with discounts and without, in several countries', () => {
    expect(new Set(orders.map((order) => order['customer_is_guest']))).toEqual(new Set([0, 1]))
    expect(orders.every((order) => (order['customer_is_guest'] === 1) === (order['customer_id'] === undefined))).toBe(
      true,
    )
    expect(new Set(orders.map(({ billing_address: { country_id: country } }) => country)).size).toBeGreaterThan(4)
    expect(orders.filter((order) => order.discount_amount < 0).length).toBeGreaterThan(60)
    expect(orders.some(({ billing_address: { lastname } }) => /[^ -~]/.test(lastname))).toBe(true)
  })

  it('share the second of their last change in places, before the base date', () => {
    const times = orders.map(({ updated_at: time }) => time)
    expect(new Set(times).size).toBeLessThan(280)
    expect(times.every((time) => time <= '2026-03-16 06:00:00')).toBe(true)
    expect(orders.every(({ created_at: created, updated_at: updated }) => created <= updated)).toBe(true)
  })

  it('are the same again from the same seed, others from another, and processing unless mixed', () => {
    expect(makeInitialOrders({ seed: 11, mixedStates: false, goods }, 300)).toEqual(orders)
    expect(makeInitialOrders({ seed: 12, mixedStates: false, goods }, 1)).not.toEqual(orders.slice(0, 1))
    expect(new Set(orders.map(({ state }) => state))).toEqual(new Set(['processing']))
    const mixed = makeInitialOrders({ seed: 11, mixedStates: true, goods }, 300)
    expect(new Set(mixed.map(({ state }) => state)).size).toBe(8)
  })
})

it('reads decimals exactly and spreads without losing a cent', () => {
  expect(['19.99', '0.005', '12', '-1.005', '4.33'].map(toCents)).toEqual([1999, 1, 1200, -101, 433])
  expect(apportion(1001, [333, 333, 334])).toEqual([333, 333, 335])
  expect(apportion(5, [0, 0])).toEqual([0, 0])
})
