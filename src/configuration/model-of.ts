import type { ConnectionDocument, ProductMetadataDocument, ReadDocument, SystemDocument } from './document-schemas.ts'
import type { AttributeRule, Connection, Ownership, ProductMetadata, Read, System, ValueSchema } from './model.ts'
import type { AttributeRuleDocument } from './rule-schema.ts'

/** The model of a checked document, with the defaults filled in. */
export function systemOf(document: SystemDocument): System {
  return {
    id: document.id,
    type: document.type,
    address: document.address,
    secrets: document.secrets ?? {},
    zone: document.zone ?? 'UTC',
    limits: document.limits ?? { concurrency: 4 },
    settings: document.settings ?? {},
    reads: (document.reads ?? []).map((read) => readOf(document, read)),
  }
}

function readOf({ id: system, overlapSeconds = 60 }: SystemDocument, document: ReadDocument): Read {
  const scope = document.scope ?? 'all'
  return {
    id: `${system}.${document.entity}.${scope}`,
    system,
    entity: document.entity,
    scope,
    schedule: document.schedule ?? null,
    zone: document.zone ?? 'UTC',
    startFrom: document.startFrom ?? null,
    pageSize: document.pageSize ?? 100,
    settleSeconds: document.settleSeconds ?? 5,
    overlapSeconds: document.overlapSeconds ?? overlapSeconds,
    filter: document.filter ?? {},
    ...(document.sweep === undefined
      ? {}
      : { sweep: { schedule: document.sweep.schedule ?? null, mostGone: document.sweep.mostGone ?? 0.2 } }),
  }
}

/**
 * `skuPattern` is the pattern itself, where the document may have a reference to it; `begin` are the states in which orders
 * of the shop's type begin. The revision is given when it is applied.
 */
export function connectionOf(
  document: ConnectionDocument,
  skuPattern: string | undefined,
  begin: readonly string[] | null,
): Connection {
  const { fields } = document.orderMap ?? {}
  return {
    id: document.id,
    shop: document.shop,
    vendor: document.vendor,
    reads: document.reads,
    ownership: ownershipOf(document.ownership, skuPattern),
    orderStates: document.orderStates ?? begin,
    orderMap: {
      shipMethods: document.orderMap?.shipMethods ?? {},
      location: document.orderMap?.location ?? null,
      ...(fields === undefined ? {} : { fields: fields.map(attributeRuleOf) }),
    },
    ...(document.ordersFrom === undefined ? {} : { ordersFrom: document.ordersFrom }),
    ...(document.hold === undefined ? {} : { hold: document.hold }),
    ...(document.bundles === undefined ? {} : { bundles: document.bundles }),
    ...(document.charges === undefined ? {} : { charges: document.charges }),
    ...(document.holdMinutes === undefined ? {} : { holdMinutes: document.holdMinutes }),
    ...policiesOf(document),
    revision: 0,
  }
}

/** Only what is given: a connection without them is as it always was. */
function policiesOf({
  push,
  fulfilments,
  stock,
  deleteDrainedQueues,
}: ConnectionDocument): Pick<Connection, 'push' | 'fulfilments' | 'stock' | 'deleteDrainedQueues'> {
  const { notifyCustomer = false, carriers = {} } = fulfilments ?? {}
  return {
    ...(push === undefined ? {} : { push }),
    ...(fulfilments === undefined ? {} : { fulfilments: { notifyCustomer, carriers } }),
    ...(stock === undefined ? {} : { stock }),
    ...(deleteDrainedQueues === undefined ? {} : { deleteDrainedQueues }),
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
    ...(destination === undefined ? {} : { destination }),
  }
}

export function attributeRuleOf(rule: AttributeRuleDocument): AttributeRule {
  const { attribute, from, constant, expression, lookup, schema, required = false, type = 'string' } = rule
  const texts = Object.entries(lookup ?? {}).map(([key, value]) => [key, String(value)])
  return {
    attribute,
    ...(from === undefined ? {} : { from }),
    ...(constant === undefined ? {} : { constant: String(constant) }),
    ...(expression === undefined ? {} : { expression }),
    ...(rule.default === undefined ? {} : { default: String(rule.default) }),
    required,
    type,
    ...(lookup === undefined ? {} : { lookup: Object.fromEntries(texts) }),
    ...(schema === undefined ? {} : { schema: schema as ValueSchema }),
  }
}
