import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BigCommerceSimulator } from '../../simulators/bigcommerce/start.ts'
import { add, decimal4, subtract, sum, text4, text8 } from '../../src/events/decimal.ts'
import type { Order } from '../../src/events/generated/events.ts'
import { expectedTotal } from '../../src/events/order-total.ts'
import { totalDiffers } from '../../src/rules/unexplained.ts'
import { textOf, type Wire, wireOf, wiresOf } from '../../src/systems/kit/wire.ts'
import { connectTo, control, startStore, stateOf } from '../worlds/bigcommerce.ts'
import { hookReceiver } from '../worlds/bigcommerce-hooks.ts'
import { keysOf, listAll, readAll } from '../worlds/sources.ts'

let store: BigCommerceSimulator
let taxed: BigCommerceSimulator
let real: BigCommerceSimulator
const at = (more = {}) => connectTo(store, more)

beforeAll(async () => {
  store = await startStore({ mixedStates: true })
  taxed = await startStore({ taxInclusive: true, seed: 8, orders: 80 })
  real = await startStore({ realShare: 0.7, seed: 4, orders: 120 })
})
afterAll(async () => {
  await store.close()
  await taxed.close()
  await real.close()
})

const moneyOf = (order: Wire, name: string) => decimal4(textOf(order[name]) ?? '0', name)
/** Parts of one order have its number, or begin with it. */
const partsOf = (orders: readonly Order[], id: unknown) => orders.filter(({ orderId }) => orderId === textOf(id))

