import type { CatalogProduct } from '../catalog/catalog.ts'
import { readCatalog } from '../catalog/read-catalog.ts'
import { moreStatesOfSap, usualStates } from '../catalog/states.ts'
import { seededTime } from '../harness/clock.ts'
import { createRandom, type Random } from '../harness/random.ts'
import { createAccountTime } from '../netsuite/account-time.ts'
import { cents } from './amounts.ts'
import { withSums } from './stock.ts'
import type { Entity, Store } from './store.ts'

/** Owner of the company's products, and the seed for data that a catalog lacks. */
export interface SeedOptions {
  catalogFile: string
  /** SKUs of the vendor's products. */
  vendorPattern: RegExp
  seed: number
}

const warehouses = { '01': 'General Warehouse', '02': 'West Warehouse', DS: 'Drop Ship' }
const priceLists = { 1: 'Base Price', 2: 'Distributor Price', 3: 'Retail Price' }
const shippingTypes = { 1: 'UPS Ground', 2: 'FedEx Express', 3: 'Pick Up' }

/**
 * Empties the company and fills it from the catalog: its simple products become items with prices and stock; adds one
 * customer for all shops, and the user fields that mark orders. The same catalog and seed give the same quantities
 * and times, many of them with the same minute; about every fifth item was never changed since its creation.
 */
export function seedCompany(store: Store, options: SeedOptions, zone: string): void {
  const pattern = new RegExp(options.vendorPattern.source, options.vendorPattern.flags.replace(/[gy]/g, ''))
  const products = readCatalog(options.catalogFile).products.filter(
    ({ sku, type }) => type === 'simple' && pattern.test(sku),
  )
  store.change(() => {
    store.clear()
    insertBasics(store)
    insertItems(store, products, createRandom(options.seed, 'sap-b1'), zone)
  })
}

/** Base data of a company: warehouses, shipping types, states, customers and the user fields that mark orders. */
export function insertBasics(store: Store): void {
  for (const [code, name] of Object.entries(warehouses)) {
    store.put('Warehouses', { WarehouseCode: code, WarehouseName: name })
  }
  for (const [code, name] of Object.entries(shippingTypes)) {
    store.put('ShippingTypes', { Code: Number(code), Name: name })
  }
  store.addUserField('Document', 'U_WLD_Digest')
  store.addUserField('DocumentLine', 'U_WLD_Line')
  insertStates(store)
  insertPriceLists(store)
  insertPartners(store)
}

/** Companies of an earlier release have none yet. */
export function insertStates(store: Store): void {
  for (const { country, code, name } of [...usualStates, ...moreStatesOfSap]) {
    store.put('States', { Country: country, Code: code, Name: name })
  }
}

/** The lists that every item has; companies of an earlier release have none yet. */
export function insertPriceLists(store: Store): void {
  for (const [number, name] of Object.entries(priceLists)) {
    store.put('PriceLists', {
      PriceListNo: Number(number),
      PriceListName: name,
      BasePriceList: number === '2' ? 1 : Number(number),
      Factor: number === '2' ? 0.6 : 1,
      IsGrossPrice: 'tNO',
      Active: 'tYES',
      ValidFrom: null,
      ValidTo: null,
      DefaultPrimeCurrency: '$',
    })
  }
}

function insertPartners(store: Store): void {
  const common = { CardType: 'cCustomer', GroupCode: 100, Currency: '##', Valid: 'tYES', Frozen: 'tNO', Phone1: null }
  const times = { CreateDate: '2026-01-05', CreateTime: '08:00:00', UpdateDate: '2026-01-05', UpdateTime: '08:00:00' }
  const lists = { BPAddresses: [], ContactEmployees: [] }
  const partners = [
    { CardCode: 'C20000', CardName: 'Web Shops', EmailAddress: null, DiscountPercent: 0 },
    {
      CardCode: 'C23900',
      CardName: 'Parameter Technology',
      EmailAddress: 'orders@parameter.example',
      DiscountPercent: 5,
    },
  ]
  for (const partner of partners) store.put('BusinessPartners', { ...partner, ...common, ...times, ...lists })
}

