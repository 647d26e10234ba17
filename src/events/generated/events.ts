// Made by `npm run generate` from schemas/*.avsc. Do not edit.
import type { Decimal4, Decimal8 } from '../decimal.ts'

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMillis = number

export interface RecordHeader {
  readonly key: string
  readonly value: Buffer | null
}

/** What was done about a dead letter. */
export interface DeadLetterChange {
  /** retried, resolved, discarded, or superseded by a newer version that passed the stage. */
  readonly kind: string
  readonly by: string | null
  readonly reason: string | null
}

/** A record that can't go on, byte for byte, and why; or what was done about one. */
export interface DeadLettered {
  /** Digest of stage, topic, partition and offset. */
  readonly deadLetterId: string
  readonly stage: string
  readonly connection: string | null
  /** Key of the entity, or the text form of the record's key. */
  readonly key: string
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** Append time of the original record. */
  readonly timestamp: EpochMillis
  readonly originalKey: Buffer | null
  readonly originalValue: Buffer | null
  readonly headers: ReadonlyArray<RecordHeader>
  readonly code: string
  readonly message: string
  /** Where in the entity, when known. */
  readonly field: string | null
  readonly attempts: number
  readonly firstAt: EpochMillis
  readonly lastAt: EpochMillis
  readonly taskId: string | null
  readonly eventId: string | null
  /** Number of the retry it is of; 0: of none. */
  readonly retry: number
  /** Null: the record failed. */
  readonly change: DeadLetterChange | null
}

export interface FulfilmentLine {
  readonly sku: string
  /** The shop's order line, where the ERP kept it. */
  readonly lineId: string | null
  readonly quantity: Decimal8
  readonly location: string | null
  /** Why the vendor does not deliver it, as its ERP says; of a closure or cancellation alone. */
  readonly reason: string | null
}

export interface Track {
  readonly number: string
  readonly carrier: string | null
  readonly title: string | null
}

export interface Fulfilment {
  /** Internal id in the ERP. */
  readonly fulfilmentId: string
  /** The shop's order number. */
  readonly orderNumber: string
  /** What the order was given at the ERP to find it by: connection-order number. Null where the ERP does not tell it. */
  readonly orderReference: string | null
  /** shipment, closure, cancellation or confirmation. */
  readonly kind: string
  readonly shippedAt: EpochMillis | null
  readonly lines: ReadonlyArray<FulfilmentLine>
  readonly tracks: ReadonlyArray<Track>
  /** Every other field the source gave, by its own name; each value is JSON text. */
  readonly attributes: Readonly<Record<string, string>>
}

/** A shipment, closure or cancellation as the vendor's ERP has it. */
export interface FulfilmentChanged {
  /** Idempotency key of the event: digest of source, entity, key, occurredAt, deleted and data. */
  readonly eventId: string
  /** Digest of deleted and data alone; used only to see that nothing changed. */
  readonly contentDigest: string
  /** Id of the system the change was read from, for example magento. */
  readonly source: string
  /** The entity's key in that system: order number, SKU. The record key is source|key. */
  readonly key: string
  /** The sync task that read it; null for a push (webhook, API). */
  readonly taskId: string | null
  /** The source's own time of the change, UTC; null where the source has none. */
  readonly occurredAt: EpochMillis | null
  /** Start of the request that read it, never less than the last one of the same read. The version of an entity is (occurredAt, readAt). */
  readonly readAt: EpochMillis
  /** True when the entity no longer exists at the source; data is then its last known content. */
  readonly deleted: boolean
  readonly data: Fulfilment
  /** The entity as the source gave it, JSON text; what a later mapping may need. */
  readonly raw: string | null
}

export interface GalleryImage {
  readonly url: string
  readonly position: number
  readonly label: string | null
  readonly mediaType: string
  readonly storeId: string | null
  /** What tells the picture from others where the address does not: it is signed anew, or the picture changed at the same address. Null: the address tells. */
  readonly picture: string | null
}

