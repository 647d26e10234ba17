import type { DatabaseSync } from 'node:sqlite'
import { inTransaction, openDatabase } from '../harness/database.ts'

/** An entity in wire form, without the annotations of a version. */
export type Entity = Record<string, unknown>

/** The company's collections, with the key property of each. */
export const keyNames = {
  Items: 'ItemCode',
  BusinessPartners: 'CardCode',
  Orders: 'DocEntry',
  DeliveryNotes: 'DocEntry',
  Warehouses: 'WarehouseCode',
  PriceLists: 'PriceListNo',
  SpecialPrices: 'ItemCode',
  Manufacturers: 'Code',
  ShippingTypes: 'Code',
  States: 'Code',
} as const
export type Collection = keyof typeof keyNames
export const collections = Object.keys(keyNames) as Collection[]

/** The whole key of an entity; a state's key includes its country, a special price's its owner. */
function keyOf(collection: Collection, entity: Readonly<Entity>): string {
  const key = String(entity[keyNames[collection]])
  if (collection === 'SpecialPrices') return `${key} ${String(entity['CardCode'])}`
  return collection === 'States' ? stateKey(String(entity['Country']), key) : key
}

export const stateKey = (country: string, code: string) => `${country}-${code}`

const schema = `
CREATE TABLE IF NOT EXISTS sim_entity (
  collection TEXT NOT NULL, key TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (collection, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sim_user_field (owner TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (owner, name));
`

/** All data of a company: read into memory once, written through to the file. Readers get copies. */
export class Store {
  readonly database: DatabaseSync
  readonly #entities = new Map<Collection, Map<string, Entity>>()
  readonly #fields = new Set<string>()

  constructor(dataFile: string) {
    this.database = openDatabase(dataFile, schema)
    this.#load()
  }

  /** Runs `work` in a transaction; see `inTransaction`. */
  change<T>(work: () => T): T {
    try {
      return inTransaction(this.database, work)
    } catch (error) {
      this.#load()
      throw error
    }
  }

  get hasStates(): boolean {
    return this.#of('States').size > 0
  }

  get hasPriceLists(): boolean {
    return this.#of('PriceLists').size > 0
  }

  get isEmpty(): boolean {
    return this.#of('Items').size === 0 && this.#of('Warehouses').size === 0
  }

  /** In no order; callers must not change the entities. */
  all(collection: Collection): readonly Readonly<Entity>[] {
    return [...this.#of(collection).values()]
  }

  /** All entities, by key. */
  state(): Readonly<Record<string, readonly Readonly<Entity>[]>> {
    const byKey = (collection: Collection) =>
      [...this.#of(collection)].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entity]) => entity)
    return Object.fromEntries(collections.map((collection) => [collection, byKey(collection)]))
  }

  get(collection: Collection, key: string | number): Entity | undefined {
    const found = this.#of(collection).get(String(key))
    return found === undefined ? undefined : structuredClone(found)
  }

  put(collection: Collection, entity: Entity): void {
    const key = keyOf(collection, entity)
    this.#of(collection).set(key, structuredClone(entity))
    this.database
      .prepare('INSERT OR REPLACE INTO sim_entity VALUES (?, ?, ?)')
      .run(collection, key, JSON.stringify(entity))
  }

  remove(collection: Collection, key: string): void {
    this.#of(collection).delete(key)
    this.database.prepare('DELETE FROM sim_entity WHERE collection = ? AND key = ?').run(collection, key)
  }

  nextNumber(collection: Collection): number {
    return Math.max(100, ...this.#of(collection).keys().map(Number)) + 1
  }

  /** A user field of `Item`, `Document`, `DocumentLine` or `BusinessPartner`. */
  addUserField(owner: string, name: string): void {
    this.#fields.add(`${owner} ${name}`)
    this.database.prepare('INSERT OR IGNORE INTO sim_user_field VALUES (?, ?)').run(owner, name)
  }

  hasUserField(owner: string, name: string): boolean {
    return this.#fields.has(`${owner} ${name}`)
  }

  userFields(owner: string): string[] {
    return [...this.#fields].filter((field) => field.startsWith(`${owner} `)).map((field) => field.split(' ')[1] ?? '')
  }

  clear(): void {
    for (const entities of this.#entities.values()) entities.clear()
    this.#fields.clear()
    this.database.exec('DELETE FROM sim_entity; DELETE FROM sim_user_field')
  }

  #load(): void {
    for (const collection of collections) this.#entities.set(collection, new Map())
    this.#fields.clear()
    for (const row of this.database.prepare('SELECT collection, key, document FROM sim_entity').all()) {
      this.#of(row['collection'] as Collection).set(String(row['key']), JSON.parse(String(row['document'])))
    }
    for (const row of this.database.prepare('SELECT owner, name FROM sim_user_field').all()) {
      this.#fields.add(`${row['owner']} ${row['name']}`)
    }
  }

  #of(collection: Collection): Map<string, Entity> {
    const found = this.#entities.get(collection)
    if (found === undefined) throw new Error(`there is no collection ${collection}`)
    return found
  }
}
