import type { Entity, PushedEntity } from '../events/topics.ts'
import type { CallLimits } from '../platform/governor/governor.ts'
import type { RetainedEntity } from '../platform/persons/retention.ts'

/** Entities that a connection's own rules map. */
export const mappedEntities = ['products', 'orders'] as const
export type MappedEntity = (typeof mappedEntities)[number]

/** Default of the share of rows that may be gone at once. */
export const MOST_GONE = 0.2

/** When to look for deletions at the source: a cron expression in the read's zone; null: on request only. */
export interface Sweep {
  readonly schedule: string | null
  /** Share of rows that may be gone at once. */
  readonly mostGone: number
}

/** A read of a system: (system, entity, scope); its id is `system.entity.scope`. */
export interface Read {
  readonly id: string
  readonly system: string
  readonly entity: Entity
  /** Name of the filter; `all` by default. */
  readonly scope: string
  /** Cron expression and its zone; null: on request only. */
  readonly schedule: string | null
  readonly zone: string
  /** ISO 8601; required for orders. Null: everything. */
  readonly startFrom: string | null
  readonly pageSize: number
  /** A window ends this long before now, so that it includes late commits of the source. */
  readonly settleSeconds: number
  /** A window starts this long before the cut date (Guarantee 6). */
  readonly overlapSeconds: number
  /** The filter, in the terms of the system's reader. */
  readonly filter: Readonly<Record<string, string>>
  readonly sweep: Sweep
  /** False: no runs are started. */
  readonly enabled?: boolean
}

/** One endpoint. Secrets are references (`env:NAME`, `file:/path`); `address` is a reference or a plain URL. */
export interface System {
  readonly id: string
  /** Names a definition of `src/systems/systems.ts`. */
  readonly type: string
  readonly address: string
  readonly secrets: Readonly<Record<string, string>>
  /** IANA zone of the system's times without a zone. */
  readonly zone: string
  readonly limits: CallLimits
  /** Settings of this type of system, as configured. */
  readonly settings: Readonly<Record<string, unknown>>
  readonly reads: readonly Read[]
  /** How long personal data is kept after its month, for example `400 days`; left out: the operator's setting. */
  readonly retention?: { readonly [E in RetainedEntity]?: string }
  /** False: the system is neither read nor written; its deliveries wait. */
  readonly enabled?: boolean
}

/**
 * Which order lines are the vendor's: a regular expression on the SKU; a list of SKUs; a value of an attribute of the
 * vendor's product, by the seller's attribute name; its manufacturer; or all SKUs in the vendor's own feed of products.
 */
export type Ownership =
  | { readonly skuPattern: string }
  | { readonly skus: readonly string[] }
  | { readonly attribute: { readonly name: string; readonly values: readonly string[] } }
  | { readonly manufacturer: readonly string[] }
  | { readonly feed: true }

/** Supported keywords of JSON Schema for values; bounds of decimals are compared exactly. */
export interface ValueSchema {
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
  readonly enum?: readonly (string | number | boolean)[]
  readonly minimum?: number
  readonly maximum?: number
}

/** Source of a destination attribute: exactly one of `from`, `constant`, `expression`. */
export interface AttributeRule {
  readonly attribute: string
  /** Path in the event's data, or in its attributes (`attributes.color`). */
  readonly from: string | null
  readonly constant: string | null
  /** JSONata over the event's data. */
  readonly expression: string | null
  /** Used when the source has no value; null: no default. */
  readonly default: string | null
  readonly required: boolean
  readonly type: 'string' | 'decimal' | 'integer' | 'boolean'
  /** Source value (as text) to destination value; null: values stay unchanged. */
  readonly lookup: Readonly<Record<string, string>> | null
  /** Constraints on the value after conversion to its type; null: none. */
  readonly schema: ValueSchema | null
}

/** Maps the vendor's fields to the seller's attributes. */
export interface ProductMetadata {
  readonly connection: string
  readonly attributes: readonly AttributeRule[]
  /** The shop's attributes; a rule for another one is refused. Null: any. */
  readonly destination: { readonly attributes: readonly string[] } | null
}

/** How the vendor's shipments, closures and cancellations are written into the shop. */
export interface FulfilmentPolicy {
  /** True: the shop notifies its customer of a shipment. */
  readonly notifyCustomer: boolean
  /** The vendor's carrier or ship method to the shop's carrier code; others are sent unchanged. */
  readonly carriers: Readonly<Record<string, string>>
}

/** How the vendor's stock is written into a shop that does not pull. */
export interface StockPolicy {
  /**
   * The vendor's location to the shop's (a source code, a location id). `*` is the target of all locations that are not
   * named; without it, these are left out. Locations with the same target are added up.
   */
  readonly locations: Readonly<Record<string, string>>
}