export interface ImageGallery {
  readonly sku: string
  readonly image: string | null
  readonly smallImage: string | null
  readonly thumbnail: string | null
  readonly swatchImage: string | null
  readonly gallery: ReadonlyArray<GalleryImage>
  /** Every other field the source gave, by its own name; each value is JSON text. */
  readonly attributes: Readonly<Record<string, string>>
}

export interface ImageGalleryChanged {
  /** Idempotency key of the event: digest of source, entity, key, occurredAt, deleted and data. */
  readonly eventId: string
  /** Digest of deleted and data alone; used only to see that nothing changed. */
  readonly contentDigest: string
  /** Id of the system the change was read from, for example magento. */
  readonly source: string
  /** The entity's key in that system: order number, SKU. The record key is source|key. */
  readonly key: string
  /** The sync task that read it; null for a push (webhook, API). */
  readonly taskId: string | null
  /** The source's own time of the change, UTC; null where the source has none. */
  readonly occurredAt: EpochMillis | null
  /** Start of the request that read it, never less than the last one of the same read. The version of an entity is (occurredAt, readAt). */
  readonly readAt: EpochMillis
  /** True when the entity no longer exists at the source; data is then its last known content. */
  readonly deleted: boolean
  readonly data: ImageGallery
  /** The entity as the source gave it, JSON text; what a later mapping may need. */
  readonly raw: string | null
}

export interface LocationStock {
  readonly location: string
  readonly onHand: Decimal8
  readonly available: Decimal8
  /** Every other field the source gave, by its own name; each value is JSON text. */
  readonly attributes: Readonly<Record<string, string>>
}

export interface Inventory {
  readonly sku: string
  /** Absolute levels of every location, never deltas. */
  readonly locations: ReadonlyArray<LocationStock>
  /** Every other field the source gave, by its own name; each value is JSON text. */
  readonly attributes: Readonly<Record<string, string>>
}

export interface InventoryChanged {
  /** Idempotency key of the event: digest of source, entity, key, occurredAt, deleted and data. */
  readonly eventId: string
  /** Digest of deleted and data alone; used only to see that nothing changed. */
  readonly contentDigest: string
  /** Id of the system the change was read from, for example magento. */
  readonly source: string
  /** The entity's key in that system: order number, SKU. The record key is source|key. */
  readonly key: string
  /** The sync task that read it; null for a push (webhook, API). */
  readonly taskId: string | null
  /** The source's own time of the change, UTC; null where the source has none. */
  readonly occurredAt: EpochMillis | null
  /** Start of the request that read it, never less than the last one of the same read. The version of an entity is (occurredAt, readAt). */
  readonly readAt: EpochMillis
  /** True when the entity no longer exists at the source; data is then its last known content. */
  readonly deleted: boolean
  readonly data: Inventory
  /** The entity as the source gave it, JSON text; what a later mapping may need. */
  readonly raw: string | null
}

export interface Address {
  readonly firstName: string | null
  readonly lastName: string | null
  readonly company: string | null
  readonly street: ReadonlyArray<string>
  readonly city: string | null
  readonly region: string | null
  readonly regionCode: string | null
  readonly postalCode: string | null
  /** ISO 3166-1 alpha-2 */
  readonly countryCode: string | null
  readonly phone: string | null
  readonly email: string | null
  /** Before the first name: Dr. */
  readonly namePrefix: string | null
  /** Between first and last name. */
  readonly middleName: string | null
  /** After the last name: Jr. */
  readonly nameSuffix: string | null
  /** VAT registration number. */
  readonly vatNumber: string | null
}

export interface LineAmounts {
  readonly unitPrice: Decimal8
  readonly rowTotal: Decimal4
  readonly discount: Decimal4
  readonly tax: Decimal4
}

