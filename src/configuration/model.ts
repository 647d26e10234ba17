import type { Entity, PushedEntity } from '../events/topics.ts'
import type { CallLimits } from '../platform/governor/governor.ts'
import type { RetainedEntity } from '../platform/persons/retention.ts'

/** Entities that a connection's own rules map. */
export const mappedEntities = ['products', 'orders'] as const
export type MappedEntity = (typeof mappedEntities)[number]

/** The share of all that may be gone at once, where a read does not say. */
export const MOST_GONE = 0.2

/** When it is looked for what is gone at the source: a cron expression in the read's zone; null: on request only. */
export interface Sweep {
  readonly schedule: string | null
  /** The share of all that may be gone at once. */
  readonly mostGone: number
}

/** How a read of a system is done. A read is (system, entity, scope); its id is `system.entity.scope`. */
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
  /** A window ends this long before now, so that late commits of the source are in it. */
  readonly settleSeconds: number
  /** A window begins this long before the cut date (Guarantee 6). */
  readonly overlapSeconds: number
  /** The filter itself, in the words of the system's reader. */
  readonly filter: Readonly<Record<string, string>>
  readonly sweep: Sweep
  /** False: no run of it is begun. */
  readonly enabled?: boolean
}

/** One endpoint. `address` and the secrets are references (`env:NAME`, `file:/path`) or, for the address, a plain URL. */
export interface System {
  readonly id: string
  /** Names a definition of `src/systems/systems.ts`. */
  readonly type: string
  readonly address: string
  readonly secrets: Readonly<Record<string, string>>
  /** IANA zone of the times the system gives without one. */
  readonly zone: string
  readonly limits: CallLimits
  /** What only this type of system knows, as it is configured. */
  readonly settings: Readonly<Record<string, unknown>>
  readonly reads: readonly Read[]
  /** How long after its month what is said of a person is kept, as `400 days`; left out: as the operator set it. */
  readonly retention?: { readonly [E in RetainedEntity]?: string }
  /** False: it is neither read nor written; what is for it waits. */
  readonly enabled?: boolean
}

/**
 * Which order lines are the vendor's: a regular expression on the SKU; the SKUs themselves; a value of an attribute of
 * the vendor's product, by the seller's name of it; its manufacturer; or whatever is in the vendor's own feed of products.
 */
export type Ownership =
  | { readonly skuPattern: string }
  | { readonly skus: readonly string[] }
  | { readonly attribute: { readonly name: string; readonly values: readonly string[] } }
  | { readonly manufacturer: readonly string[] }
  | { readonly feed: true }

/** Keywords of JSON Schema that a value can be asked to keep; bounds of decimals are compared exactly. */
export interface ValueSchema {
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
  readonly enum?: readonly (string | number | boolean)[]
  readonly minimum?: number
  readonly maximum?: number
}

/** Where a destination attribute comes from: exactly one of `from`, `constant`, `expression`. */
export interface AttributeRule {
  readonly attribute: string
  /** Path in the event's data, or in its attributes (`attributes.color`). */
  readonly from: string | null
  readonly constant: string | null
  /** JSONata over the event's data. */
  readonly expression: string | null
  /** Given when the source has nothing there; null: nothing is. */
  readonly default: string | null
  readonly required: boolean
  readonly type: 'string' | 'decimal' | 'integer' | 'boolean'
  /** Source value (as text) to destination value; null: values are taken as they are. */
  readonly lookup: Readonly<Record<string, string>> | null
  /** What the value must keep, as it is when it has its type; null: anything. */
  readonly schema: ValueSchema | null
}

/** How the vendor's fields become the seller's attributes. */
export interface ProductMetadata {
  readonly connection: string
  readonly attributes: readonly AttributeRule[]
  /** The attributes the shop knows; a rule for another one is refused. Null: any. */
  readonly destination: { readonly attributes: readonly string[] } | null
}

/** How the vendor's shipments, closures and cancellations are written into the shop. */
export interface FulfilmentPolicy {
  /** The shop informs its customer of a shipment. */
  readonly notifyCustomer: boolean
  /** The vendor's carrier, or ship method, to the shop's code of it; what is not named goes as it is. */
  readonly carriers: Readonly<Record<string, string>>
}

