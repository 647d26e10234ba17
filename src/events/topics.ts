import type {
  DeadLettered,
  FulfilmentChanged,
  ImageGalleryChanged,
  InventoryChanged,
  OrderChanged,
  ProductChanged,
  ShopFulfilmentRequested,
  ShopImagesRequested,
  ShopInventoryRequested,
  ShopProductsRequested,
  SyncRequested,
  SyncStatusReported,
  UniversalImagesChanged,
  UniversalInventoryChanged,
  UniversalProductsChanged,
  VendorOrderRequested,
} from './generated/events.ts'

/** What each kind of topic carries. The kind is also the `<what>` of the subject `<prefix><what>-value`. */
export interface TopicEvents {
  readonly orders: OrderChanged
  readonly products: ProductChanged
  readonly inventory: InventoryChanged
  readonly images: ImageGalleryChanged
  readonly fulfilments: FulfilmentChanged
  readonly 'vendor-orders': VendorOrderRequested
  readonly 'shop-fulfilments': ShopFulfilmentRequested
  readonly 'shop-products': ShopProductsRequested
  readonly 'shop-inventory': ShopInventoryRequested
  readonly 'shop-images': ShopImagesRequested
  readonly 'universal-products': UniversalProductsChanged
  readonly 'universal-inventory': UniversalInventoryChanged
  readonly 'universal-images': UniversalImagesChanged
  readonly 'sync-requests': SyncRequested
  readonly 'sync-status': SyncStatusReported
  readonly 'dead-letters': DeadLettered
}

export type TopicKind = keyof TopicEvents

/** Entities that sources publish; each has its topic of the same name. */
export const entities = ['orders', 'products', 'inventory', 'images', 'fulfilments'] as const
export type Entity = (typeof entities)[number]
export type SourceEvent = TopicEvents[Entity]

/** Schema file (under schemas/, without ending) of each kind of topic. */
export const schemaFiles: Readonly<Record<TopicKind, string>> = {
  orders: 'order-changed',
  products: 'product-changed',
  inventory: 'inventory-changed',
  images: 'image-gallery-changed',
  fulfilments: 'fulfilment-changed',
  'vendor-orders': 'vendor-order-requested',
  'shop-fulfilments': 'shop-fulfilment-requested',
  'shop-products': 'shop-products-requested',
  'shop-inventory': 'shop-inventory-requested',
  'shop-images': 'shop-images-requested',
  'universal-products': 'universal-products-changed',
  'universal-inventory': 'universal-inventory-changed',
  'universal-images': 'universal-images-changed',
  'sync-requests': 'sync-requested',
  'sync-status': 'sync-status-reported',
  'dead-letters': 'dead-lettered',
}

/** Kinds with one topic for each target system: `vendor-orders.netsuite`. */
export const perSystemKinds = [
  'vendor-orders',
  'shop-fulfilments',
  'shop-products',
  'shop-inventory',
  'shop-images',
] as const
export type PerSystemKind = (typeof perSystemKinds)[number]
export type SharedKind = Exclude<TopicKind, PerSystemKind>

/** Mapped rows; each is of one connection. */
export const universalKinds = ['universal-products', 'universal-inventory', 'universal-images'] as const
export type UniversalKind = (typeof universalKinds)[number]

/** What processors consume. */
export type ProcessedKind = Entity | UniversalKind

const entityOfKind: Partial<Readonly<Record<TopicKind, Entity>>> = {
  ...Object.fromEntries(entities.map((entity) => [entity, entity])),
  'vendor-orders': 'orders',
  'shop-fulfilments': 'fulfilments',
  'shop-products': 'products',
  'shop-inventory': 'inventory',
  'shop-images': 'images',
  'universal-products': 'products',
  'universal-inventory': 'inventory',
  'universal-images': 'images',
}

/** The entity that a kind's events are of; undefined for those that are of none. */
export function entityOf(kind: PerSystemKind | ProcessedKind): Entity
export function entityOf(kind: TopicKind): Entity | undefined
export function entityOf(kind: TopicKind): Entity | undefined {
  return entityOfKind[kind]
}

/** Name of a kind's topic, before the prefix. */
export function topicOf(kind: SharedKind): string
export function topicOf(kind: PerSystemKind, system: string): string
export function topicOf(kind: TopicKind, system?: string): string {
  return system === undefined ? kind : `${kind}.${system}`
}

/** The kind of a topic's name (without prefix): what stands before the first dot. */
export function kindOf(topic: string): TopicKind {
  const kind = topic.split('.', 1)[0] ?? topic
  if (!(kind in schemaFiles)) throw new Error(`no topic is called ${topic}`)
  return kind as TopicKind
}

/** Record key: the parts joined by `|`. Ids of systems and connections hold none, so the first `|` ends the first part. */
export function recordKey(...parts: readonly [string, ...string[]]): string {
  return parts.join('|')
}

/** Splits a record key at its first `|` into who (source, connection) and which (entity key). */
export function splitRecordKey(key: string): { readonly owner: string; readonly key: string } {
  const at = key.indexOf('|')
  return at < 0 ? { owner: '', key } : { owner: key.slice(0, at), key: key.slice(at + 1) }
}
