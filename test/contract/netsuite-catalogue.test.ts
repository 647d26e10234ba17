import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { text8 } from '../../src/events/decimal.ts'
import { wireOf, wiresOf } from '../../src/systems/kit/wire.ts'
import { type NetSuiteAccount, startNetSuiteAccount } from '../worlds/netsuite-account.ts'
import { keysOf, listAll, readAll } from '../worlds/sources.ts'

describe('products', () => {
  let account: NetSuiteAccount
  beforeAll(async () => {
    account = await startNetSuiteAccount()
    const make = (item: object) => account.control('POST', 'items', item)
    await make({ itemid: 'PART', price: 10.5, wholesaleprice: '6.3' })
    await make({ itemid: 'DROPPED', itemtype: 'NonInvtPart' })
    await make({ itemid: 'SHIRT', matrixtype: 'PARENT' })
    await make({ itemid: 'SHIRT-S', matrixtype: 'CHILD', parent: 'SHIRT' })
    await make({ itemid: 'BELOW', parent: 'PART' })
    await make({ itemid: 'KIT', itemtype: 'Kit', members: [{ itemid: 'PART', quantity: 1 }] })
    await make({ itemid: 'BUILT', itemtype: 'Assembly' })
    await make({ itemid: 'WORK', itemtype: 'Service' })
  })
  afterAll(async () => await account.close())

  it('are of every kind that is sold by its SKU', async () => {
    const { entities } = await readAll(account.reader('products', 50))
    const types = new Map(entities.map(({ key, data }) => [key, data.productType]))
    const of = (...skus: string[]) => skus.map((sku) => types.get(sku))
    expect(of('PART', 'DROPPED', 'SHIRT', 'KIT', 'BUILT', 'WORK')).toEqual([
      'InvtPart',
      'NonInvtPart',
      'InvtPart',
      'Kit',
      'Assembly',
      undefined,
    ])
  })

  it('tell the matrix parent of a variant by its SKU, and of nothing else', async () => {
    const { entities } = await readAll(account.reader('products', 50))
    const of = (sku: string) => entities.find(({ key }) => key === sku)?.data
    expect(of('SHIRT-S')).toMatchObject({ parentSku: 'SHIRT', attributes: { matrixtype: '"CHILD"' } })
    expect(of('SHIRT')).toMatchObject({ parentSku: null, attributes: { matrixtype: '"PARENT"' } })
    expect(of('BELOW')).toMatchObject({ parentSku: null, attributes: { parentsku: '"PART"' } })
  })

  it('of an account without matrix items have the item they are below', async () => {
    const settings = { ...account.system().settings, itemColumns: 'parent' }
    const { entities } = await readAll(account.reader('products', 50, { settings }))
    expect(entities.find(({ key }) => key === 'BELOW')?.data.parentSku).toBe('PART')
  })

  it('have a price of each level', async () => {
    const { entities } = await readAll(account.reader('products', 50))
    const data = entities.find(({ key }) => key === 'PART')?.data
    expect(data?.priceLevels.map(({ level, price }) => [level, text8(price)])).toEqual([
      ['Base Price', '10.5'],
      ['Wholesale', '6.3'],
    ])
    expect(data?.price).toBe(data?.priceLevels[0]?.price)
  })
})

describe('prices in several currencies', () => {
  let account: NetSuiteAccount
  beforeAll(async () => {
    account = await startNetSuiteAccount({ vendorPattern: /^NONE-/ })
    const prices = [
      { level: 1, currency: 'EUR', price: 9.5 },
      { level: 1, currency: 'GBP', price: 8 },
    ]
    await account.control('POST', 'items', { itemid: 'PART', price: 6.5, prices })
  })
  afterAll(async () => await account.close())

  const priceOf = async (settings: Record<string, string> = {}) => {
    const more = { settings: { ...account.system().settings, ...settings } }
    const { entities } = await readAll(account.reader('products', 50, more))
    const data = entities[0]?.data
    return data?.price == null ? null : `${text8(data.price)} ${data.currency}`
  }
  const missing = async (...names: string[]) => await account.control('PUT', 'rules', { missing: names })

  it("are the account's alone", async () => {
    expect(await priceOf()).toBe('6.5 USD')
    expect(await priceOf({ currency: 'EUR' })).toBe('9.5 EUR')
    expect(await priceOf({ currency: 'CHF' })).toBe(null)
  })

  it('are told apart by settings.currencies where the role does not see the list of currencies', async () => {
    await missing('currency')
    expect(await priceOf({ currencies: 'EUR=4,GBP=2' })).toBe('6.5 USD')
    expect(await priceOf({ currencies: 'USD=1' })).toBe('6.5 USD')
    await expect(priceOf()).rejects.toMatchObject({ code: 'permission_missing', field: 'currency' })
  })

  it('are all of one currency where the account has one', async () => {
    await missing('currency', 'itemprice.currencypage')
    expect(await priceOf()).toBe('9.5 USD')
  })
})

describe('an account with more rows than SuiteQL gives of one query', () => {
  const COUNT = 1200
  const folder = mkdtempSync(join(tmpdir(), 'netsuite-many-'))
  let account: NetSuiteAccount
  beforeAll(async () => {
    const rows = Array.from({ length: COUNT }, (_, index) => `MANY-${index},simple,Item ${index},,${index}.25,,900,`)
    const catalogFile = join(folder, 'catalog.csv')
    const head = 'sku,product_type,name,description,price,weight,qty,additional_attributes'
    writeFileSync(catalogFile, [head, ...rows, ''].join('\n'))
    account = await startNetSuiteAccount({ catalogFile, vendorPattern: /^MANY-/, suiteqlRows: 1100 })
  })
  afterAll(async () => {
    await account.close()
    rmSync(folder, { recursive: true })
  })

  it('hides what is beyond, however its offset is moved', async () => {
    const client = await account.client()
    expect(await client.suiteqlAll('SELECT item.id FROM item ORDER BY item.id')).toHaveLength(1100)
  })

  it('has all of its products read, with all of their prices', async () => {
    const reader = account.reader('products', 600)
    const { entities } = await readAll(reader)
    expect(new Set(keysOf(entities)).size).toBe(COUNT)
    expect(entities.filter(({ data }) => data.priceLevels.length !== 2)).toEqual([])
    expect(await listAll(reader)).toHaveLength(COUNT)
  })

  it('has all of its stock read, at all of its locations', async () => {
    const { entities } = await readAll(account.reader('inventory', 600))
    const told = new Map(entities.map(({ key, data }) => [key, data.locations.length]))
    const items = await account.items()
    expect(items).toHaveLength(COUNT)
    const locations = items.map((item) => wiresOf(wireOf(item['locations'])['items']).length)
    expect(locations.reduce((sum, count) => sum + count)).toBeGreaterThan(2 * COUNT)
    expect(items.map(({ itemId }) => told.get(String(itemId)))).toEqual(locations)
  })
})
