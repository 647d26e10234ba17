import Type, { type Static, type TSchema } from 'typebox'
import { Check, Errors } from 'typebox/value'
import { StreamError } from '../errors.ts'
import { isFields } from '../events/fields.ts'
import { entities, pushedEntities } from '../events/topics.ts'
import type { StoredKind } from './document-schemas.ts'
import {
  type AttributeRule,
  type Connection,
  locationPolicies,
  MOST_GONE,
  notificationCauses,
  outgoingEventTypes,
  type ProductMetadata,
  REMIND_HOURS,
  type Read,
  type Recipient,
  type Subscription,
  type System,
  stalePolicies,
  type ValueSchema,
} from './model.ts'

/*
 * The form in which models are stored. It leaves out values that are not set, so that a new field in the model does not
 * change the digests of documents. Rows of older versions are read with the defaults of this version.
 */

const nullableText = Type.Union([Type.String(), Type.Null()])
const texts = Type.Record(Type.String(), Type.String())

const storedRead = Type.Object({
  id: Type.String(),
  system: Type.String(),
  entity: Type.Enum([...entities]),
  scope: Type.String(),
  schedule: nullableText,
  zone: Type.String(),
  startFrom: nullableText,
  pageSize: Type.Integer(),
  settleSeconds: Type.Number(),
  overlapSeconds: Type.Number(),
  filter: texts,
  sweep: Type.Optional(Type.Object({ schedule: nullableText, mostGone: Type.Number() })),
  enabled: Type.Optional(Type.Boolean()),
})

const storedSystem = Type.Object({
  id: Type.String(),
  type: Type.String(),
  address: Type.String(),
  secrets: texts,
  zone: Type.String(),
  limits: Type.Object({ concurrency: Type.Integer(), perMinute: Type.Optional(Type.Integer()) }),
  settings: Type.Record(Type.String(), Type.Unknown()),
  reads: Type.Array(storedRead),
  retention: Type.Optional(
    Type.Object({ orders: Type.Optional(Type.String()), fulfilments: Type.Optional(Type.String()) }),
  ),
  enabled: Type.Optional(Type.Boolean()),
})

const storedRule = Type.Object({
  attribute: Type.String(),
  from: Type.Optional(Type.String()),
  constant: Type.Optional(Type.String()),
  expression: Type.Optional(Type.String()),
  default: Type.Optional(Type.String()),
  required: Type.Boolean(),
  type: Type.Enum(['string', 'decimal', 'integer', 'boolean']),
  lookup: Type.Optional(texts),
  schema: Type.Optional(Type.Unsafe<ValueSchema>(Type.Object({}))),
})

const storedStaleStock = Type.Object({
  afterMinutes: Type.Integer(),
  policy: Type.Enum([...stalePolicies]),
  buffer: Type.Optional(Type.Integer()),
})
const storedBuffer = { fixed: Type.Optional(Type.Integer()), percent: Type.Optional(Type.Integer()) }

const storedSellableStock = Type.Object({
  locations: Type.Optional(
    Type.Object({ policy: Type.Enum([...locationPolicies]), names: Type.Optional(Type.Array(Type.String())) }),
  ),
  buffer: Type.Optional(
    Type.Object({
      ...storedBuffer,
      skus: Type.Optional(Type.Array(Type.Object({ match: Type.String(), ...storedBuffer }))),
    }),
  ),
  reserve: Type.Optional(Type.Boolean()),
  oversell: Type.Optional(
    Type.Object({ holdMinutes: Type.Integer(), reasons: Type.Optional(Type.Array(Type.String())) }),
  ),
})

const storedPolicies = Type.Object({
  staleStock: Type.Optional(storedStaleStock),
  sellableStock: Type.Optional(storedSellableStock),
})

const storedSkus = Type.Optional(Type.Enum(['vendor', 'all']))

