import type { SchemaEvents } from './generated/events.ts'

type Schema = keyof SchemaEvents

/**
 * Declares an entity. Its topics, stages, results, reads and feeds and the order of its calls follow from this. Schemas
 * are the names of files in `schemas/`.
 */
export interface EntityDeclaration {
  /** Name of its source topic, its reads and its feed: `products`. */
  readonly name: string
  /** The parts of its key, see `joinKey`. Connections own goods by the part called `sku`. */
  readonly key: readonly [string, ...string[]]
  /** Calls for entities with a lower number go first. */
  readonly callOrder: number
  /** Schema of source events: topic `<name>`. */
  readonly source: Schema
  /** Schema of feed rows, mapped for one connection: topic `universal-<name>`. Without it the entity has no feed. */
  readonly universal?: Schema
  /** Schema of deliveries to a vendor's ERP: topics `vendor-<name>.<system>`. */
  readonly vendor?: Schema
  /**
   * Schema of deliveries to a shop: topics `shop-<name>.<system>`. With a feed: its rows, for connections that push.
   */
  readonly shop?: Schema
}

/** The declaration of one entity. */
export type DeclarationOf<E extends string> = EntityDeclaration & { readonly name: E }

/** The list of entities. */
export const entityDeclarations = [
  {
    name: 'orders',
    key: ['orderNumber'],
    callOrder: 1,
    source: 'order-changed',
    vendor: 'vendor-order-requested',
  },
  {
    name: 'products',
    key: ['sku'],
    callOrder: 4,
    source: 'product-changed',
    universal: 'universal-products-changed',
    shop: 'shop-products-requested',
  },
  {
    name: 'inventory',
    key: ['sku'],
    callOrder: 3,
    source: 'inventory-changed',
    universal: 'universal-inventory-changed',
    shop: 'shop-inventory-requested',
  },
  {
    name: 'prices',
    key: ['sku'],
    callOrder: 5,
    source: 'prices-changed',
    universal: 'universal-prices-changed',
  },
  {
    name: 'images',
    key: ['sku'],
    callOrder: 6,
    source: 'image-gallery-changed',
    universal: 'universal-images-changed',
    shop: 'shop-images-requested',
  },
  {
    name: 'fulfilments',
    key: ['fulfilmentId'],
    callOrder: 2,
    source: 'fulfilment-changed',
    shop: 'shop-fulfilment-requested',
  },
] as const satisfies readonly EntityDeclaration[]

/** The entities of the list. It types tables that need each of them, so that a missing entity does not compile. */
export type DeclaredEntity = (typeof entityDeclarations)[number]['name']

type DeclaredEntities = {
  readonly [D in (typeof entityDeclarations)[number] as D['name']]: D
}

/** Declarations by name. An interface, so that a test can declare and type one more entity. */
export interface Entities extends DeclaredEntities {}

/** The declaration of an entity of the list. */
export function declarationOf<E extends DeclaredEntity>(entity: E): DeclaredEntities[E] {
  const found = entityDeclarations.find(({ name }) => name === entity)
  if (found === undefined) throw new Error(`no entity is called ${entity}`)
  return found as DeclaredEntities[E]
}

/** Whether the entity has a feed; only such entities can be deleted at their sources. */
export function hasFeed(entity: string): boolean {
  return entityDeclarations.some((one) => one.name === entity && 'universal' in one)
}

/** Joins the parts of a key by `|`. Escapes `|` in all parts but the last, so that a SKU stays unchanged. */
export function joinKey(parts: readonly string[]): string {
  return parts.map((part, index) => (index === parts.length - 1 ? part : escapeJoint(part))).join('|')
}

/** The parts of a key by their names. The last part is the rest of the text. */
export function splitKey(names: readonly string[], key: string): Readonly<Record<string, string>> {
  const texts = key.split('|')
  const first = texts.slice(0, names.length - 1).map(unescapeJoint)
  const parts = [...first, texts.slice(names.length - 1).join('|')]
  return Object.fromEntries(names.map((name, index) => [name, parts[index] ?? '']))
}

const escapeJoint = (part: string): string => part.replaceAll('%', '%25').replaceAll('|', '%7C')
const unescapeJoint = (part: string): string => part.replaceAll('%7C', '|').replaceAll('%25', '%')
