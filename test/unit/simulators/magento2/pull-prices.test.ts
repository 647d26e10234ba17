import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import type { FeedRow } from '../../../../clients/typescript/client.ts'
import { updateBasePrices } from '../../../../simulators/magento2/base-prices.ts'
import { updateCosts } from '../../../../simulators/magento2/costs.ts'
import type { PullReport } from '../../../../simulators/magento2/pull-job.ts'
import { openShop, type Shop } from '../../../../simulators/magento2/shop.ts'
import { updateSpecialPrices } from '../../../../simulators/magento2/special-prices.ts'
import type { MagentoSimulator } from '../../../../simulators/magento2/start-magento-simulator.ts'
import { deleteTierPrices, getTierPrices, updateTierPrices } from '../../../../simulators/magento2/tier-prices.ts'
import type { Product } from '../../../../simulators/magento2/wire-types.ts'
import { type FeedApi, feedRow, startFeedApi } from './feed-api.ts'
import { call, control, ownCatalog, startShop } from './shop-client.ts'

interface Level {
  level: string
  price: string | null
  currency: string | null
  tiers: { from: string; price: string }[]
  valid_from: string | null
  valid_to: string | null
}

const allGroups = 32_000
const wholesale = 2
const levels = 'Base Price = base, tier\nSale = special\nTrade = group: Wholesale'

let shop: MagentoSimulator
let api: FeedApi

function level(
  name: string,
  price: string | null,
  tiers: Record<string, string> = {},
  rest: Partial<Level> = {},
): Level {
  const list = Object.entries(tiers).map(([from, amount]) => ({ from, price: amount }))
  return { level: name, price, currency: 'USD', tiers: list, valid_from: null, valid_to: null, ...rest }
}

function row(sku: string, list: Level[], rest: Partial<FeedRow> & { cost?: string } = {}): FeedRow {
  const { cost = null, ...fields } = rest
  return feedRow(sku, { currency: 'USD', cost, levels: list }, fields)
}

const pull = async () => (await control<PullReport>(shop, 'POST', '/pull', {})).prices
const configure = (settings: object) => control(shop, 'PATCH', '/pulling', settings)

async function pricesOf(sku: string) {
  const { body } = await call<Product>(shop, 'GET', `/products/${sku}`)
  const { price, tier_prices: tiers, custom_attributes: attributes } = body
  const names = ['special_price', 'special_from_date', 'special_to_date', 'cost']
  const own = attributes.filter(({ attribute_code: code }) => names.includes(code))
  return { price, tiers, ...Object.fromEntries(own.map(({ attribute_code: code, value }) => [code, value])) }
}

function tier(group: number, qty: number, value: number) {
  return { customer_group_id: group, qty, value, extension_attributes: { website_id: 0 } }
}

beforeEach(async () => {
  api = await startFeedApi()
  shop = await startShop({ orders: 1, feed: { api: api.origin, connection: 'c1' }, pulling: { levels } })
})
afterEach(async () => {
  vi.useRealTimers()
  await shop.close()
  await api.close()
})