function insertItems(store: Store, products: readonly CatalogProduct[], random: Random, zone: string): void {
  const local = createAccountTime(zone)
  const makers = [...new Set(products.flatMap(({ attributes }) => attributes['manufacturer'] ?? []))]
  for (const [index, name] of makers.entries()) store.put('Manufacturers', { Code: index + 1, ManufacturerName: name })
  const fields = new Set(
    products.flatMap(({ attributes }) => Object.keys(attributes).flatMap((code) => userField(code))),
  )
  for (const field of fields) store.addUserField('Item', field)
  let changed = seededTime(random, 20)
  for (const product of products) {
    if (!random.chance(0.5)) changed = seededTime(random, 20)
    // Within the minute, independent of code order.
    const at = new Date(Math.floor(changed.getTime() / 60_000) * 60_000 + random.int(0, 59) * 1000)
    const [date, time] = local.toLocal(at).split(' ')
    const isUpdated = !random.chance(0.2)
    const created = isUpdated
      ? { CreateDate: '2025-11-03', CreateTime: '09:30:00' }
      : { CreateDate: date, CreateTime: time }
    const maker = makers.indexOf(product.attributes['manufacturer']?.[0] ?? '')
    store.put(
      'Items',
      withSums({
        ...itemOf(product),
        ...Object.fromEntries([...fields].map((field) => [field, null])),
        ...userFieldsOf(product),
        Manufacturer: maker < 0 ? -1 : maker + 1,
        BarCode: barcode(random),
        ItemWarehouseInfoCollection: stockOf(random, product),
        ...created,
        UpdateDate: isUpdated ? date : null,
        UpdateTime: isUpdated ? time : null,
      }),
    )
  }
}

/** An item without stock, user fields and times. */
export function itemOf(product: Pick<CatalogProduct, 'sku' | 'name' | 'online' | 'price' | 'weight'>): Entity {
  const price = Number(product.price ?? 0)
  return {
    ItemCode: product.sku,
    ItemName: product.name,
    ForeignName: null,
    ItemsGroupCode: 100,
    BarCode: null,
    SalesItem: 'tYES',
    InventoryItem: 'tYES',
    PurchaseItem: 'tYES',
    TreeType: 'iNotATree',
    Manufacturer: -1,
    Valid: product.online ? 'tYES' : 'tNO',
    Frozen: product.online ? 'tNO' : 'tYES',
    ValidFrom: null,
    ValidTo: null,
    FrozenFrom: null,
    FrozenTo: null,
    SalesUnit: 'Piece',
    InventoryUOM: 'Piece',
    DefaultWarehouse: '01',
    MovingAveragePrice: cents(price * 0.4),
    SalesUnitWeight: product.weight === undefined ? null : Number(product.weight),
    SalesWeightUnit: 3,
    ManageBatchNumbers: 'tNO',
    ManageSerialNumbers: 'tNO',
    ItemPrices: [
      { PriceList: 1, Price: price, Currency: '$', BasePriceList: 1, Factor: 1 },
      { PriceList: 2, Price: cents(price * 0.6), Currency: '$', BasePriceList: 1, Factor: 0.6 },
      // Every item is in every list, whether it has a price there or not.
      { PriceList: 3, Price: 0, Currency: null, BasePriceList: 3, Factor: 1 },
    ],
    ItemWarehouseInfoCollection: [],
    ItemBarCodeCollection: [],
  }
}

/** The catalog's quantity in two or three warehouses; part of it is committed to orders, and more is on order. */
function stockOf(random: Random, { sku, qty }: CatalogProduct): Entity[] {
  const codes = random.sample(Object.keys(warehouses), random.int(2, 3)).sort()
  let rest = Number(qty)
  return codes.map((code, index) => {
    const inStock = index === codes.length - 1 ? rest : random.int(0, Math.floor(Math.max(0, rest)))
    rest -= inStock
    const committed = random.chance(0.3) ? random.int(1, 5) : 0
    return {
      WarehouseCode: code,
      InStock: inStock,
      Committed: committed,
      Ordered: random.int(0, 9),
      Locked: 'tNO',
      ItemCode: sku,
    }
  })
}

function userField(code: string): string[] {
  return code === 'manufacturer' || !/^\w+$/.test(code) || code.endsWith('_options') ? [] : [`U_${code}`]
}

function userFieldsOf({ attributes }: CatalogProduct): Entity {
  return Object.fromEntries(
    Object.entries(attributes).flatMap(([code, values]) =>
      userField(code).map((name) => [name, values.join(', ') || null]),
    ),
  )
}

/** Thirteen digits. */
function barcode(random: Random): string {
  return Array.from({ length: 13 }, () => random.int(0, 9)).join('')
}