const storedConnection = Type.Object({
  id: Type.String(),
  shop: Type.String(),
  vendor: Type.String(),
  reads: Type.Array(Type.String()),
  ownership: Type.Union([
    Type.Object({ skuPattern: Type.String() }),
    Type.Object({ skus: Type.Array(Type.String()) }),
    Type.Object({ attribute: Type.Object({ name: Type.String(), values: Type.Array(Type.String()) }) }),
    Type.Object({ manufacturer: Type.Array(Type.String()) }),
    Type.Object({ feed: Type.Literal(true) }),
  ]),
  orderStates: Type.Union([Type.Array(Type.String()), Type.Null()]),
  orderMap: Type.Object({
    shipMethods: texts,
    location: nullableText,
    fields: Type.Optional(Type.Array(storedRule)),
  }),
  hold: Type.Optional(Type.Object({ atMost: Type.Optional(Type.Number()), tell: Type.Optional(Type.Boolean()) })),
  bundles: Type.Optional(Type.Enum(['split', 'refuse'])),
  charges: Type.Optional(Type.Record(Type.String(), Type.Enum(['seller', 'shared']))),
  billTo: Type.Optional(Type.Enum(['consumer', 'seller'])),
  customer: Type.Optional(Type.String()),
  prices: Type.Optional(Type.Enum(['shop', 'priceLevel', 'list', 'none'])),
  priceLevel: Type.Optional(Type.String()),
  costs: Type.Optional(texts),
  shipping: Type.Optional(Type.Enum(['shop', 'none'])),
  holdMinutes: Type.Optional(Type.Number()),
  ordersFrom: Type.Optional(nullableText),
  push: Type.Optional(Type.Array(Type.Enum([...pushedEntities]))),
  fulfilments: Type.Optional(Type.Object({ notifyCustomer: Type.Boolean(), carriers: texts })),
  stock: Type.Optional(Type.Object({ locations: texts })),
  staleStock: Type.Optional(storedStaleStock),
  feeds: Type.Optional(
    Type.Object({
      inventory: Type.Optional(Type.Object({ skus: storedSkus })),
      prices: Type.Optional(
        Type.Object({
          levels: Type.Optional(Type.Array(Type.String())),
          cost: Type.Optional(Type.Boolean()),
          skus: storedSkus,
        }),
      ),
      images: Type.Optional(
        Type.Object({
          merge: Type.Optional(Type.Enum(['all', 'first'])),
          sources: Type.Optional(Type.Array(Type.String())),
          skus: storedSkus,
        }),
      ),
    }),
  ),
  sellableStock: Type.Optional(storedSellableStock),
  deleteDrainedQueues: Type.Optional(Type.Boolean()),
  enabled: Type.Optional(Type.Boolean()),
  revision: Type.Integer(),
})

const storedMetadata = Type.Object({
  connection: Type.String(),
  attributes: Type.Array(storedRule),
  destination: Type.Optional(Type.Object({ attributes: Type.Array(Type.String()) })),
})

const storedRecipient = Type.Object({
  id: Type.String(),
  email: Type.Optional(Type.Array(Type.String())),
  webhook: Type.Optional(Type.String()),
  secrets: Type.Optional(texts),
  connections: Type.Optional(Type.Array(Type.String())),
  systems: Type.Optional(Type.Array(Type.String())),
  causes: Type.Optional(Type.Array(Type.Enum([...notificationCauses]))),
  remindHours: Type.Optional(Type.Integer()),
  enabled: Type.Optional(Type.Boolean()),
})

const storedSubscription = Type.Object({
  id: Type.String(),
  webhook: Type.Optional(Type.String()),
  secrets: Type.Optional(texts),
  connections: Type.Optional(Type.Array(Type.String())),
  shops: Type.Optional(Type.Array(Type.String())),
  events: Type.Optional(Type.Array(Type.Enum([...outgoingEventTypes]))),
  enabled: Type.Optional(Type.Boolean()),
})

