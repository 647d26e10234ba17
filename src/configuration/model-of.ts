import type { CallLimits } from '../platform/governor/governor.ts'
import type {
  ConnectionDocument,
  ProductMetadataDocument,
  ReadDocument,
  RecipientDocument,
  SubscriptionDocument,
  SystemDocument,
} from './document-schemas.ts'
import {
  type AttributeRule,
  type Connection,
  MOST_GONE,
  type Ownership,
  type ProductMetadata,
  REMIND_HOURS,
  type Read,
  type Recipient,
  type Subscription,
  type System,
  type ValueSchema,
} from './model.ts'
import { readId } from './read-id.ts'
import type { AttributeRuleDocument } from './rule-schema.ts'

/** The model of a checked document, with defaults filled in; `limits` are those of the system's type. */
export function systemOf(document: SystemDocument, limits: CallLimits): System {
  return {
    id: document.id,
    type: document.type,
    address: document.address,
    secrets: document.secrets ?? {},
    zone: document.zone ?? 'UTC',
    limits: document.limits ?? limits,
    settings: document.settings ?? {},
    reads: (document.reads ?? []).map((read) => readOf(document, read)),
    ...(document.retention === undefined ? {} : { retention: document.retention }),
    ...(document.enabled === false ? { enabled: false } : {}),
  }
}

function readOf({ id: system, overlapSeconds = 60 }: SystemDocument, document: ReadDocument): Read {
  const scope = document.scope ?? 'all'
  return {
    id: readId(system, document),
    system,
    entity: document.entity,
    scope,
    schedule: document.schedule ?? null,
    zone: document.zone ?? 'UTC',
    startFrom: document.startFrom ?? null,
    pageSize: document.pageSize ?? 100,
    settleSeconds: document.settleSeconds ?? 5,
    overlapSeconds: document.overlapSeconds ?? overlapSeconds,
    filter: filterOf(document.filter ?? {}),
    sweep: { schedule: document.sweep?.schedule ?? null, mostGone: document.sweep?.mostGone ?? MOST_GONE },
    ...(document.enabled === false ? { enabled: false } : {}),
  }
}

/** Converts filter values to the text that readers expect: lists are joined by commas. */
function filterOf(given: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const textOf = (value: unknown) => (Array.isArray(value) ? value.map(String).join(',') : String(value))
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, textOf(value)]))
}

export function orderMapOf({
  shipMethods = {},
  location = null,
  fields = [],
}: NonNullable<ConnectionDocument['orderMap']>): Connection['orderMap'] {
  return { shipMethods, location, fields: fields.map(attributeRuleOf) }
}

/**
 * `skuPattern` is the resolved pattern, `costs` the resolved prices, where the document may have references; `begin`
 * are the states in which orders of the shop's type start at the vendor. The revision is set when the connection is
 * applied.
 */
export function connectionOf(
  document: ConnectionDocument,
  skuPattern: string | undefined,
  begin: readonly string[] | null,
  costs: Connection['costs'] = {},
): Connection {
  const { fulfilments, orderMap } = document
  return {
    id: document.id,
    shop: document.shop,
    vendor: document.vendor,
    reads: document.reads,
    ownership: ownershipOf(document.ownership, skuPattern),
    orderStates: document.orderStates ?? begin,
    orderMap: orderMapOf(orderMap ?? {}),
    hold: document.hold ?? null,
    bundles: document.bundles ?? 'split',
    charges: document.charges ?? {},
    billTo: document.billTo ?? 'consumer',
    customer: document.customer === undefined ? null : String(document.customer),
    prices: document.prices ?? 'shop',
    priceLevel: document.priceLevel === undefined ? null : String(document.priceLevel),
    costs,
    shipping: document.shipping ?? null,
    holdMinutes: document.holdMinutes ?? null,
    ordersFrom: document.ordersFrom ?? null,
    push: document.push ?? [],
    fulfilments: { notifyCustomer: fulfilments?.notifyCustomer ?? false, carriers: fulfilments?.carriers ?? {} },
    stock: document.stock ?? null,
    ...(document.staleStock === undefined ? {} : { staleStock: document.staleStock }),
    ...(document.feeds === undefined ? {} : { feeds: document.feeds }),
    ...(document.sellableStock === undefined ? {} : { sellableStock: document.sellableStock }),
    deleteDrainedQueues: document.deleteDrainedQueues ?? false,
    ...(document.enabled === false ? { enabled: false } : {}),
    revision: 0,
  }
}

function ownershipOf(
  { skus, attribute, manufacturer, feed }: ConnectionDocument['ownership'],
  skuPattern: string | undefined,
): Ownership {
  if (skus !== undefined) return { skus }
  if (attribute !== undefined) return { attribute: { name: attribute.name, values: attribute.values.map(String) } }
  if (manufacturer !== undefined) return { manufacturer }
  return feed === undefined ? { skuPattern: skuPattern ?? '' } : { feed }
}

export function productMetadataOf(document: ProductMetadataDocument): ProductMetadata {
  const { connection, attributes, destination } = document
  return {
    connection,
    attributes: attributes.map(attributeRuleOf),
    destination: destination ?? null,
  }
}

export function recipientOf(document: RecipientDocument): Recipient {
  const { id, email = null, webhook = null, connections = null, systems = null, causes = null } = document
  return {
    id,
    email,
    webhook,
    secrets: { ...document.secrets },
    connections,
    systems,
    causes,
    remindHours: document.remindHours ?? REMIND_HOURS,
    ...(document.enabled === false ? { enabled: false } : {}),
  }
}

export function subscriptionOf(document: SubscriptionDocument): Subscription {
  const { id, webhook = null, connections = null, shops = null, events = null } = document
  const switched = document.enabled === false ? { enabled: false } : {}
  return { id, webhook, secrets: { ...document.secrets }, connections, shops, events, ...switched }
}

export function attributeRuleOf(rule: AttributeRuleDocument): AttributeRule {
  const { attribute, from = null, expression = null, lookup, required = false, type = 'string' } = rule
  const texts = Object.entries(lookup ?? {}).map(([key, value]) => [key, String(value)])
  return {
    attribute,
    from,
    constant: rule.constant === undefined ? null : String(rule.constant),
    expression,
    default: rule.default === undefined ? null : String(rule.default),
    required,
    type,
    lookup: lookup === undefined ? null : Object.fromEntries(texts),
    schema: rule.schema === undefined ? null : (rule.schema as ValueSchema),
  }
}
