import Type, { type Static } from 'typebox'
import { entities, pushedEntities } from '../events/topics.ts'
import { feedPoliciesSchema } from './feed-policies-schema.ts'
import { mappingTestSchema } from './mapping-test-schema.ts'
import { stalePolicies } from './model.ts'
import { recipientSchema } from './recipient-schema.ts'
import { attributeRule } from './rule-schema.ts'
import {
  enabled,
  filledList,
  id,
  identifier,
  MOST_NAMES,
  MOST_PARTS,
  MOST_RULES,
  MOST_SKUS,
  SYSTEM_ADDRESS,
  scalar,
  secret,
  strict,
  text,
  texts,
} from './schema-parts.ts'
import { sellableStockSchema } from './sellable-stock-schema.ts'
import { subscriptionSchema } from './subscription-schema.ts'

/** A list means the same as one text with its members separated by commas. */
const filterValue = Type.Union(
  [Type.String(), Type.Number(), Type.Boolean(), Type.Array(scalar('a value'), { maxItems: MOST_RULES })],
  {
    description: 'value of the filter',
    $comment: 'a text, number, true or false, or a list of them',
  },
)

/** 31 to 36500. */
const DAYS = '(3[1-9]|[4-9][0-9]|[1-9][0-9]{2,3}|[12][0-9]{4}|3[0-5][0-9]{3}|36[0-4][0-9]{2}|36500)'

const keptFor = (what: string) =>
  Type.Optional(
    Type.String({
      pattern: `^${DAYS} days$`,
      description: `${what}; by default RETAIN_ORDERS_DAYS`,
      $comment: 'a time from "31 days" to "36500 days", for example "400 days"',
    }),
  )

const read = Type.Object(
  {
    enabled: enabled('no runs are started'),
    entity: Type.Enum([...entities], { description: 'entity that is read' }),
    scope: Type.Optional(id('name of the filter, "all" by default')),
    schedule: Type.Optional(text('cron expression of five fields, or six with seconds; without it, only on request')),
    zone: Type.Optional(text('IANA zone of the schedule, for example Europe/Berlin; UTC by default')),
    startFrom: Type.Optional(text('time with its zone, for example 2026-01-01T00:00:00Z; required for orders')),
    pageSize: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'rows per page; 100 by default' })),
    settleSeconds: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 3600, description: 'a window ends this long before now; 5 by default' }),
    ),
    overlapSeconds: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 86_400, description: 'a window starts this much earlier; 60 by default' }),
    ),
    filter: Type.Optional(
      Type.Record(Type.String(), filterValue, {
        maxProperties: MOST_PARTS,
        description: "filter, in the system's own terms",
      }),
    ),
    sweep: Type.Optional(
      Type.Object(
        {
          schedule: Type.Optional(text('cron expression, in the zone of the read; without it, only on request')),
          mostGone: Type.Optional(
            Type.Number({ minimum: 0, maximum: 1, description: 'share that may be gone at once; 0.2 by default' }),
          ),
        },
        { ...strict, description: 'finds rows that were deleted at the source: schedule, mostGone' },
      ),
    ),
  },
  strict,
)

export const systemSchema = Type.Object(
  {
    kind: Type.Literal('system'),
    enabled: enabled('it is neither read nor written, and its deliveries wait'),
    id: id('id of the system'),
    type: text('type of the system'),
    address: Type.String({
      maxLength: 2_000,
      pattern: `^(${SYSTEM_ADDRESS}|env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$`,
      description: 'address of the system; in files also env:NAME of CONFIG_ENV_NAMES, or file:PATH in the same folder',
      $comment:
        'an http(s), sftp, ftp(s), imap(s), s3 or folder address, or a reference to it in a file: env:NAME or file:PATH',
    }),
    secrets: Type.Optional(
      Type.Record(Type.String(), secret, { maxProperties: MOST_PARTS, description: 'references by name' }),
    ),
    zone: Type.Optional(text("IANA zone of the system's times without a zone; UTC by default")),
    limits: Type.Optional(
      Type.Object(
        {
          concurrency: Type.Integer({ minimum: 1, maximum: 100, description: 'most concurrent calls' }),
          perMinute: Type.Optional(
            Type.Integer({
              minimum: 1,
              maximum: 1_000_000,
              description: 'most calls per minute, if the system limits them',
            }),
          ),
        },
        {
          ...strict,
          description: "limits of the system's account: concurrency, perMinute; those of its type by default",
        },
      ),
    ),
    overlapSeconds: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 86_400, description: 'default of overlapSeconds for its reads' }),
    ),
    settings: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), {
        maxProperties: MOST_PARTS,
        description: 'settings of this type of system',
      }),
    ),
    reads: Type.Optional(Type.Array(read, { maxItems: MOST_PARTS, description: 'reads of the system' })),
    retention: Type.Optional(
      Type.Object(
        {
          orders: keptFor('time after the month of an order until its personal data is forgotten'),
          fulfilments: keptFor('time after the month of a fulfilment until its personal data is forgotten'),
        },
        {
          ...strict,
          description: 'how long personal data is kept, by entity: orders, fulfilments; for example 400 days',
        },
      ),
    ),
  },
  { ...strict, title: 'System' },
)