/** What becomes of stock in the feed whose source was not read for some time. */
export const stalePolicies = ['keep', 'hold', 'buffer', 'zero'] as const

export interface StaleStock {
  /** Minutes since the source was last read in full. */
  readonly afterMinutes: number
  /** `keep`: it is served as it is; `hold`: out of stock, with its quantities; `buffer`: at most so many; `zero`: none. */
  readonly policy: (typeof stalePolicies)[number]
  /** Pieces that may still be sold; with `buffer`. */
  readonly buffer?: number
}

/** Whose rows a feed of a connection has. */
interface SkusOfFeed {
  /** Where products decide ownership: SKUs of the vendor's products, or all SKUs of the sources; undefined: by feed. */
  readonly skus?: 'vendor' | 'all'
}

/** What a connection's prices feed has. */
export interface PriceFeedPolicy extends SkusOfFeed {
  /** Names of price levels; undefined: all. */
  readonly levels?: readonly string[]
  /** True: with the vendor's cost. */
  readonly cost?: boolean
}

/** Which pictures a connection's images feed has. */
export interface GalleryFeedPolicy extends SkusOfFeed {
  /** One row per SKU with the pictures of all sources, or of the first that has any; undefined: a row per source. */
  readonly merge?: 'all' | 'first'
  /** Systems, best first; others follow. */
  readonly sources?: readonly string[]
}

/** What the feeds of a connection have, by feed. */
export interface FeedPolicies {
  readonly inventory?: SkusOfFeed
  readonly prices?: PriceFeedPolicy
  readonly images?: GalleryFeedPolicy
}

/** Which of the vendor's locations count for the stock that may be sold. */
export const locationPolicies = ['sum', 'list', 'priority'] as const

/** Pieces that are not sold: a fixed number, or a percentage of what is available; at most one of the two. */
export interface StockBuffer {
  readonly fixed?: number
  readonly percent?: number
}

/** How the stock that may be sold is computed from the vendor's stock. */
export interface SellableStock {
  /** `sum`: all; `list`: those named; `priority`: the first of those named that has something to sell. */
  readonly locations?: { readonly policy: (typeof locationPolicies)[number]; readonly names?: readonly string[] }
  /** `skus`: other buffers for SKUs that match a regular expression; the first match counts. */
  readonly buffer?: StockBuffer & { readonly skus?: readonly (StockBuffer & { readonly match: string })[] }
  /** True: pieces of orders that the vendor's stock does not include yet are not sold again. */
  readonly reserve?: boolean
  /** Undefined: an order that the vendor cancels for lack of stock has no effect on the stock. */
  readonly oversell?: Oversell
}

/** What follows when the vendor cancels an order for lack of stock although the feed had some. */
export interface Oversell {
  /** For so many minutes nothing of the SKU is sold. */
  readonly holdMinutes: number
  /** Texts in the vendor's reasons that mean lack of stock, in any case; left out: `OVERSOLD_REASONS`. */
  readonly reasons?: readonly string[]
}

/** The usual words for lack of stock in a vendor's reasons. */
export const OVERSOLD_REASONS: readonly string[] = ['stock', 'inventory', 'sold out', 'oversold', 'backorder']