export interface OrderLine {
  readonly lineId: string
  /** The line this one is a component of (configurable, bundle). */
  readonly parentLineId: string | null
  readonly sku: string
  readonly name: string
  readonly productType: string
  readonly quantityOrdered: Decimal8
  readonly quantityCanceled: Decimal8
  readonly quantityInvoiced: Decimal8
  readonly quantityShipped: Decimal8
  readonly quantityRefunded: Decimal8
  readonly unitPrice: Decimal8
  readonly originalPrice: Decimal8 | null
  /** Positive amount taken off the row. */
  readonly discount: Decimal4
  readonly tax: Decimal4
  /** Before discount and tax. */
  readonly rowTotal: Decimal4
  /** What a component costs itself, where the shop says it: the amounts above are with its top-level line. */
  readonly ownAmounts: LineAmounts | null
  /** Every other field the source gave, by its own name; each value is JSON text. */
  readonly attributes: Readonly<Record<string, string>>
}

export interface Charge {
  /** fixed_product_tax, gift_wrapping, custom_fee, fee, rounding, or unexplained */
  readonly kind: string
  /** What the shop calls it. */
  readonly name: string | null
  /** The line it is charged for; null: the order as a whole. */
  readonly lineId: string | null
  readonly amount: Decimal4
  /** Charged on it, beside the tax of the lines. */
  readonly tax: Decimal4
}

export interface Order {
  /** Internal id (Magento entity_id). */
  readonly orderId: string
  /** What people call it (Magento increment_id). */
  readonly orderNumber: string
  readonly state: string
  readonly status: string
  readonly placedAt: EpochMillis
  /** Order number this one replaces (Magento relation_parent_real_id). */
  readonly amends: string | null
  readonly storeId: string | null
  /** ISO 4217 code of all amounts. */
  readonly currency: string
  readonly baseCurrency: string | null
  readonly baseGrandTotal: Decimal4 | null
  readonly customerId: string | null
  readonly customerGroup: string | null
  readonly customerEmail: string
  readonly billingAddress: Address
  readonly shippingAddress: Address | null
  readonly shippingMethod: string | null
  readonly paymentMethod: string | null
  readonly purchaseOrderNumber: string | null
  readonly couponCode: string | null
  readonly lines: ReadonlyArray<OrderLine>
  readonly subtotal: Decimal4
  /** Positive. */
  readonly discount: Decimal4
  readonly shipping: Decimal4
  readonly shippingTax: Decimal4
  /** Of the lines; shipping tax is apart. */
  readonly tax: Decimal4
  /** Positive amount paid by gift card. */
  readonly giftCard: Decimal4
  /** Positive amount paid by store credit. */
  readonly storeCredit: Decimal4
  /** What is charged beside lines and shipping. */
  readonly charges: ReadonlyArray<Charge>
  /** subtotal - discount + shipping + shippingTax + tax + charges - giftCard - storeCredit */
  readonly grandTotal: Decimal4
  /** Every other field the source gave, by its own name; each value is JSON text. */
  readonly attributes: Readonly<Record<string, string>>
}

export interface OrderChanged {
  /** Idempotency key of the event: digest of source, entity, key, occurredAt, deleted and data. */
  readonly eventId: string
  /** Digest of deleted and data alone; used only to see that nothing changed. */
  readonly contentDigest: string
  /** Id of the system the change was read from, for example magento. */
  readonly source: string
  /** The entity's key in that system: order number, SKU. The record key is source|key. */
  readonly key: string
  /** The sync task that read it; null for a push (webhook, API). */
  readonly taskId: string | null
  /** The source's own time of the change, UTC; null where the source has none. */
  readonly occurredAt: EpochMillis | null
  /** Start of the request that read it, never less than the last one of the same read. The version of an entity is (occurredAt, readAt). */
  readonly readAt: EpochMillis
  /** True when the entity no longer exists at the source; data is then its last known content. */
  readonly deleted: boolean
  readonly data: Order
  /** The entity as the source gave it, JSON text; what a later mapping may need. */
  readonly raw: string | null
}

export interface PriceTier {
  /** Lowest quantity that the price applies to. */
  readonly from: Decimal8
  readonly price: Decimal8
}