describe('prices', () => {
  it('become base, tier and special prices and costs; a pull without news changes nothing', async () => {
    await configure({ writeCost: true })
    const list = [level('Base Price', '52', { 10: '46.8' }), level('Sale', '49.5'), level('Trade', '40', { 5: '38' })]
    api.feeds.prices = [row('wld-k01', [...list, level('Other', '1')], { cost: '20.25' })]
    expect(await pull()).toEqual({ pages: 1, read: 1, complete: true, written: 1, failed: 0 })
    const written = {
      price: 52,
      tiers: [tier(wholesale, 1, 40), tier(wholesale, 5, 38), tier(allGroups, 10, 46.8)],
      special_price: '49.500000',
      cost: '20.250000',
    }
    expect(await pricesOf('WLD-K01')).toEqual(written)
    expect(await pull()).toEqual({ pages: 1, read: 0, complete: true, written: 0, failed: 0 })
    expect(await pricesOf('WLD-K01')).toEqual(written)
  })

  it('that a row no longer has go, also with the row; the base price and the shop’s own tier prices stay', async () => {
    await configure({ writeCost: true, levels: 'Trade = group: Retailer' })
    api.feeds.prices = [row('WLD-K01', [level('Trade', '7')])]
    await pull()
    await configure({ levels })
    const own = [tier(3, 1, 7)]
    const list = [level('Base Price', '52', { 10: '46.8' }), level('Sale', '49.5'), level('Trade', '40')]
    api.feeds.prices.push(row('WLD-K01', list, { cost: '20' }))
    await pull()
    expect(await pricesOf('WLD-K01')).toMatchObject({ special_price: '49.500000', cost: '20.000000' })
    api.feeds.prices.push(row('WLD-K01', [level('Base Price', '53')]))
    await pull()
    expect(await pricesOf('WLD-K01')).toEqual({ price: 53, tiers: own })
    api.feeds.prices.push(row('WLD-K01', list, { cost: '20' }), row('WLD-K01', list, { cost: '20', deleted: true }))
    await pull()
    expect(await pricesOf('WLD-K01')).toEqual({ price: 53, tiers: own })
  })

  it('of quantities are replaced: one of the same quantity, one that goes, one of zero', async () => {
    api.feeds.prices = [row('WLD-K01', [level('Trade', null, { 5: '38', 10: '0', 20: '30' })])]
    await pull()
    expect((await pricesOf('WLD-K01')).tiers.map(({ qty, value }) => [qty, value])).toEqual([
      [5, 38],
      [10, 0],
      [20, 30],
    ])
    api.feeds.prices.push(row('WLD-K01', [level('Trade', null, { 5: '37.5', 50: '29' })]))
    expect(await pull()).toMatchObject({ written: 1, failed: 0 })
    expect((await pricesOf('WLD-K01')).tiers).toEqual([tier(wholesale, 5, 37.5), tier(wholesale, 50, 29)])
  })

  it('of a product that is deleted from the feed by a full read go', async () => {
    api.feeds.prices = [row('WLD-K01', [level('Sale', '4')]), row('WLD-K02', [level('Sale', '5')])]
    await pull()
    api.feeds.prices.pop()
    // Products and stock are asked first, and have no rows.
    api.surprises.push(
      { status: 200, body: { items: [], cursor: '0', complete: true } },
      { status: 200, body: { items: [], cursor: '0', complete: true } },
      { status: 410, body: { code: 'cursor_expired' } },
    )
    expect(await pull()).toMatchObject({ read: 1, complete: true })
    expect(await pricesOf('WLD-K01')).toMatchObject({ special_price: '4.000000' })
    expect(await pricesOf('WLD-K02')).not.toHaveProperty('special_price')
  })

  it('that were read before the process was killed are written, and the read continues at its cursor', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'shop-'))
    const options = { orders: 1, dataFile: join(folder, 'shop.sqlite'), feed: { api: api.origin, connection: 'c1' } }
    api.feeds.prices = ['WLD-K01', 'WLD-K02', 'WLD-K03'].map((sku, at) => row(sku, [level('Base Price', `${at + 1}`)]))
    // The first shop waits for its second page for ever, as if it had been killed there.
    const silent = api.silence('prices', '2')
    const killed = await startShop(options)
    const neverEnds = killed.pull()
    await silent
    api.speak()
    api.asked.length = 0
    const next = await startShop(options)
    onTestFinished(async () => {
      await Promise.all([killed.close(), next.close(), neverEnds])
      rmSync(folder, { recursive: true })
    })
    expect((await next.pull()).prices).toEqual({ pages: 1, read: 1, complete: true, written: 3, failed: 0 })
    expect(api.asked.filter(({ feed }) => feed === 'prices').map(({ query }) => query['cursor'])).toEqual(['2'])
    const { body } = await call<{ price: number }>(next, 'GET', '/products/WLD-K01')
    expect(body.price).toBe(1)
  })

  it('that are refused hold up no others, of the row or of another', async () => {
    api.feeds.prices = [
      row('WLD-K01', [level('Base Price', '-1'), level('Trade', '4')]),
      row('WLD-K02', [level('Base Price', '8'), level('Trade', '4', { '0.5': '5' })]),
      row('WLD-J10', [level('Base Price', '3')]),
      row('WLD-K03', [level('Base Price', '9')]),
      row('NEW-1', [level('Base Price', '3')]),
      row('GONE-1', [], { deleted: true }),
    ]
    const { failures, ...counts } = await pull()
    expect(counts).toEqual({ pages: 3, read: 6, complete: true, written: 2, failed: 4 })
    expect(Object.fromEntries((failures ?? []).map(({ sku, message }) => [sku, message]))).toEqual({
      'WLD-K01': 'Invalid attribute Price = -1.',
      'WLD-K02':
        'Invalid attribute Quantity = 0.5. Row ID: SKU = WLD-K02, Website ID: 0, Customer Group: Wholesale, Quantity: 0.5.',
      'WLD-J10': "Requested product doesn't exist: WLD-J10",
      'NEW-1': 'The catalog has no product "NEW-1".',
    })
    expect((await pricesOf('WLD-K01')).tiers).toEqual([tier(wholesale, 1, 4)])
    expect(await pricesOf('WLD-K02')).toMatchObject({ price: 8, tiers: [tier(wholesale, 1, 4)] })
    expect(await pricesOf('WLD-K03')).toMatchObject({ price: 9 })
  })

  it('for a customer group that the shop does not have fail', async () => {
    await configure({ levels: 'Trade = group: Dealers' })
    api.feeds.prices = [row('WLD-K01', [level('Trade', '4')])]
    const { failures } = await pull()
    expect(failures?.[0]?.message).toContain('No such entity with Customer Group = Dealers.')
  })

  it('that are no numbers, or of two levels at once, fail their row', async () => {
    await configure({ levels: '* = base' })
    api.feeds.prices = [
      row('WLD-K01', [level('Base Price', 'dear')]),
      row('WLD-K02', [level('Base Price', '1'), level('List', '2')]),
    ]
    const { failures } = await pull()
    expect(failures?.map(({ message }) => message)).toEqual([
      '"dear" is no number: price of level "Base Price"',
      'Levels "Base Price" and "List" are both "base" of the website "admin". Leave one of them out.',
    ])
  })

  it('in another currency are refused, and what they would replace stays', async () => {
    api.feeds.prices = [row('WLD-K01', [level('Sale', '5'), level('Trade', '4')])]
    await pull()
    const euro = { currency: 'EUR' }
    api.feeds.prices.push(
      row('WLD-K01', [level('Base Price', '9'), level('Sale', '3', {}, euro), level('Trade', '2', {}, euro)]),
    )
    const { failures } = await pull()
    expect(failures?.[0]?.message).toContain(
      'Level "Sale" is in EUR, but the base currency of the website "admin" is USD.',
    )
    const stays = { special_price: '5.000000', tiers: [tier(wholesale, 1, 4)] }
    expect(await pricesOf('WLD-K01')).toEqual({ price: 9, ...stays })
    await configure({ currencies: 'USD = admin\nEUR =' })
    api.feeds.prices.push(row('WLD-K01', [level('Base Price', '9'), level('Trade', '2', {}, euro)]))
    expect(await pull()).toMatchObject({ written: 1, failed: 0 })
    expect(await pricesOf('WLD-K01')).toEqual({ price: 9, tiers: [] })
  })

  it('have the vendor’s cost only if it is asked for', async () => {
    api.feeds.prices = [row('WLD-K01', [level('Base Price', '9')], { cost: '5' })]
    await pull()
    expect(await pricesOf('WLD-K01')).toEqual({ price: 9, tiers: [] })
  })

  it.each([
    [{ levels: 'Base Price = bose' }, '"bose" is not a kind of price'],
    [{ levels: 'Base Price = group:' }, '"group:" is not a kind of price'],
    [{ currencies: 'EUR = europe' }, 'there is no website "europe"'],
    [{ currencies: 'USD = base' }, 'the catalog price scope is Global'],
  ])('are not written while the configuration is wrong: %j', async (settings, message) => {
    await configure(settings)
    api.feeds.prices = [row('WLD-K01', [level('Base Price', '9')])]
    expect(await pull()).toMatchObject({ read: 1, failed: 0, error: expect.stringContaining(message) })
    await configure({ levels, currencies: '* = admin' })
    expect(await pull()).toMatchObject({ written: 1 })
  })
})