describe('orders', () => {
  it.each([2, 7, 50, 250])('are each read once, whatever the page (%i)', async (pageSize) => {
    const reader = at().reader('orders', pageSize)
    const { entities, unreadable, rows } = await readAll(reader)
    expect(unreadable).toEqual([])
    const { orders } = await stateOf(store)
    expect(rows.map(({ key }) => key).toSorted()).toEqual(orders.map(({ id }) => String(id)).toSorted())
    expect(new Set(entities.map(({ data }) => data.orderId)).size).toBe(orders.length)
    expect(new Set(keysOf(entities)).size).toBe(entities.length)
    expect((await listAll(reader)).toSorted(byKey)).toEqual(rows.toSorted(byKey))
  })

  it.each([
    { inclusive: false, most: 250 },
    { inclusive: false, most: 50 },
    { inclusive: true, most: 50 },
  ])('are each read once, also where a list has other habits: %j', async (habits) => {
    const other = await startStore({ orders: 130, lists: habits })
    const { rows, unreadable } = await readAll(connectTo(other).reader('orders', 250))
    expect(unreadable).toEqual([])
    expect(new Set(rows.map(({ key }) => key)).size).toBe(130)
    await other.close()
  })

  it.each([
    ['a store whose prices are without tax', () => store],
    ['a store whose prices are with tax', () => taxed],
    ['a store of real orders, with fees, wrapping and refunds', () => real],
  ] as const)('add up to the cent in %s', async (_, which) => {
    const { entities, unreadable } = await readAll(connectTo(which()).reader('orders'))
    expect(unreadable).toEqual([])
    const read = entities.map(({ data }) => data)
    for (const order of (await stateOf(which())).orders) {
      const parts = partsOf(read, order['id'])
      expect(parts.length).toBeGreaterThan(0)
      for (const part of parts) {
        expect(text4(part.grandTotal)).toBe(text4(expectedTotal(part)))
        for (const field of ['discount', 'tax'] as const) {
          expect(text4(sum(part.lines.map((line) => line[field])))).toBe(text4(part[field]))
        }
        expect(text4(sum(part.lines.map(({ rowTotal }) => rowTotal)))).toBe(text4(part.subtotal))
      }
      const whole = (field: 'subtotal' | 'grandTotal' | 'shipping' | 'tax') => sum(parts.map((part) => part[field]))
      expect(text4(whole('subtotal'))).toBe(text4(moneyOf(order, 'subtotal_ex_tax')))
      // Store credit is taken off by us, a gift certificate by the store.
      const paid = subtract(moneyOf(order, 'total_inc_tax'), moneyOf(order, 'store_credit_amount'))
      expect(text4(whole('grandTotal'))).toBe(text4(paid))
      const lines = parts.flatMap((part) => part.lines.map(({ lineId }) => lineId))
      expect(lines.toSorted()).toEqual(
        wiresOf(order['products'])
          .map(({ id }) => String(id))
          .toSorted(),
      )
    }
  })

  it('have shipping with handling, fees as charges, coupon, guest, state, parent and options', async () => {
    const { entities } = await readAll(at().reader('orders'))
    const { orders } = await stateOf(store)
    const orderOf = (id: number) => entities.find(({ key }) => key === String(id))?.data
    const rowOf = (id: number) => orders.find((order) => order['id'] === id) ?? {}
    const [five, nine] = [orderOf(105), orderOf(108)]
    expect(text4(five?.shipping ?? subtract(ZERO, ZERO))).toBe(
      text4(add(moneyOf(rowOf(105), 'shipping_cost_ex_tax'), decimal4('2', 'handling'))),
    )
    const withFee = orderOf(104)
    expect(text4(withFee?.shipping ?? ZERO)).toBe(text4(moneyOf(rowOf(104), 'shipping_cost_ex_tax')))
    expect(withFee?.charges.map(({ kind, name, amount }) => [kind, name, text4(amount)])).toEqual([
      ['custom_fee', 'Packing', '1.5'],
    ])
    expect(nine?.lines.filter(({ parentLineId }) => parentLineId !== null)).toHaveLength(1)
    expect(orders.some((order) => wiresOf(order['coupons']).length > 0)).toBe(true)
    for (const order of orders) {
      const read = orderOf(Number(order['id']))
      expect(read?.couponCode).toBe(textOf(wiresOf(order['coupons'])[0]?.['code']))
      expect(read?.customerId).toBe(order['customer_id'] === 0 ? null : String(order['customer_id']))
      expect(read?.customerEmail).toBe(textOf(wireOf(order['billing_address'])['email']))
      expect(new Date(read?.placedAt ?? 0).toUTCString()).toBe(String(order['date_created']).replace('+0000', 'GMT'))
    }
    const states = new Set(entities.map(({ data }) => data.state))
    expect([...states].toSorted()).toEqual(expect.arrayContaining(['awaiting_fulfillment', 'canceled', 'pending']))
  })

  it('that go to two addresses are two, each with its own lines and a number that stays', async () => {
    const { entities } = await readAll(at().reader('orders'))
    const two = entities.filter(({ data }) => data.orderId === '102')
    expect(keysOf(two)).toEqual(['102', '102-1021'])
    expect(two.map(({ data }) => data.shippingAddress?.street[0])).not.toContain(undefined)
    expect(new Set(two.map(({ data }) => data.shippingAddress?.street[0])).size).toBe(2)
    expect(two.every(({ data }) => data.lines.length > 0)).toBe(true)
  })

  it('that are archived are deleted; one of which a row is missing is unreadable, and delays no other', async () => {
    const own = await startStore({ orders: 5 })
    await control(own, 'PATCH', '/orders/101', { is_deleted: true })
    await control(own, 'PATCH', '/orders/103', { products: [] })
    const { entities, unreadable } = await readAll(connectTo(own).reader('orders'))
    expect(entities.find(({ key }) => key === '101')?.deleted).toBe(true)
    expect(unreadable.map(({ key, error }) => [key, (error as { code: string }).code])).toEqual([
      ['103', 'totals_differ'],
    ])
    expect(new Set(entities.map(({ data }) => data.orderId))).toEqual(new Set(['100', '101', '102', '104']))
    await own.close()
  })

  it('that do not add up are read once, each address of them with the amounts that differ', async () => {
    const own = await startStore({ orders: 5 })
    await control(own, 'PATCH', '/orders/102', { columns: { total_ex_tax: '0.1000' } })
    const { entities, unreadable } = await readAll(connectTo(own).reader('orders'))
    expect(unreadable).toEqual([])
    const differing = entities.filter(({ data }) => totalDiffers(data) !== null)
    expect(keysOf(differing)).toEqual(['102', '102-1021'])
    expect(entities.filter(({ data }) => data.orderId === '102')).toHaveLength(2)
    for (const { data } of differing) {
      expect(totalDiffers(data)?.message).toMatch(/^total_inc_tax is [\d.]+, but total_ex_tax and total_tax add up to /)
    }
    await own.close()
  })

  it('go on after any page', async () => {
    const reader = at().reader('orders', 20)
    const whole = await readAll(reader)
    for (const { reached } of whole.pages) {
      const rest = await readAll(reader, undefined, reached)
      const before = whole.pages.slice(0, whole.pages.findIndex((page) => page.reached === reached) + 1)
      const seen = new Set([...before.flatMap((page) => page.rows), ...rest.rows].map(({ key }) => key))
      expect(seen.size).toBe(60)
    }
  })
})

