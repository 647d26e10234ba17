import type { DatabaseSync } from 'node:sqlite'
import type { CatalogProduct } from '../catalog/catalog.ts'
import { readCatalog } from '../catalog/read-catalog.ts'
import { usualStates } from '../catalog/states.ts'
import { seededTime } from '../harness/clock.ts'
import { createRandom, type Random } from '../harness/random.ts'
import { fromUnits, lineAmount, toUnits } from './decimal.ts'
import { locations, priceLevels, schema } from './schema.ts'

/** Owner of the account's products, and the seed for data that a catalog lacks. */
export interface SeedOptions {
  catalogFile: string
  /** SKUs of the vendor's products. */
  vendorPattern: RegExp
  seed: number
}

const notCustomFields = ['has_options', 'required_options', 'manufacturer']

/**
 * Empties the account and fills it from the catalog: its simple products become inventory items with prices and
 * stock. The same catalog and seed give the same ids, quantities and times, some of them with the same second.
 * @throws CatalogError when the catalog can't be read; the account is then empty
 */
export function seedAccount(database: DatabaseSync, options: SeedOptions): void {
  clear(database)
  const pattern = new RegExp(options.vendorPattern.source, options.vendorPattern.flags.replace(/[gy]/g, ''))
  const products = readCatalog(options.catalogFile).products.filter(
    ({ sku, type }) => type === 'simple' && pattern.test(sku),
  )
  const random = createRandom(options.seed, 'netsuite')
  const fields = new Set(products.flatMap(({ attributes }) => Object.keys(attributes).map(customFieldName)))
  const addField = database.prepare('INSERT INTO sim_custom_field (scriptid) VALUES (?)')
  for (const field of fields) if (field !== undefined) addField.run(field)
  insertItems(database, products, random)
  database.exec(`PRAGMA user_version = ${layout}`)
}

/** Incremented when the schema changes; data of another layout is recreated. */
const layout = 4

/** Creates the tables. Returns whether there was data in this layout, which is kept; any other data is dropped. */
export function openTables(database: DatabaseSync): boolean {
  const kept = Number(database.prepare('PRAGMA user_version').get()?.['user_version'])
  if (kept !== 0 && kept !== layout) {
    const tables = database.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'sim_%'`).all()
    database.exec('PRAGMA foreign_keys = OFF')
    for (const { name } of tables) database.exec(`DROP TABLE ${String(name)}`)
    database.exec('PRAGMA foreign_keys = ON')
  }
  database.exec(schema)
  const addState = database.prepare('INSERT OR IGNORE INTO sim_state (country, shortname, fullname) VALUES (?, ?, ?)')
  for (const { country, code, name } of usualStates) addState.run(country, code, name)
  return kept === layout
}

function clear(database: DatabaseSync): void {
  const orders = ['commitment', 'fulfilment_line', 'fulfilment', 'sales_order_line', 'sales_order', 'customer']
  const goods = ['stock', 'price', 'item_member', 'item', 'closed_location', 'location', 'price_level', 'custom_field']
  database.exec('UPDATE sim_item SET parent_id = NULL')
  for (const table of [...orders, ...goods]) {
    database.exec(`DELETE FROM sim_${table}`)
  }
  // Orders and fulfilments are transactions: they share one id sequence.
  database.exec(`DELETE FROM sqlite_sequence; INSERT INTO sqlite_sequence (name, seq)
    VALUES ('sim_item', 1000), ('sim_customer', 100), ('sim_sales_order', 5000), ('sim_fulfilment', 9000000)`)
  for (const [table, names] of [['sim_location', locations] as const, ['sim_price_level', priceLevels] as const]) {
    const insert = database.prepare(`INSERT INTO ${table} (id, name) VALUES (?, ?)`)
    for (const [id, name] of Object.entries(names)) insert.run(Number(id), name)
  }
}

function insertItems(database: DatabaseSync, products: readonly CatalogProduct[], random: Random): void {
  const insert = database.prepare(`INSERT INTO sim_item (itemid, displayname, description, upccode, isinactive,
    manufacturer, mpn, weight, weightunit, cost, custom, created_at, modified_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const addPrice = database.prepare('INSERT INTO sim_price (item_id, level_id, price) VALUES (?, ?, ?)')
  const addStock = database.prepare('INSERT INTO sim_stock VALUES (?, ?, ?, ?, ?, ?)')
  const modified = tiedTimes(random, 20)
  const changed = tiedTimes(random, 14)
  for (const product of products) {
    const price = Number(product.price ?? 0)
    const modifiedAt = modified()
    const { lastInsertRowid: id } = insert.run(
      product.sku,
      product.name,
      product.description || null,
      upc(random),
      product.online ? 'F' : 'T',
      product.attributes['manufacturer']?.join(', ') ?? null,
      product.sku,
      product.weight === undefined ? null : Number(product.weight),
      product.weight === undefined ? null : '1',
      lineAmount(price, 0.45),
      JSON.stringify(customFields(product)),
      modifiedAt - random.int(1, 300) * 86_400_000,
      modifiedAt,
    )
    addPrice.run(id, 1, price)
    addPrice.run(id, 2, lineAmount(price, 0.6))
    for (const at of splitStock(random, product.qty)) {
      addStock.run(
        id,
        at.location,
        at.onHand,
        at.available,
        fromUnits(toUnits(at.onHand) - toUnits(at.available)),
        changed(),
      )
    }
  }
}

/** Seeded times, of which about every fourth repeats the previous one. */
function tiedTimes(random: Random, days: number): () => number {
  let last = seededTime(random, days).getTime()
  return () => {
    if (!random.chance(0.25)) last = seededTime(random, days).getTime()
    return last
  }
}

/** Two or three locations that together hold the catalog's quantity; part of it is committed to orders. */
function splitStock(random: Random, qty: string): { location: number; onHand: number; available: number }[] {
  const ids = random.sample(Object.keys(locations).map(Number), random.int(2, 3)).sort((a, b) => a - b)
  let rest = toUnits(Number(qty))
  return ids.map((location, index) => {
    const share = random.int(0, Math.max(0, Math.floor(fromUnits(rest))))
    const onHand = index === ids.length - 1 ? fromUnits(rest) : share
    rest -= toUnits(onHand)
    const committed = onHand >= 1 && random.chance(0.3) ? random.int(1, Math.min(5, Math.floor(onHand))) : 0
    return { location, onHand, available: fromUnits(toUnits(onHand) - toUnits(committed)) }
  })
}

function customFields({ attributes }: CatalogProduct): Record<string, string> {
  const named = Object.entries(attributes).flatMap(([code, values]) => {
    const field = customFieldName(code)
    return field === undefined || values.length === 0 ? [] : [[field, values.join(', ')] as const]
  })
  return Object.fromEntries(named)
}

function customFieldName(code: string): string | undefined {
  return notCustomFields.includes(code) || !/^\w+$/.test(code) ? undefined : `custitem_${code.toLowerCase()}`
}

/** Twelve digits with a correct check digit. */
function upc(random: Random): string {
  const digits = Array.from({ length: 11 }, () => random.int(0, 9))
  const weighted = digits.reduce((total, digit, index) => total + digit * (index % 2 === 0 ? 3 : 1), 0)
  return `${digits.join('')}${(10 - (weighted % 10)) % 10}`
}
