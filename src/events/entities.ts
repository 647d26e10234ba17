import type { SchemaEvents } from './generated/events.ts'

type Schema = keyof SchemaEvents

/**
 * All there is to say of an entity. Its topics, stages and results, the reads and feeds of it and the order of its calls
 * follow from this. Schemas are the names of files in `schemas/`.
 */
export interface EntityDeclaration {
  /** As its source topic, its reads and its feed are called: `products`. */
  readonly name: string
  /** What its key is made of, see `joinKey`. Connections own goods by the part called `sku`. */
  readonly key: readonly [string, ...string[]]
  /** Calls for the entity with the lower number get their turn first. */
  readonly callOrder: number
  /** What sources publish: topic `<name>`. */
  readonly source: Schema
  /** A row of its feed, mapped for one connection: topic `universal-<name>`. Without it the entity has no feed. */
  readonly universal?: Schema
  /** What a vendor's ERP is to have: topics `vendor-<name>.<system>`. */
  readonly vendor?: Schema
  /** What a shop is to have: topics `shop-<name>.<system>`. Of an entity with a feed it is the row, where a connection pushes it. */
  readonly shop?: Schema
}

/** The declaration of one entity. */
export type DeclarationOf<E extends string> = EntityDeclaration & { readonly name: E }

/** THE list of entities. */
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
    name: 'images',
    key: ['sku'],
    callOrder: 5,
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

/** The entities of the list. Tables that must have each of them are typed by it, so that a forgotten one does not compile. */
export type DeclaredEntity = (typeof entityDeclarations)[number]['name']

type DeclaredEntities = {
  readonly [D in (typeof entityDeclarations)[number] as D['name']]: D
}

/** Declarations by name. An interface, so that a test can declare one more entity and have it typed like the others. */
export interface Entities extends DeclaredEntities {}

/** The declaration of an entity of the list. */
export function declarationOf<E extends DeclaredEntity>(entity: E): DeclaredEntities[E] {
  const found = entityDeclarations.find(({ name }) => name === entity)
  if (found === undefined) throw new Error(`no entity is called ${entity}`)
  return found as DeclaredEntities[E]
}

/** Entities with a feed are deleted at their sources, others never. */
export function hasFeed(entity: string): boolean {
  return entityDeclarations.some((one) => one.name === entity && 'universal' in one)
}

/** Text of a key: its parts joined by `|`. What would be taken for the joint is escaped, but in the last part: a SKU stays as it is. */
export function joinKey(parts: readonly string[]): string {
  return parts.map((part, index) => (index === parts.length - 1 ? part : escapeJoint(part))).join('|')
}

/** The parts of a key by their names. The last one has what is left. */
export function splitKey(names: readonly string[], key: string): Readonly<Record<string, string>> {
  const texts = key.split('|')
  const first = texts.slice(0, names.length - 1).map(unescapeJoint)
  const parts = [...first, texts.slice(names.length - 1).join('|')]
  return Object.fromEntries(names.map((name, index) => [name, parts[index] ?? '']))
}

const escapeJoint = (part: string): string => part.replaceAll('%', '%25').replaceAll('|', '%7C')
const unescapeJoint = (part: string): string => part.replaceAll('%7C', '|').replaceAll('%25', '%')