/** How the vendor's stock is written into a shop that does not pull. */
export interface StockPolicy {
  /**
   * The vendor's location to the shop's (a source code, a location id). With `*`, every location that is not named goes
   * there; without it, one that is not named is left out. Several that go to one are added up.
   */
  readonly locations: Readonly<Record<string, string>>
}

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
   * States in which an order begins at the vendor; in others it is ignored with the reason. Once it has begun, its content
   * decides. Null: every state that is neither canceled nor on hold.
   */
  readonly orderStates: readonly string[] | null
  /** Shop's shipping method to the vendor's id of it, and what else the order map needs. */
  readonly orderMap: {
    readonly shipMethods: Readonly<Record<string, string>>
    readonly location: string | null
    /** Fields of the vendor's order beside those it has anyway, by the vendor's own names. */
    readonly fields: readonly AttributeRule[]
  }
  /**
   * An order that the vendor has and the shop puts on hold stays with the vendor for so many hours, then it is taken back
   * until it is released. `tell`: it stays, and the vendor's ERP shows that it waits. Null: it is taken back at once.
   */
  readonly hold: { readonly atMost?: number; readonly tell?: boolean } | null
  /** A bundle of which some components are this vendor's: these alone go to it, or the order is refused. */
  readonly bundles: 'split' | 'refuse'
  /** Whose share charges of the whole order are, by their kind; of a kind that is not named, the seller's alone. */
  readonly charges: Readonly<Record<string, 'seller' | 'shared'>>
  /** Whose order it is at the vendor: the shop's customer's, or the seller's, whose customer is the recipient only. */
  readonly billTo: 'consumer' | 'seller'
  /** The vendor's id of the seller as its customer; null: orders are the shop's customers'. */
  readonly customer: string | null
  /** At what price: the shop's; a level of the vendor's ERP; that of `costs`; whatever the ERP finds. */
  readonly prices: 'shop' | 'priceLevel' | 'list' | 'none'
  /** The vendor's id of the level; null: the customer's own. */
  readonly priceLevel: string | null
  /** Prices by SKU, decimals as text. */
  readonly costs: Readonly<Record<string, string>>
  /** Whether the shipping that the shop charged is in the vendor's order; null: where the prices are the shop's. */
  readonly shipping: 'shop' | 'none' | null
  /** An order goes to the vendor so many minutes after it was placed. Null: at once. */
  readonly holdMinutes: number | null
  /** ISO 8601: orders placed before it are not the vendor's. Null: all that the read gives are. */
  readonly ordersFrom: string | null
  /** What is sent to the shop; nothing where it pulls. */
  readonly push: readonly PushedEntity[]
  readonly fulfilments: FulfilmentPolicy
  /** Null: all stock goes to the shop's usual place. */
  readonly stock: StockPolicy | null
  /** A queue that a sync request names is deleted once it is drained. */
  readonly deleteDrainedQueues: boolean
  /** False: what is of the connection waits, wherever it is. */
  readonly enabled?: boolean
  /** Grows with each change of the connection or its metadata. */
  readonly revision: number
}

/** What a recipient can be notified of. */
export const notificationCauses = [
  'late',
  'failed',
  'paused',
  'circuit_open',
  'read_overdue',
  'feed_not_pulled',
] as const
export type NotificationCause = (typeof notificationCauses)[number]

/** Who is notified when something needs a person: by e-mail or by a webhook, exactly one of the two. */
export interface Recipient {
  readonly id: string
  /** Null: it is notified by its webhook. */
  readonly email: readonly string[] | null
  /** An http(s) address; null: it is notified by e-mail. */
  readonly webhook: string | null
  /** References by name: `signing`, and `previousSigning` while it is rotated. */
  readonly secrets: Readonly<Record<string, string>>
  /** Null: all, and what is of no single one. */
  readonly connections: readonly string[] | null
  /** Systems whose error messages it may see. Null: all where `connections` is null, else none. */
  readonly systems: readonly string[] | null
  /** Null: all. */
  readonly causes: readonly NotificationCause[] | null
  /** It is reminded of a cause that is still there after so many hours. */
  readonly remindHours: number
  /** False: it is sent nothing. */
  readonly enabled?: boolean
}

/** Hours between reminders, where a recipient does not say. */
export const REMIND_HOURS = 24

/** All that is configured, at one moment. */
export interface Configuration {
  /** Grows with each change of anything. */
  readonly revision: number
  readonly systems: readonly System[]
  readonly connections: readonly Connection[]
  readonly metadata: readonly ProductMetadata[]
  /** Left out: there are none. */
  readonly recipients?: readonly Recipient[]
  /** Connections that are configured and left out, since their row, or that of a system or mapping of theirs, can't be read. */
  readonly unusable?: readonly string[]
}