export interface PriceAtLevel {
  /** Name of the price level or price list. */
  readonly level: string
  /** Price of one piece; null where only larger quantities have a price. */
  readonly price: Decimal8 | null
  /** ISO 4217 code; null where the source does not say. */
  readonly currency: string | null
  /** Prices of larger quantities, by quantity. */
  readonly tiers: ReadonlyArray<PriceTier>
  /** First moment, UTC; null: valid already. */
  readonly validFrom: EpochMillis | null
  /** First moment after it, UTC; null: no end. */
  readonly validTo: EpochMillis | null
}

export interface Prices {
  readonly sku: string
  /** The source's own currency, which the cost is in; null where it does not say. */
  readonly currency: string | null
  /** What one piece costs the vendor; null where it is not read. */
  readonly cost: Decimal8 | null
  /** Every price of the SKU: by level, currency and period. */
  readonly levels: ReadonlyArray<PriceAtLevel>
  /** Every other field the source gave, by its own name; each value is JSON text. */
  readonly attributes: Readonly<Record<string, string>>
}

export interface PricesChanged {
  /** Idempotency key of the event: digest of source, entity, key, occurredAt, deleted and data. */
  readonly eventId: string
  /** Digest of deleted and data alone; used only to see that nothing changed. */
  readonly contentDigest: string
  /** Id of the system the change was read from, for example magento. */
  readonly source: string
  /** The entity's key in that system: order number, SKU. The record key is source|key. */
  readonly key: string
  /** The sync task that read it; null for a push (webhook, API). */
  readonly taskId: string | null
  /** The source's own time of the change, UTC; null where the source has none. */
  readonly occurredAt: EpochMillis | null
  /** Start of the request that read it, never less than the last one of the same read. The version of an entity is (occurredAt, readAt). */
  readonly readAt: EpochMillis
  /** True when the entity no longer exists at the source; data is then its last known content. */
  readonly deleted: boolean
  readonly data: Prices
  /** The entity as the source gave it, JSON text; what a later mapping may need. */
  readonly raw: string | null
}

export interface PriceLevel {
  readonly level: string
  readonly quantity: Decimal8
  readonly price: Decimal8
}

export interface Product {
  readonly sku: string
  readonly name: string | null
  readonly productType: string
  readonly active: boolean
  /** Of a variant: its configurable or matrix parent. */
  readonly parentSku: string | null
  readonly barcode: string | null
  readonly manufacturer: string | null
  readonly price: Decimal8 | null
  readonly currency: string | null
  readonly priceLevels: ReadonlyArray<PriceLevel>
  readonly weight: Decimal8 | null
  readonly weightUnit: string | null
  /** Every other field the source gave, by its own name; each value is JSON text. */
  readonly attributes: Readonly<Record<string, string>>
}

export interface ProductChanged {
  /** Idempotency key of the event: digest of source, entity, key, occurredAt, deleted and data. */
  readonly eventId: string
  /** Digest of deleted and data alone; used only to see that nothing changed. */
  readonly contentDigest: string
  /** Id of the system the change was read from, for example magento. */
  readonly source: string
  /** The entity's key in that system: order number, SKU. The record key is source|key. */
  readonly key: string
  /** The sync task that read it; null for a push (webhook, API). */
  readonly taskId: string | null
  /** The source's own time of the change, UTC; null where the source has none. */
  readonly occurredAt: EpochMillis | null
  /** Start of the request that read it, never less than the last one of the same read. The version of an entity is (occurredAt, readAt). */
  readonly readAt: EpochMillis
  /** True when the entity no longer exists at the source; data is then its last known content. */
  readonly deleted: boolean
  readonly data: Product
  /** The entity as the source gave it, JSON text; what a later mapping may need. */
  readonly raw: string | null
}

/** What one shop is to have of a fulfilment. */
export interface ShopFulfilmentRequested {
  /** Derived from the source event's id, the connection and the mapping revision: the same input gives the same id. */
  readonly eventId: string
  /** Digest of what the target is to have; equal digests mean nothing to write. */
  readonly contentDigest: string
  /** Id of the connection it is meant for. */
  readonly connection: string
  /** Id of the system the change was read from, for example magento. */
  readonly source: string
  /** The fulfilment's id in the ERP. The record key is connection|key. */
  readonly key: string
  /** The sync task that read it; null for a push (webhook, API). */
  readonly taskId: string | null
  /** The source's own time of the change, UTC; null where the source has none. */
  readonly occurredAt: EpochMillis | null
  /** Start of the request that read it, never less than the last one of the same read. The version of an entity is (occurredAt, readAt). */
  readonly readAt: EpochMillis
  readonly data: Fulfilment
}

