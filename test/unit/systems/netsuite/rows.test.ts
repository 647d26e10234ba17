import { describe, expect, it } from 'vitest'
import { text8 } from '../../../../src/events/decimal.ts'
import { toInventory } from '../../../../src/systems/netsuite/inventory.ts'
import { itemColumns, itemSettings, toProduct } from '../../../../src/systems/netsuite/items.ts'
import { netsuite } from '../../../../src/systems/netsuite/system.ts'
import { netsuiteOf } from '../../../worlds/settings.ts'

const settings = itemSettings(netsuiteOf({ currency: 'USD', extraItemColumns: 'custitem_color' }).settings)
const row = {
  links: [],
  id: '1001',
  itemid: '24-MB01',
  itemtype: 'InvtPart',
  isinactive: 'F',
  displayname: 'Bag',
  upccode: '123456789012',
  weight: '1.5',
  weightunit: '1',
  custitem_color: 'Blue',
  changedat: '2026-03-02 10:00:00',
}

describe('a row of item', () => {
  it('becomes a product with its prices', () => {
    const prices = [
      { item: '1001', pricelevelname: 'Wholesale', price: '20.125' },
      { item: '1001', pricelevelname: 'Base Price', price: '34' },
      { item: '1001', pricelevelname: 'Base Price', price: '30' },
    ]
    const product = toProduct(row, prices, settings)
    expect(product).toMatchObject({
      sku: '24-MB01',
      name: 'Bag',
      active: true,
      barcode: '123456789012',
      weightUnit: 'lb',
      currency: 'USD',
      attributes: { custitem_color: '"Blue"' },
    })
    expect(product.price === null ? null : text8(product.price)).toBe('34')
    expect(product.priceLevels.map(({ level, price }) => [level, text8(price)])).toEqual([
      ['Base Price', '34'],
      ['Wholesale', '20.125'],
    ])
  })

  it.each([
    ['USD', '34', 'USD'],
    ['EUR', '31.5', 'EUR'],
    ['GBP', null, null],
    [undefined, '34', 'USD'],
  ] as const)('has the prices in %s alone, whatever is dearest', (currency, price, label) => {
    const prices = [
      { pricelevelname: 'Base Price', price: '34', currency: 'USD', basecurrency: 'T' },
      { pricelevelname: 'Base Price', price: '31.5', currency: 'EUR', basecurrency: 'F' },
      { pricelevelname: 'Base Price', price: '4990', currency: 'JPY', basecurrency: 'F' },
    ]
    const of = itemSettings(netsuiteOf(currency === undefined ? {} : { currency }).settings)
    const product = toProduct(row, prices, of)
    expect(product.price === null ? null : text8(product.price)).toBe(price)
    expect(product.currency).toBe(label)
    expect(product.priceLevels).toHaveLength(price === null ? 0 : 1)
  })

  it('is refused where it has prices in several currencies and nothing says which is meant', () => {
    const prices = ['EUR', 'JPY'].map((currency) => ({ pricelevelname: 'Base Price', price: '1', currency }))
    const bare = itemSettings(netsuiteOf().settings)
    expect(() => toProduct(row, prices, bare)).toThrow(/EUR, JPY.*settings\.currency/)
  })

  it('has the prices of a single currency that is not the account’s, and says which it is', () => {
    const bare = itemSettings(netsuiteOf().settings)
    const price = { pricelevelname: 'Base Price', price: '10', currency: 'EUR', basecurrency: 'F' }
    const product = toProduct(row, [price], bare)
    expect([product.price === null ? null : text8(product.price), product.currency]).toEqual(['10', 'EUR'])
    const unnamed = { pricelevelname: 'Base Price', price: '9', currency: null }
    expect(() => toProduct(row, [price, unnamed], bare)).toThrow(/EUR, the currency of the account.*settings\.currency/)
    expect(toProduct(row, [unnamed], bare).currency).toBeNull()
  })

  it('is refused where its prices have ids of several currencies that nobody named', () => {
    const prices = ['1', '2'].map((currencypage) => ({ pricelevelname: 'Base Price', price: '1', currencypage }))
    expect(() => toProduct(row, prices, settings)).toThrow(/settings\.currency/)
    expect(toProduct(row, prices.slice(1), settings)).toMatchObject({ currency: 'USD' })
  })

  it('has no price and no currency without a base price', () => {
    expect(toProduct(row, [], settings)).toMatchObject({ price: null, currency: null, priceLevels: [] })
  })

  it('says nothing of its change time, so that an unchanged item stays unchanged', () => {
    expect(Object.keys(toProduct(row, [], settings).attributes)).toEqual(['custitem_color'])
  })

  it('is asked for by name, with the configured columns', () => {
    expect(itemColumns(settings)).toContain('item.custitem_color')
    const bare = itemSettings(netsuiteOf({ itemColumns: 'displayname' }).settings)
    expect(itemColumns(bare)).toEqual(
      ['id', 'itemid', 'itemtype', 'isinactive', 'displayname'].map((name) => `item.${name}`),
    )
  })

  it('takes no column that could be anything else', () => {
    const injected = { account: '1', extraItemColumns: 'custitem_a; DROP' }
    expect(netsuite.settingProblems(injected).map(({ name }) => name)).toEqual(['extraItemColumns'])
  })
})

describe('rows of aggregateItemLocation', () => {
  const stock = (location: string, onHand: string, available?: string) => ({
    item: '1001',
    location,
    locationname: `Warehouse ${location}`,
    quantityonhand: onHand,
    ...(available === undefined ? {} : { quantityavailable: available }),
    quantitycommitted: '1',
    changedat: '2026-03-02 10:00:00',
  })

  it('become absolute levels by location, in the order of their ids', () => {
    const { locations } = toInventory('24-MB01', [stock('10', '5', '4'), stock('2', '0.5', '-1')])
    expect(locations.map(({ location, onHand, available }) => [location, text8(onHand), text8(available)])).toEqual([
      ['Warehouse 2', '0.5', '-1'],
      ['Warehouse 10', '5', '4'],
    ])
    expect(locations[0]?.attributes).toEqual({ location: '"2"', quantitycommitted: '"1"' })
  })

  it('have nothing where NetSuite left the column out', () => {
    expect(toInventory('a', [stock('1', '3')]).locations[0]?.available).toBe(0n)
  })
})