describe('prices with a period', () => {
  const at = (text: string) => vi.setSystemTime(new Date(text))

  /** A shop whose clock the test sets. */
  async function shopAt(time: string): Promise<void> {
    await shop.close()
    at(time)
    shop = await startShop({ orders: 1, feed: { api: api.origin, connection: 'c1' }, pulling: { levels } })
  }

  it('are written again when one begins or ends; of several the one that began last counts', async () => {
    await shopAt('2027-01-10T12:00:00Z')
    api.feeds.prices = [
      row('WLD-K01', [
        level('Base Price', '10'),
        level('Base Price', '8', {}, { valid_from: '2027-01-10T11:00:00Z', valid_to: '2027-01-10T14:00:00Z' }),
        level('Base Price', '7', {}, { valid_from: '2027-01-10T13:00:00Z', valid_to: '2027-01-10T14:00:00Z' }),
      ]),
    ]
    expect(await pull()).toMatchObject({ written: 1 })
    expect((await pricesOf('WLD-K01')).price).toBe(8)
    at('2027-01-10T12:59:59Z')
    expect(await pull()).toMatchObject({ written: 0 })
    at('2027-01-10T13:00:00Z')
    expect(await pull()).toMatchObject({ written: 1 })
    expect((await pricesOf('WLD-K01')).price).toBe(7)
    at('2027-01-10T14:00:00Z')
    expect(await pull()).toMatchObject({ written: 1 })
    expect((await pricesOf('WLD-K01')).price).toBe(10)
    at('2027-02-10T14:00:00Z')
    expect(await pull()).toMatchObject({ written: 0 })
  })

  it('of larger quantities alone leave those of smaller ones', async () => {
    const hour = 3_600_000
    const at = (ms: number) => new Date(Date.now() + ms).toISOString()
    const now = { valid_from: at(-hour), valid_to: at(hour) }
    api.feeds.prices = [
      row('WLD-K01', [
        level('Base Price', '10', { 5: '9', 20: '8' }),
        level('Base Price', null, { 10: '7' }, now),
        level('Sale', '6'),
        level('Sale', null, { 10: '5' }, now),
        level('Trade', '4'),
        level('Trade', '3.5', {}, { valid_from: at(-3 * hour) }),
        level('Trade', null, { 8: '3' }, { valid_from: at(-2 * hour) }),
        level('Trade', null, { 6: '2.5', 9: '2' }, now),
      ]),
    ]
    expect(await pull()).toMatchObject({ written: 1, failed: 0 })
    expect(await pricesOf('WLD-K01')).toMatchObject({
      price: 10,
      special_price: '6.000000',
      tiers: [
        tier(wholesale, 1, 3.5),
        tier(wholesale, 6, 2.5),
        tier(wholesale, 9, 2),
        tier(allGroups, 5, 9),
        tier(allGroups, 10, 7),
      ],
    })
  })

  it('that are special have whole days of the store’s zone, and lose days that are no longer there', async () => {
    await shopAt('2027-01-10T12:00:00Z')
    const period = { valid_from: '2027-02-01T06:00:00Z', valid_to: '2027-03-01T06:00:00Z' }
    api.feeds.prices = [row('WLD-K01', [level('Sale', '5', {}, period)])]
    await pull()
    expect(await pricesOf('WLD-K01')).toMatchObject({
      special_price: '5.000000',
      special_from_date: '2027-02-01 00:00:00',
      special_to_date: '2027-02-28 00:00:00',
    })
    api.feeds.prices.push(row('WLD-K01', [level('Sale', '6', {}, { ...period, valid_to: null })]))
    await pull()
    const special = await pricesOf('WLD-K01')
    expect(special).toMatchObject({ special_price: '6.000000', special_from_date: '2027-02-01 00:00:00' })
    expect(special).not.toHaveProperty('special_to_date')
    api.feeds.prices.push(row('WLD-K01', [level('Sale', '6')]))
    await pull()
    expect(await pricesOf('WLD-K01')).not.toHaveProperty('special_from_date')
  })

  it('are tried once a day while the catalog lacks the product', async () => {
    await shopAt('2027-01-10T12:00:00Z')
    api.feeds.prices = [row('NEW-1', [level('Base Price', '3')])]
    let attempts = (await pull()).failed
    for (let hour = 1; hour <= 96; hour += 1) {
      at(new Date(Date.UTC(2027, 0, 10, 12 + hour)).toISOString())
      attempts += (await pull()).failed
    }
    expect(attempts).toBeGreaterThan(10)
    await configure({ createProducts: true })
    api.feeds.products = [feedRow('NEW-1', { name: 'New' })]
    at('2027-01-15T12:00:00Z')
    expect(await pull()).toMatchObject({ written: 1, failed: 0 })
    expect((await pricesOf('NEW-1')).price).toBe(3)
  })
})