/** Joins one shop and one vendor. */
export interface Connection {
  readonly id: string
  /** Id of the shop system. */
  readonly shop: string
  /** Id of the vendor system. */
  readonly vendor: string
  /** Ids of the reads it subscribes to. */
  readonly reads: readonly string[]
  readonly ownership: Ownership
  /**
   * States in which an order starts at the vendor; in others it is ignored with the reason. Once started, its content
   * decides. Null: every state except canceled and on hold.
   */
  readonly orderStates: readonly string[] | null
  /** How orders are mapped: the shop's shipping method to the vendor's id, the vendor's location, further fields. */
  readonly orderMap: {
    readonly shipMethods: Readonly<Record<string, string>>
    readonly location: string | null
    /** Additional fields of the vendor's order, by the vendor's own names. */
    readonly fields: readonly AttributeRule[]
  }
  /**
   * What happens at the vendor when the shop puts an order on hold. `atMost`: it stays for this many hours and is then
   * taken back until it is released. `tell`: it stays, and the vendor's ERP shows that it waits. Null: it is taken back
   * at once.
   */
  readonly hold: { readonly atMost?: number; readonly tell?: boolean } | null
  /** For a bundle with only some components of this vendor: send only these to it, or refuse the order. */
  readonly bundles: 'split' | 'refuse'
  /** Who gets charges on the whole order, by kind of charge; by default the seller. */
  readonly charges: Readonly<Record<string, 'seller' | 'shared'>>
  /**
   * Customer of the order at the vendor: the shop's customer, or the seller, with the shop's customer as recipient
   * only.
   */
  readonly billTo: 'consumer' | 'seller'
  /** The vendor's id of the seller as its customer; null: orders belong to the shop's customers. */
  readonly customer: string | null
  /** Prices of the order: the shop's; a price level of the vendor's ERP; those of `costs`; or left to the ERP. */
  readonly prices: 'shop' | 'priceLevel' | 'list' | 'none'
  /** The vendor's id of the price level; null: the customer's own. */
  readonly priceLevel: string | null
  /** Prices by SKU, decimals as text. */
  readonly costs: Readonly<Record<string, string>>
  /** Whether the vendor's order includes the shipping charged by the shop; null: only with the shop's prices. */
  readonly shipping: 'shop' | 'none' | null
  /** Minutes between the placement of an order and its delivery to the vendor. Null: at once. */
  readonly holdMinutes: number | null
  /** ISO 8601: orders placed before this time are not delivered. Null: all orders of the read are. */
  readonly ordersFrom: string | null
  /** Feeds that are pushed to the shop; the shop pulls the others. */
  readonly push: readonly PushedEntity[]
  readonly fulfilments: FulfilmentPolicy
  /** Null: all stock goes to the shop's usual place. */
  readonly stock: StockPolicy | null
  /** Undefined: stock is served as it was last read, however long ago. */
  readonly staleStock?: StaleStock
  /** Undefined: feeds have what they have by default. */
  readonly feeds?: FeedPolicies
  /** Undefined: all that the vendor has may be sold. */
  readonly sellableStock?: SellableStock
  /** True: a queue named by a sync request is deleted once it is drained. */
  readonly deleteDrainedQueues: boolean
  /** False: all work of the connection waits. */
  readonly enabled?: boolean
  /** Grows with each change of the connection or its metadata. */
  readonly revision: number
}

/** Causes that a recipient can be notified of. */
export const notificationCauses = [
  'late',
  'failed',
  'paused',
  'circuit_open',
  'read_overdue',
  'feed_not_pulled',
  'events_not_received',
  'oversold',
] as const
export type NotificationCause = (typeof notificationCauses)[number]

/** Receives notifications when a person has to act: by e-mail or by a webhook, exactly one of the two. */
export interface Recipient {
  readonly id: string
  /** Null: notified by webhook. */
  readonly email: readonly string[] | null
  /** An http(s) address; null: notified by e-mail. */
  readonly webhook: string | null
  /** References by name: `signing`, and `previousSigning` during a rotation. */
  readonly secrets: Readonly<Record<string, string>>
  /** Null: all, and causes without a connection. */
  readonly connections: readonly string[] | null
  /** Systems whose error messages it may see. Null: all if `connections` is null, else none. */
  readonly systems: readonly string[] | null
  /** Null: all. */
  readonly causes: readonly NotificationCause[] | null
  /** Hours between reminders of a cause that is still open. */
  readonly remindHours: number
  /** False: no notifications are sent to it. */
  readonly enabled?: boolean
}

/** Default hours between reminders. */
export const REMIND_HOURS = 24

/** Types of the events that subscriptions receive. */
export const outgoingEventTypes = [
  'order.accepted',
  'order.shipped',
  'order.canceled',
  'order.failed',
  'stock.changed',
] as const
export type OutgoingEventType = (typeof outgoingEventTypes)[number]

/** A receiver of the events of connections and shops. */
export interface Subscription {
  readonly id: string
  /** An http(s) address; null: its events are pulled. */
  readonly webhook: string | null
  /** References by name: `signing`, and `previousSigning` while it is rotated. */
  readonly secrets: Readonly<Record<string, string>>
  /** Null, with `shops` null too: all connections. */
  readonly connections: readonly string[] | null
  /** Shops: it gets the events of all their connections, and of orders that failed before they were routed. */
  readonly shops: readonly string[] | null
  /** Null: all. */
  readonly events: readonly OutgoingEventType[] | null
  /** Left out: true. False: nothing is sent, and events wait. */
  readonly enabled?: boolean
}

/** A snapshot of the whole configuration. */
export interface Configuration {
  /** Grows with each change of any document. */
  readonly revision: number
  readonly systems: readonly System[]
  readonly connections: readonly Connection[]
  readonly metadata: readonly ProductMetadata[]
  /** Left out when there are none. */
  readonly recipients?: readonly Recipient[]
  /** Left out: none. */
  readonly subscriptions?: readonly Subscription[]
  /** When subscriptions were created, by id, ISO 8601. Missing ones: an earlier release created them. */
  readonly subscribedAt?: Readonly<Record<string, string>>
  /** Configured connections that are left out because their row, or that of their system or mapping, can't be read. */
  readonly unusable?: readonly string[]
}