export interface UniversalGalleryImage {
  readonly url: string
  readonly position: number
  readonly label: string | null
  readonly mediaType: string
  /** What tells the picture from others where the address does not: it is signed anew, or the picture changed at the same address. Null: the address tells. */
  readonly picture: string | null
}

export interface UniversalImages {
  readonly sku: string
  readonly image: string | null
  readonly smallImage: string | null
  readonly thumbnail: string | null
  readonly swatchImage: string | null
  readonly gallery: ReadonlyArray<UniversalGalleryImage>
}

/** What a shop that does not pull is to have of its images feed. */
export interface ShopImagesRequested {
  /** Derived from the source event's id, the connection and the mapping revision: the same input gives the same id. */
  readonly eventId: string
  /** Digest of what the target is to have; equal digests mean nothing to write. */
  readonly contentDigest: string
  /** Id of the connection it is meant for. */
  readonly connection: string
  /** Id of the system the change was read from, for example magento. */
  readonly source: string
  /** The SKU. The record key is connection|key. */
  readonly key: string
  /** The sync task that read it; null for a push (webhook, API). */
  readonly taskId: string | null
  /** The source's own time of the change, UTC; null where the source has none. */
  readonly occurredAt: EpochMillis | null
  /** Start of the request that read it, never less than the last one of the same read. The version of an entity is (occurredAt, readAt). */
  readonly readAt: EpochMillis
  /** Revision of the connection's mapping that made it; a row accepts the higher (version, mapping revision). */
  readonly mappingRevision: number
  /** True when the entity no longer exists at the source; data is then its last known content. */
  readonly deleted: boolean
  readonly data: UniversalImages
}

export interface UniversalLocationStock {
  readonly location: string
  readonly onHand: Decimal8
  readonly available: Decimal8
}

export interface UniversalInventory {
  readonly sku: string
  /** Sum of what is available at every location. */
  readonly total: Decimal8
  readonly inStock: boolean
  /** Absolute levels of every location, never deltas. */
  readonly locations: ReadonlyArray<UniversalLocationStock>
}

/** What a shop that does not pull is to have of its inventory feed. */
export interface ShopInventoryRequested {
  /** Derived from the source event's id, the connection and the mapping revision: the same input gives the same id. */
  readonly eventId: string
  /** Digest of what the target is to have; equal digests mean nothing to write. */
  readonly contentDigest: string
  /** Id of the connection it is meant for. */
  readonly connection: string
  /** Id of the system the change was read from, for example magento. */
  readonly source: string
  /** The SKU. The record key is connection|key. */
  readonly key: string
  /** The sync task that read it; null for a push (webhook, API). */
  readonly taskId: string | null
  /** The source's own time of the change, UTC; null where the source has none. */
  readonly occurredAt: EpochMillis | null
  /** Start of the request that read it, never less than the last one of the same read. The version of an entity is (occurredAt, readAt). */
  readonly readAt: EpochMillis
  /** Revision of the connection's mapping that made it; a row accepts the higher (version, mapping revision). */
  readonly mappingRevision: number
  /** True when the entity no longer exists at the source; data is then its last known content. */
  readonly deleted: boolean
  readonly data: UniversalInventory
}

export interface UniversalProduct {
  readonly sku: string
  /** The seller's attributes by name; each value is JSON text. */
  readonly attributes: Readonly<Record<string, string>>
}

