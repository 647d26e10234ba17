import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MagentoSimulator } from '../../simulators/magento2/start-magento-simulator.ts'
import type { Product } from '../../simulators/magento2/wire-types.ts'
import { feedRow, startFeedApi } from '../unit/simulators/magento2/feed-api.ts'
import { call, control, criteria, startShop } from '../unit/simulators/magento2/shop-client.ts'
import { type MagentoSpec, readMagentoSpec, specIsThere } from '../worlds/magento2-spec.ts'

describe.skipIf(!specIsThere)('the Magento simulator answers as Adobe’s specification says', () => {
  let shop: MagentoSimulator
  let faults: MagentoSpec['faults']

  beforeAll(async () => {
    faults = readMagentoSpec().faults
    shop = await startShop({ orders: 60, mixedStates: true })
  }, 60_000)
  afterAll(() => shop.close())

  it.each([
    ['sales-data-order-search-result-interface', `/orders?${criteria([['entity_id', 'gt', '0']])}`],
    ['sales-data-order-interface', '/orders/2'],
    ['catalog-data-product-search-results-interface', `/products?${criteria([['status', 'eq', '1']])}`],
    ['catalog-data-product-interface', '/products/WLD-J10'],
    ['inventory-api-data-source-item-search-results-interface', `/inventory/source-items?${criteria([])}`],
    ['inventory-api-data-source-search-results-interface', `/inventory/sources?${criteria([])}`],
  ])('%s', async (definition, path) => {
    const { status, body } = await call(shop, 'GET', path)
    expect(status).toBe(200)
    expect(faults(definition, body)).toEqual([])
  })

  it.each([
    ['catalog-data-product-attribute-media-gallery-entry-interface', '/products/WLD-J10/media'],
    ['store-data-store-config-interface', '/store/storeConfigs'],
  ])('a list of %s', async (definition, path) => {
    const { body } = await call<unknown[]>(shop, 'GET', path)
    expect(body.length).toBeGreaterThan(0)
    expect(body.flatMap((entry) => faults(definition, entry))).toEqual([])
  })

  it('a product with pulled prices', async () => {
    const api = await startFeedApi()
    const tiers = [{ from: '5', price: '9.5' }]
    const level = { level: 'Base Price', price: '10', currency: 'USD', tiers, valid_from: '2026-01-01T00:00:00Z' }
    api.feeds.prices = [feedRow('WLD-K01', { currency: 'USD', cost: '4', levels: [level] })]
    await control(shop, 'PATCH', '/pulling', { levels: 'Base Price = base, special, tier', writeCost: true })
    await control(shop, 'POST', '/feed', { api: api.origin, connection: 'c1' })
    await control(shop, 'POST', '/pull', {})
    await api.close()
    const { body } = await call<Product>(shop, 'GET', '/products/WLD-K01')
    expect(body.tier_prices).toHaveLength(1)
    expect(body.custom_attributes).toContainEqual({ attribute_code: 'special_price', value: '10.000000' })
    expect(faults('catalog-data-product-interface', body)).toEqual([])
  })

  it.each(['/orders/999', '/orders', `/products?${criteria([['no_such', 'eq', '1']])}`, '/nowhere', '/products/none'])(
    'an error of %s',
    async (path) => {
      const { status, body } = await call(shop, 'GET', path)
      expect(status).toBeGreaterThanOrEqual(400)
      expect(faults('error-response', body)).toEqual([])
    },
  )

  it('a bare shipment id is text on the wire, and the shipment itself is as specified', async () => {
    // Without a sort order a search answers in any order, and of some orders the shop has no stock to ship.
    const { body: orders } = await call<{ items: { entity_id: number }[] }>(
      shop,
      'GET',
      `/orders?${criteria([['state', 'eq', 'processing']], {
        '[sortOrders][0][field]': 'entity_id',
        '[sortOrders][0][direction]': 'ASC',
      })}`,
    )
    const order = orders.items[0]?.entity_id
    expect(await call(shop, 'POST', `/order/${order}/ship`, {})).toEqual({ status: 200, body: '1' })
    const { body } = await call(shop, 'GET', `/shipments?${criteria([])}`)
    expect(faults('sales-data-shipment-search-result-interface', body)).toEqual([])
  })

  it('finds a fault when there is one', async () => {
    const { body } = await call<Record<string, unknown>>(shop, 'GET', '/orders/2')
    expect(faults('sales-data-order-interface', { ...body, grand_total: '12.00' })).toHaveLength(1)
    const { entity_id: _id, ...without } = body
    expect(faults('sales-data-order-interface', without)).toHaveLength(1)
    expect(faults('sales-data-order-interface', { ...body, invented: 1 })).toHaveLength(1)
  })
})