const ZERO = decimal4('0', 'zero')
const byKey = (a: { key: string }, b: { key: string }) => (a.key < b.key ? -1 : 1)

describe('the catalog', () => {
  it.each([2, 30, 250])('is read with its variants in pages of %i', async (pageSize) => {
    const reader = at({ settings: { currency: 'USD', weightUnit: 'kg' } }).reader('products', pageSize)
    const { entities, unreadable, rows } = await readAll(reader)
    expect(unreadable).toEqual([])
    const { products } = await stateOf(store)
    const skus = products.flatMap((product) => [
      String(product['sku']),
      ...wiresOf(product['variants'])
        .map(({ sku }) => String(sku))
        .filter((sku) => sku !== product['sku']),
    ])
    expect(keysOf(entities).toSorted()).toEqual(skus.toSorted())
    expect((await listAll(reader)).toSorted(byKey)).toEqual(rows.toSorted(byKey))
  })

  it('gives a variant its parent, options, own price and the brand', async () => {
    const { entities } = await readAll(at({ settings: { currency: 'USD' } }).reader('products'))
    const variant = entities.find(({ key }) => key === 'WLD-J10-XS-Moss')?.data
    expect(variant).toMatchObject({
      parentSku: 'WLD-J10',
      manufacturer: 'WLD',
      currency: 'USD',
      productType: 'physical',
    })
    expect(variant?.attributes).toMatchObject({ size: '"XS"', color: '"Moss"' })
    expect(text8(variant?.price ?? (0n as never))).toBe('189')
    expect(entities.find(({ key }) => key === 'WLD-J10')?.data.productType).toBe('configurable')
  })

  it('gives the stock of every location, whole, also when no product changed', async () => {
    const own = await startStore({ orders: 0 })
    const { reader } = connectTo(own)
    const { entities, rows } = await readAll(reader('inventory', 20))
    const { inventory } = await stateOf(own)
    expect(entities).toHaveLength(inventory.length)
    expect(await listAll(reader('inventory', 20))).toEqual(rows)
    await control(own, 'PATCH', '/stock/WLD-J10-XS-Moss', { location_id: 2, quantity: 41 })
    const [changed] = (
      await readAll(reader('inventory', 20), { from: Date.now() + 5000, to: Date.now() + 9000 })
    ).entities
      .filter(({ key }) => key === 'WLD-J10-XS-Moss')
      .map(({ data }) => data.locations)
    expect(changed?.map(({ location, available }) => [location, text8(available)])).toEqual([
      ['1', '0'],
      ['2', '41'],
    ])
    await own.close()
  })

  it('gives images of products, those of our own feed left out', async () => {
    const { entities, unreadable } = await readAll(at().reader('images'))
    expect(unreadable).toEqual([])
    const jacket = entities.find(({ key }) => key === 'WLD-J10')?.data
    expect(jacket?.image).toMatch(/^http.*\.jpg$/)
    expect(jacket?.gallery.map(({ position }) => position)).toEqual(jacket?.gallery.map((_, index) => index + 1))
  })
})

describe('webhooks of a channel', () => {
  it.each(['store/channel/1/order/*', 'store/channel/1/order/updated', 'store/order/*'])(
    '%s have its orders read',
    async (scope) => {
      const own = await startStore({ orders: 3 })
      const hooks = await hookReceiver(own, [scope])
      await control(own, 'PATCH', '/orders/100', { staff_notes: 'changed' })
      expect(await control(own, 'POST', '/hooks/flush')).toEqual({ answers: [202] })
      expect(hooks.requested()).toEqual(['bc.orders.all'])
      await hooks.close()
      await own.close()
    },
  )
})