/** What a shop that does not pull is to have of its products feed. */
export interface ShopProductsRequested {
  /** Derived from the source event's id, the connection and the mapping revision: the same input gives the same id. */
  readonly eventId: string
  /** Digest of what the target is to have; equal digests mean nothing to write. */
  readonly contentDigest: string
  /** Id of the connection it is meant for. */
  readonly connection: string
  /** Id of the system the change was read from, for example magento. */
  readonly source: string
  /** The SKU. The record key is connection|key. */
  readonly key: string
  /** The sync task that read it; null for a push (webhook, API). */
  readonly taskId: string | null
  /** The source's own time of the change, UTC; null where the source has none. */
  readonly occurredAt: EpochMillis | null
  /** Start of the request that read it, never less than the last one of the same read. The version of an entity is (occurredAt, readAt). */
  readonly readAt: EpochMillis
  /** Revision of the connection's mapping that made it; a row accepts the higher (version, mapping revision). */
  readonly mappingRevision: number
  /** True when the entity no longer exists at the source; data is then its last known content. */
  readonly deleted: boolean
  readonly data: UniversalProduct
}

/** A request to run a read. */
export interface SyncRequested {
  /** Deterministic for a schedule's tick; given by the caller or made once otherwise. The run's task id is made from it. */
  readonly requestId: string
  /** Id of the read: system.entity.scope. It is the record key. */
  readonly read: string
  /** schedule, api, cli, webhook or start. */
  readonly trigger: string
  readonly requestedAt: EpochMillis
  readonly requestedBy: string | null
  readonly reason: string | null
  /** Read again from here instead of the cut date; the cut date stays. */
  readonly from: EpochMillis | null
  /** A queue to drain instead of a read of the source. */
  readonly queueUrl: string | null
}

export interface EntityResult {
  /** Topic of the source event: orders, products, inventory, images, fulfilments. */
  readonly entity: string
  readonly source: string
  readonly key: string
  /** Null before the entity is routed. */
  readonly connection: string | null
  readonly eventId: string
  readonly occurredAt: EpochMillis | null
  readonly readAt: EpochMillis
  /** new, processing, succeeded, failed, ignored, unknown, canceled, superseded or waiting. */
  readonly status: string
  /** Stable code of the reason. */
  readonly code: string | null
  readonly message: string | null
  /** Id of what was made at the target. */
  readonly targetId: string | null
  /** Of a delivered order: the same while the vendor's content is the same, and new whenever it changes. Null from other stages and before it was reported. */
  readonly contentId: string | null
}

/** A record of a topic. */
export interface Place {
  /** With its prefix. */
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** Of the value. */
  readonly bytes: number
}

/** Where the events behind a result are kept. */
export interface ResultPlaces {
  /** Of the event as it was read. */
  readonly source: Place | null
  /** Of the event as it was mapped for the connection. */
  readonly mapped: Place | null
}

/** What became of entities at one stage. */
export interface SyncStatusReported {
  /** The run the entities were read by; null for a push. */
  readonly taskId: string | null
  /** Who reports: a producer, processor, sink or projection by its name. */
  readonly stage: string
  /** Partition of the stage's input; 0 for a producer. The record key is task|stage partition. */
  readonly partition: number
  readonly at: EpochMillis
  /** At most 500. */
  readonly results: ReadonlyArray<EntityResult>
  /** One for each result, in their order; empty from stages that have no records, and before there were places. */
  readonly places: ReadonlyArray<ResultPlaces>
}

/** A row of the images feed, mapped for one connection. */
export interface UniversalImagesChanged {
  /** Derived from the source event's id, the connection and the mapping revision: the same input gives the same id. */
  readonly eventId: string
  /** Digest of what the target is to have; equal digests mean nothing to write. */
  readonly contentDigest: string
  /** Id of the connection it is meant for. */
  readonly connection: string
  /** Id of the system the change was read from, for example magento. */
  readonly source: string
  /** The SKU. The record key is connection|source|sku. */
  readonly key: string
  /** The sync task that read it; null for a push (webhook, API). */
  readonly taskId: string | null
  /** The source's own time of the change, UTC; null where the source has none. */
  readonly occurredAt: EpochMillis | null
  /** Start of the request that read it, never less than the last one of the same read. The version of an entity is (occurredAt, readAt). */
  readonly readAt: EpochMillis
  /** Revision of the connection's mapping that made it; a row accepts the higher (version, mapping revision). */
  readonly mappingRevision: number
  /** True when the entity no longer exists at the source; data is then its last known content. */
  readonly deleted: boolean
  readonly data: UniversalImages
}