/** Exactly one of the fields; `check-ownership.ts` checks that, for a better message. */
const ownership = Type.Object(
  {
    skuPattern: Type.Optional(
      text("regular expression on the vendor's SKUs; in files also file:PATH of one in the same folder"),
    ),
    skus: Type.Optional(filledList(text('a SKU'), MOST_SKUS, "the vendor's SKUs")),
    attribute: Type.Optional(
      Type.Object(
        {
          name: text("name of the seller's attribute"),
          values: filledList(scalar('a value'), MOST_NAMES, "values that are the vendor's"),
        },
        { ...strict, description: "an attribute of the product and its values that are the vendor's" },
      ),
    ),
    manufacturer: Type.Optional(
      filledList(text('a manufacturer'), MOST_NAMES, "manufacturers whose products are the vendor's"),
    ),
    feed: Type.Optional(Type.Literal(true, { description: "true: the SKUs in the vendor's feed of products" })),
  },
  {
    ...strict,
    description: "rule for the vendor's order lines and SKUs: one of skuPattern, skus, attribute, manufacturer, feed",
  },
)

const chargeShare = Type.Enum(['seller', 'shared'], { description: 'seller or shared' })

export const orderMapSchema = Type.Object(
  {
    shipMethods: Type.Optional(texts("shop's shipping method to the vendor's id of it")),
    location: Type.Optional(Type.Union([Type.String(), Type.Null()], { description: "vendor's location id" })),
    fields: Type.Optional(
      Type.Array(attributeRule, {
        maxItems: MOST_RULES,
        description: "fields of the vendor's order, by the vendor's own names",
      }),
    ),
  },
  strict,
)