/** The stored value if it has this form. Throws `configuration_invalid`, which names the field but never its value. */
export function checkedForm<S extends TSchema>(schema: S, stored: unknown, what: string): Static<S> {
  if (Check(schema, stored)) return stored
  const [first] = Errors(schema, stored)
  const field = first?.instancePath.slice(1).replaceAll('/', '.') ?? ''
  const message = `${what} is stored in a form unknown to this version, at "${field}"; apply the configuration again`
  throw new StreamError('configuration_invalid', message, { field })
}

export function decodeSystem(stored: unknown): System {
  const system = checkedForm(storedSystem, stored, 'a system')
  return { ...system, reads: system.reads.map(decodeRead) }
}

function decodeRead({ sweep = { schedule: null, mostGone: MOST_GONE }, ...read }: Static<typeof storedRead>): Read {
  return { ...read, sweep }
}

export function decodeConnection(stored: unknown): Connection {
  const { orderMap, ...rest } = checkedForm(storedConnection, stored, 'a connection')
  const { shipMethods, location, fields = [] } = orderMap
  return {
    ...rest,
    orderMap: { shipMethods, location, fields: fields.map(decodeRule) },
    hold: rest.hold ?? null,
    bundles: rest.bundles ?? 'split',
    charges: rest.charges ?? {},
    billTo: rest.billTo ?? 'consumer',
    customer: rest.customer ?? null,
    prices: rest.prices ?? 'shop',
    priceLevel: rest.priceLevel ?? null,
    costs: rest.costs ?? {},
    shipping: rest.shipping ?? null,
    holdMinutes: rest.holdMinutes ?? null,
    ordersFrom: rest.ordersFrom ?? null,
    push: rest.push ?? [],
    fulfilments: rest.fulfilments ?? { notifyCustomer: false, carriers: {} },
    stock: rest.stock ?? null,
    deleteDrainedQueues: rest.deleteDrainedQueues ?? false,
  }
}

/** What limits the stock of a connection. */
export type StockPolicies = Pick<Connection, 'staleStock' | 'sellableStock'>

/** The policies in the document of a connection, whatever else cannot be read in it. */
export function stockPoliciesOf(stored: unknown): StockPolicies | 'unreadable' {
  if (!isFields(stored)) return 'unreadable'
  const { staleStock, sellableStock } = stored
  const policies = {
    ...(staleStock === undefined ? {} : { staleStock }),
    ...(sellableStock === undefined ? {} : { sellableStock }),
  }
  return Check(storedPolicies, policies) ? policies : 'unreadable'
}

export function decodeMetadata(stored: unknown): ProductMetadata {
  const { connection, attributes, destination = null } = checkedForm(storedMetadata, stored, 'product metadata')
  return { connection, attributes: attributes.map(decodeRule), destination }
}

export function decodeRecipient(stored: unknown): Recipient {
  const {
    email = null,
    webhook = null,
    connections = null,
    systems = null,
    causes = null,
    secrets = {},
    remindHours = REMIND_HOURS,
    ...rest
  } = checkedForm(storedRecipient, stored, 'a recipient')
  return { ...rest, email, webhook, secrets, connections, systems, causes, remindHours }
}

export function decodeSubscription(stored: unknown): Subscription {
  const {
    webhook = null,
    secrets = {},
    connections = null,
    shops = null,
    events = null,
    ...rest
  } = checkedForm(storedSubscription, stored, 'a subscription')
  return { ...rest, webhook, secrets, connections, shops, events }
}

function decodeRule(rule: Static<typeof storedRule>): AttributeRule {
  const { attribute, from = null, constant = null, expression = null, required, type } = rule
  const { default: usual = null, lookup = null, schema = null } = rule
  return { attribute, from, constant, expression, default: usual, required, type, lookup, schema }
}

export function encodeSystem(system: System): object {
  return { ...system, reads: system.reads.map(encodeRead) }
}