export interface ToldPieces {
  readonly at: EpochMillis
  readonly quantity: Decimal8
}

export interface StockClaimed {
  /** Grows with each change: the highest one counts. */
  readonly revision: number
  /** Pieces of orders that the vendor has not acknowledged. */
  readonly open: Decimal8
  /** Pieces that the vendor acknowledged: stock that was read later includes them. */
  readonly told: ReadonlyArray<ToldPieces>
  /** Nothing is sold until then, after an oversell; null: nothing is held. */
  readonly heldUntil: EpochMillis | null
}

/** A row of the inventory feed, mapped for one connection. */
export interface UniversalInventoryChanged {
  /** Derived from the source event's id, the connection and the mapping revision: the same input gives the same id. */
  readonly eventId: string
  /** Digest of what the target is to have; equal digests mean nothing to write. */
  readonly contentDigest: string
  /** Id of the connection it is meant for. */
  readonly connection: string
  /** Id of the system the change was read from, for example magento. */
  readonly source: string
  /** The SKU. The record key is connection|source|sku. */
  readonly key: string
  /** The sync task that read it; null for a push (webhook, API). */
  readonly taskId: string | null
  /** The source's own time of the change, UTC; null where the source has none. */
  readonly occurredAt: EpochMillis | null
  /** Start of the request that read it, never less than the last one of the same read. The version of an entity is (occurredAt, readAt). */
  readonly readAt: EpochMillis
  /** Revision of the connection's mapping that made it; a row accepts the higher (version, mapping revision). */
  readonly mappingRevision: number
  /** True when the entity no longer exists at the source; data is then its last known content. */
  readonly deleted: boolean
  readonly data: UniversalInventory
  /** What orders claim of the stock; null: unchanged. The levels of such an event are those of the last one without. */
  readonly claims: StockClaimed | null
}

export interface UniversalPriceTier {
  /** Lowest quantity that the price applies to. */
  readonly from: Decimal8
  readonly price: Decimal8
}

export interface UniversalPriceAtLevel {
  /** Name of the price level or price list. */
  readonly level: string
  /** Price of one piece; null where only larger quantities have a price. */
  readonly price: Decimal8 | null
  /** ISO 4217 code; null where the source does not say. */
  readonly currency: string | null
  /** Prices of larger quantities, by quantity. */
  readonly tiers: ReadonlyArray<UniversalPriceTier>
  /** First moment, UTC; null: valid already. */
  readonly validFrom: EpochMillis | null
  /** First moment after it, UTC; null: no end. */
  readonly validTo: EpochMillis | null
}

export interface UniversalPrices {
  readonly sku: string
  /** The source's own currency, which the cost is in; null where it does not say. */
  readonly currency: string | null
  /** What one piece costs the vendor; null where it is not read. */
  readonly cost: Decimal8 | null
  /** Every price of the SKU: by level, currency and period. */
  readonly levels: ReadonlyArray<UniversalPriceAtLevel>
}

/** A row of the prices feed, mapped for one connection. */
export interface UniversalPricesChanged {
  /** Derived from the source event's id, the connection and the mapping revision: the same input gives the same id. */
  readonly eventId: string
  /** Digest of what the target is to have; equal digests mean nothing to write. */
  readonly contentDigest: string
  /** Id of the connection it is meant for. */
  readonly connection: string
  /** Id of the system the change was read from, for example magento. */
  readonly source: string
  /** The SKU. The record key is connection|source|sku. */
  readonly key: string
  /** The sync task that read it; null for a push (webhook, API). */
  readonly taskId: string | null
  /** The source's own time of the change, UTC; null where the source has none. */
  readonly occurredAt: EpochMillis | null
  /** Start of the request that read it, never less than the last one of the same read. The version of an entity is (occurredAt, readAt). */
  readonly readAt: EpochMillis
  /** Revision of the connection's mapping that made it; a row accepts the higher (version, mapping revision). */
  readonly mappingRevision: number
  /** True when the entity no longer exists at the source; data is then its last known content. */
  readonly deleted: boolean
  readonly data: UniversalPrices
}