export const connectionSchema = Type.Object(
  {
    kind: Type.Literal('connection'),
    enabled: enabled('all its work waits'),
    id: id('id of the connection'),
    shop: id('id of the shop system'),
    vendor: id('id of the vendor system'),
    reads: Type.Array(text('id of a read: system.entity.scope'), {
      maxItems: MOST_PARTS,
      description: 'ids of reads, system.entity.scope',
    }),
    ownership,
    orderStates: Type.Optional(
      filledList(text('state of an order'), MOST_PARTS, 'states in which an order starts at the vendor'),
    ),
    hold: Type.Optional(
      Type.Object(
        {
          atMost: Type.Optional(
            Type.Number({
              minimum: 0,
              maximum: 720,
              description: 'hours until an order on hold is taken back from the vendor, 0 to 720',
            }),
          ),
          tell: Type.Optional(
            Type.Boolean({
              description: "true: the order stays, and the vendor's ERP shows that it waits; instead of atMost",
            }),
          ),
        },
        { ...strict, description: 'what happens at the vendor when the shop puts an order on hold: atMost, or tell' },
      ),
    ),
    bundles: Type.Optional(
      Type.Enum(['split', 'refuse'], {
        description: 'bundles with only some components of the vendor: split (by default) or refuse',
      }),
    ),
    charges: Type.Optional(
      Type.Object(
        {
          gift_wrapping: Type.Optional(chargeShare),
          custom_fee: Type.Optional(chargeShare),
          fee: Type.Optional(chargeShare),
        },
        {
          ...strict,
          description:
            'who gets charges on a whole order, by kind: seller (by default) or shared among all by their lines',
        },
      ),
    ),
    billTo: Type.Optional(
      Type.Enum(['consumer', 'seller'], {
        description: "customer of the order at the vendor: the shop's customer (consumer, by default) or the seller",
      }),
    ),
    customer: Type.Optional(identifier("the vendor's id of the seller as its customer; with billTo: seller")),
    prices: Type.Optional(
      Type.Enum(['shop', 'priceLevel', 'list', 'none'], {
        description:
          "prices of the order: the shop's (by default), a price level of the ERP, those of costs, or the ERP's (none)",
      }),
    ),
    priceLevel: Type.Optional(identifier("the vendor's id of the price level; with prices: priceLevel")),
    costs: Type.Optional(
      Type.Union(
        [
          Type.Record(Type.String(), identifier('a price'), { maxProperties: MOST_SKUS }),
          text('name of a CSV file of SKUs and prices'),
        ],
        {
          description: 'prices by SKU, or a CSV file of them in the folder; with prices: list',
          $comment: 'prices by SKU, or the name of a CSV file',
        },
      ),
    ),
    shipping: Type.Optional(
      Type.Enum(['shop', 'none'], {
        description: 'shop: the order includes the shipping that the shop charged (default with prices: shop); or none',
      }),
    ),
    holdMinutes: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 43_200,
        description: 'minutes from the placement of an order to its delivery to the vendor, 0 to 43200; 0 by default',
      }),
    ),
    ordersFrom: Type.Optional(
      text('time with its zone: orders placed before it are not delivered; required if the shop was read before'),
    ),
    push: Type.Optional(
      Type.Array(Type.Enum([...pushedEntities]), {
        maxItems: MOST_PARTS,
        description: 'feeds that are pushed to the shop: products, inventory, images; the shop pulls the others',
      }),
    ),
    fulfilments: Type.Optional(
      Type.Object(
        {
          notifyCustomer: Type.Optional(
            Type.Boolean({ description: 'true: the shop notifies its customer; false by default' }),
          ),
          carriers: Type.Optional(texts("vendor's carrier or ship method to the shop's carrier code")),
        },
        { ...strict, description: "how the vendor's shipments are written into the shop: notifyCustomer, carriers" },
      ),
    ),
    stock: Type.Optional(
      Type.Object(
        { locations: texts("vendor's location (or * for all others) to the shop's source code or location id") },
        { ...strict, description: "how the vendor's stock is sent to the shop: locations" },
      ),
    ),
    staleStock: Type.Optional(
      Type.Object(
        {
          afterMinutes: Type.Integer({
            minimum: 1,
            maximum: 43_200,
            description: 'minutes since the source was last read in full, 1 to 43200; several times its schedule',
          }),
          policy: Type.Enum([...stalePolicies], {
            description: 'keep; hold (out of stock); buffer (at most so many pieces); zero',
          }),
          buffer: Type.Optional(
            Type.Integer({
              minimum: 1,
              maximum: 1_000_000,
              description: 'pieces that may still be sold; with policy: buffer',
            }),
          ),
        },
        { ...strict, description: 'how stock is served whose source was not read for some time: afterMinutes, policy' },
      ),
    ),
    feeds: Type.Optional(feedPoliciesSchema),
    sellableStock: Type.Optional(sellableStockSchema),
    deleteDrainedQueues: Type.Optional(
      Type.Boolean({
        description: 'true: a queue named by a sync request is deleted once it is drained; false by default',
      }),
    ),
    orderMap: Type.Optional(orderMapSchema),
  },
  { ...strict, title: 'Connection' },
)

export const productMetadataSchema = Type.Object(
  {
    kind: Type.Literal('product-metadata'),
    connection: id('id of the connection'),
    destination: Type.Optional(
      Type.Object(
        {
          attributes: filledList(text('name of an attribute'), MOST_NAMES, 'attributes of the shop'),
        },
        { ...strict, description: 'attributes of the shop; a rule for another one is refused' },
      ),
    ),
    attributes: filledList(attributeRule, MOST_RULES, 'rules, one per attribute'),
  },
  { ...strict, title: 'Product metadata' },
)

/** Kinds of documents in YAML files; config/schema/waldstream.schema.json is generated from them. */
export const documentSchemas = {
  system: systemSchema,
  connection: connectionSchema,
  'product-metadata': productMetadataSchema,
  recipient: recipientSchema,
  subscription: subscriptionSchema,
  'mapping-test': mappingTestSchema,
} as const

export type DocumentKind = keyof typeof documentSchemas
/** Kinds that are stored in the tables; tests stay in their files. */
export type StoredKind = Exclude<DocumentKind, 'mapping-test'>
export type SystemDocument = Static<typeof systemSchema>
export type ReadDocument = Static<typeof read>
export type ConnectionDocument = Static<typeof connectionSchema>
export type RecipientDocument = Static<typeof recipientSchema>
export type SubscriptionDocument = Static<typeof subscriptionSchema>
export type ProductMetadataDocument = Static<typeof productMetadataSchema>