describe('B2B Edition', () => {
  const b2b = { settings: { b2b: 'true' } }

  it('gives company, PO number and extra fields with the order', async () => {
    const { entities, unreadable } = await readAll(at(b2b).reader('orders'))
    expect(unreadable).toEqual([])
    const { b2bOrders } = await stateOf(store)
    const ofCompanies = b2bOrders.filter(({ companyId }) => companyId !== 0)
    expect(ofCompanies.length).toBeGreaterThan(5)
    for (const known of ofCompanies) {
      const order = entities.find(({ key }) => key === String(known['bcOrderId']))?.data
      expect(order?.purchaseOrderNumber).toBe(known['poNumber'])
      expect(order?.attributes['b2b_company_id']).toBe(JSON.stringify(String(known['companyId'])))
      expect(JSON.parse(order?.attributes['b2b_company'] ?? '""')).toMatch(/\w/)
      expect(JSON.parse(order?.attributes['b2b_extra_fields'] ?? '{}')).toHaveProperty('Cost centre')
    }
    const others = entities.filter(({ data }) => data.attributes['b2b_company_id'] === undefined)
    expect(others.every(({ data }) => data.purchaseOrderNumber === null)).toBe(true)
  })

  it('is asked for what it has: of all channels and years, in pages and sequences that it takes', async () => {
    const own = await startStore({ orders: 40 })
    const { b2bOrders } = await stateOf(own)
    const [old, other] = b2bOrders.filter(({ companyId }) => companyId !== 0).map((order) => String(order['bcOrderId']))
    await control(own, 'PATCH', `/b2b/orders/${old}`, { createdAt: 1_400_000_000, updatedAt: 1_400_000_000 })
    await control(own, 'PATCH', `/b2b/orders/${other}`, { channelId: 7 })
    const window = { from: Date.now() - 60_000, to: Date.now() + 60_000 }
    const rowsOf = async (settings: object, filter: Record<string, string> = {}) => {
      const { reader } = connectTo(own, { settings: { ...b2b.settings, ...settings } })
      return (await readAll(reader('orders', 50, filter), window)).rows.map(({ key }) => key)
    }
    expect(await rowsOf({})).toEqual([`b2b order ${other}`])
    expect(await rowsOf({ b2bSortBy: 'updatedAt' })).toEqual([`b2b order ${other}`])
    expect(await rowsOf({ b2bChannels: '1' })).toEqual([])
    expect(await rowsOf({ b2bChannels: '7' })).toEqual([`b2b order ${other}`])
    const { rows } = await readAll(connectTo(own, b2b).reader('orders'))
    expect(rows.map(({ key }) => key)).toContain(`b2b order ${old}`)
    const requests = await control<readonly { readonly status: number }[]>(own, 'GET', '/requests')
    const refused = requests.filter(({ status }) => status >= 400)
    expect(refused).toEqual([])
    await own.close()
  })

  it('reads an order again of which only its part changed', async () => {
    const own = await startStore({ orders: 40 })
    const { reader } = connectTo(own, b2b)
    const known = (await stateOf(own)).b2bOrders.find(({ companyId }) => companyId !== 0)
    const since = Date.now()
    const id = String(known?.['bcOrderId'])
    await control(own, 'PATCH', `/b2b/orders/${id}`, { poNumber: 'PO-NEW' })
    const window = { from: since - 1000, to: since + 60_000 }
    const { entities, rows } = await readAll(reader('orders'), window)
    expect(entities.filter(({ key }) => key === id).map(({ data }) => data.purchaseOrderNumber)).toEqual(['PO-NEW'])
    expect(entities[0]?.occurredAt).toBeGreaterThanOrEqual(since - 1000)
    expect(rows).toEqual([{ key: `b2b order ${id}`, changedAt: expect.any(String) }])
    expect(await listAll(reader('orders'), window)).toEqual(rows)
    await own.close()
  })
})