/** A row of the products feed, mapped for one connection. */
export interface UniversalProductsChanged {
  /** Derived from the source event's id, the connection and the mapping revision: the same input gives the same id. */
  readonly eventId: string
  /** Digest of what the target is to have; equal digests mean nothing to write. */
  readonly contentDigest: string
  /** Id of the connection it is meant for. */
  readonly connection: string
  /** Id of the system the change was read from, for example magento. */
  readonly source: string
  /** The SKU. The record key is connection|source|sku. */
  readonly key: string
  /** The sync task that read it; null for a push (webhook, API). */
  readonly taskId: string | null
  /** The source's own time of the change, UTC; null where the source has none. */
  readonly occurredAt: EpochMillis | null
  /** Start of the request that read it, never less than the last one of the same read. The version of an entity is (occurredAt, readAt). */
  readonly readAt: EpochMillis
  /** Revision of the connection's mapping that made it; a row accepts the higher (version, mapping revision). */
  readonly mappingRevision: number
  /** True when the entity no longer exists at the source; data is then its last known content. */
  readonly deleted: boolean
  readonly data: UniversalProduct
}

/** What one vendor's ERP is to have of an order. */
export interface VendorOrderRequested {
  /** Derived from the source event's id, the connection and the mapping revision: the same input gives the same id. */
  readonly eventId: string
  /** Digest of what the target is to have; equal digests mean nothing to write. */
  readonly contentDigest: string
  /** Id of the connection it is meant for. */
  readonly connection: string
  /** Id of the system the change was read from, for example magento. */
  readonly source: string
  /** The order number. The record key is connection|key. */
  readonly key: string
  /** The sync task that read it; null for a push (webhook, API). */
  readonly taskId: string | null
  /** The source's own time of the change, UTC; null where the source has none. */
  readonly occurredAt: EpochMillis | null
  /** Start of the request that read it, never less than the last one of the same read. The version of an entity is (occurredAt, readAt). */
  readonly readAt: EpochMillis
  /** True when the vendor is to deliver nothing of it (any more); data then has no lines. */
  readonly canceled: boolean
  /** The target is not to have it before: a send delay, or the end of a hold. Null: at once. */
  readonly sendAfter: EpochMillis | null
  /** The order with the vendor's lines alone and the totals of these lines. */
  readonly data: Order
  /** The vendor's own fields by the connection's order map; each value is JSON text. */
  readonly fields: Readonly<Record<string, string>>
  /** Revision of the connection that mapped it; of two events of one version the higher is the newer. 0: from before it was told. */
  readonly mappingRevision: number
  /** True: the shop has it on hold, and the vendor is to wait with it. */
  readonly held: boolean
}

/** The event type of each schema, by file name. */
export interface SchemaEvents {
  readonly 'dead-lettered': DeadLettered
  readonly 'fulfilment-changed': FulfilmentChanged
  readonly 'image-gallery-changed': ImageGalleryChanged
  readonly 'inventory-changed': InventoryChanged
  readonly 'order-changed': OrderChanged
  readonly 'prices-changed': PricesChanged
  readonly 'product-changed': ProductChanged
  readonly 'shop-fulfilment-requested': ShopFulfilmentRequested
  readonly 'shop-images-requested': ShopImagesRequested
  readonly 'shop-inventory-requested': ShopInventoryRequested
  readonly 'shop-products-requested': ShopProductsRequested
  readonly 'sync-requested': SyncRequested
  readonly 'sync-status-reported': SyncStatusReported
  readonly 'universal-images-changed': UniversalImagesChanged
  readonly 'universal-inventory-changed': UniversalInventoryChanged
  readonly 'universal-prices-changed': UniversalPricesChanged
  readonly 'universal-products-changed': UniversalProductsChanged
  readonly 'vendor-order-requested': VendorOrderRequested
}