describe('the price services', () => {
  const sku = 'WLD-K01'
  const one = { sku, website_id: 0, customer_group: 'Wholesale', quantity: 5, price: 3 }
  const special = { sku, store_id: 0, price: 3, price_from: null, price_to: null }
  let own: Shop

  beforeEach(() => {
    own = openShop({ dataFile: ':memory:', catalogFile: ownCatalog, vendorPattern: /^WLD-/, seed: 1, orders: 1 })
  })
  afterEach(() => own.store.close())

  it('have one tier price of each website, group and quantity', () => {
    const double = updateTierPrices(own, [one, { ...one, customer_group: 'WHOLESALE', price: 4 }])
    expect(double.map(({ message }) => message)).toEqual(
      Array(2).fill(expect.stringMatching(/^We found a duplicate website, tier price, customer group and quantity/)),
    )
    expect(getTierPrices(own, [sku])).toEqual([])
    expect([...updateTierPrices(own, [one]), ...updateTierPrices(own, [{ ...one, price: 2 }])]).toEqual([])
    expect(getTierPrices(own, [sku])).toEqual([{ ...one, price: 2 }])
  })

  it('delete a tier price by its amount, and none of zero', () => {
    updateTierPrices(own, [{ ...one, price: 0 }])
    expect(deleteTierPrices(own, [{ ...one, price: 0 }])).toEqual([])
    expect(getTierPrices(own, [sku])).toHaveLength(1)
    updateTierPrices(own, [one])
    expect(deleteTierPrices(own, [{ ...one, price: 4 }])).toEqual([])
    expect(getTierPrices(own, [sku])).toHaveLength(1)
    deleteTierPrices(own, [one])
    expect(getTierPrices(own, [sku])).toEqual([])
  })

  it.each([
    [{ quantity: 0 }, 'Invalid attribute Quantity = %qty.'],
    [{ quantity: -1 }, 'Invalid attribute Quantity = %qty.'],
    [{ quantity: Number.NaN }, 'Invalid attribute Quantity = %qty.'],
    [{ price: -1 }, 'Invalid attribute Price = %price.'],
    [{ price: null }, 'Invalid attribute Price = %price.'],
    [{ website_id: 1 }, 'Invalid attribute Website ID = %websiteId.'],
    [{ customer_group: 'Dealers' }, 'No such entity with Customer Group = %customerGroup.'],
    [{ sku: 'NONE' }, 'Invalid attribute SKU = %SKU.'],
  ])('refuse a tier price with %j', (changes, message) => {
    expect(updateTierPrices(own, [{ ...one, ...changes }])).toEqual([
      expect.objectContaining({ message: expect.stringContaining(message) }),
    ])
  })

  it.each([
    [{ price_from: '2027-01-10' }, 'Invalid attribute %label = %priceTo.'],
    [{ price_to: '2027-02-30 00:00:00' }, 'Invalid attribute %label = %priceTo.'],
    [{ price: -1 }, 'Invalid attribute Price = %price.'],
    [{ store_id: 1 }, 'Could not change non global Price when price scope is global.'],
    [{ sku: 'WLD-J10' }, "The product that was requested doesn't exist."],
  ])('refuse a special price with %j', (changes, message) => {
    expect(updateSpecialPrices(own, [{ ...special, ...changes }])).toEqual([
      expect.objectContaining({ message: expect.stringContaining(message) }),
    ])
  })

  it('refuse base prices and costs below zero, of unknown stores and of products without prices', () => {
    const texts = (refusals: readonly { message: string }[]) => refusals.map(({ message }) => message)
    const place = { sku: 'WLD-J10', store_id: 9 }
    expect(texts(updateBasePrices(own, [{ ...place, price: -1 }]))).toEqual([
      'Invalid attribute %fieldName = %fieldValue.',
      'Invalid attribute %fieldName = %fieldValue.',
      'Requested store is not found. Row ID: SKU = %SKU, Store ID: %storeId.',
    ])
    expect(texts(updateCosts(own, [{ ...place, cost: -1 }]))).toEqual([
      'Invalid attribute %fieldName = %fieldValue.',
      'Invalid attribute Cost = %cost. Row ID: SKU = %SKU, Store ID: %storeId.',
      'Requested store is not found. Row ID: SKU = %SKU, Store ID: %storeId.',
    ])
  })
})