function encodeRead({ sweep, ...read }: Read): object {
  return isUsual(sweep) ? read : { ...read, sweep }
}

function isUsual({ schedule, mostGone }: Read['sweep']): boolean {
  return schedule === null && mostGone === MOST_GONE
}

export function encodeConnection(connection: Connection): object {
  const { push, fulfilments, stock, deleteDrainedQueues, ordersFrom, orderMap, ...others } = connection
  const { hold, bundles, charges, holdMinutes, ...terms } = others
  const { billTo, customer, prices, priceLevel, costs, shipping, ...rest } = terms
  const { shipMethods, location, fields } = orderMap
  const tellsNobody = !fulfilments.notifyCustomer && Object.keys(fulfilments.carriers).length === 0
  return {
    ...rest,
    orderMap: { shipMethods, location, ...(fields.length === 0 ? {} : { fields: fields.map(withoutNulls) }) },
    ...withoutNulls({ ordersFrom, stock, hold, holdMinutes, customer, priceLevel, shipping }),
    ...(billTo === 'consumer' ? {} : { billTo }),
    ...(prices === 'shop' ? {} : { prices }),
    ...(Object.keys(costs).length === 0 ? {} : { costs }),
    ...(bundles === 'split' ? {} : { bundles }),
    ...(Object.keys(charges).length === 0 ? {} : { charges }),
    ...(push.length === 0 ? {} : { push }),
    ...(tellsNobody ? {} : { fulfilments }),
    ...(deleteDrainedQueues ? { deleteDrainedQueues } : {}),
  }
}

export function encodeMetadata({ connection, attributes, destination }: ProductMetadata): object {
  return { connection, attributes: attributes.map(withoutNulls), ...withoutNulls({ destination }) }
}

export function encodeRecipient({ secrets, remindHours, ...recipient }: Recipient): object {
  return {
    ...withoutNulls(recipient),
    ...(Object.keys(secrets).length === 0 ? {} : { secrets }),
    ...(remindHours === REMIND_HOURS ? {} : { remindHours }),
  }
}

export function encodeSubscription({ secrets, ...subscription }: Subscription): object {
  return { ...withoutNulls(subscription), ...(Object.keys(secrets).length === 0 ? {} : { secrets }) }
}

function withoutNulls(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))
}

/** A stored document in the form of this version: without defaults that an older version stored explicitly. */
export function normalForm(kind: StoredKind, stored: unknown): object {
  switch (kind) {
    case 'system':
      return encodeSystem(decodeSystem(stored))
    case 'connection':
      return encodeConnection(decodeConnection(stored))
    case 'product-metadata':
      return encodeMetadata(decodeMetadata(stored))
    case 'recipient':
      return encodeRecipient(decodeRecipient(stored))
    case 'subscription':
      return encodeSubscription(decodeSubscription(stored))
  }
}

/**
 * The document of a stored model, with all defaults: applying it again changes nothing. References to secrets stay as
 * they were given; a resolved reference in `address` or `ownership` is shown as its value.
 */
export function documentOf(kind: StoredKind, model: object): Readonly<Record<string, unknown>> {
  const { revision: _revision, reads, ...fields } = model as Readonly<Record<string, unknown>>
  if (kind === 'system') return { kind, ...fields, reads: (reads as readonly object[]).map(readDocument) }
  return { kind, ...withoutNulls(fields), ...(reads === undefined ? {} : { reads }) }
}

/** Leaves out id and system, which follow from the document, and values that are not set. */
function readDocument(read: object): object {
  const { id: _id, system: _system, sweep, ...fields } = read as Readonly<Record<string, unknown>>
  const own = sweep as Read['sweep'] | undefined
  // Leaves out a default sweep: reads of entities without sweeps would be refused with it.
  return withoutNulls({ ...fields, ...(own === undefined || isUsual(own) ? {} : { sweep: withoutNulls(own) }) })
}
