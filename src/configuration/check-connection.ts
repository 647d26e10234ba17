import { checkFeeds } from './check-feeds.ts'
import { checkOwnership } from './check-ownership.ts'
import { checkRules } from './check-rules.ts'
import { checkSellableStock } from './check-sellable-stock.ts'
import { checkTerms } from './check-terms.ts'
import { checkTime } from './check-times.ts'
import type { ConnectionDocument, SystemDocument } from './document-schemas.ts'
import { entityOfRead, readId } from './read-id.ts'
import type { Shaped, ShapedDocuments } from './shaped-documents.ts'
import type { OwnOrderFields, SystemType, SystemTypes } from './system-type.ts'
import { unknownName } from './unknown-name.ts'
import { type Mistake, twiceAt } from './yaml-documents.ts'

/** Checks a connection against the other documents. */
export function checkConnection({ value, yaml }: Shaped<'connection'>, documents: ShapedDocuments): Mistake[] {
  const mistakes: Mistake[] = []
  const systems = new Map(documents.systems.map((system) => [system.value.id, system.value]))
  const reads = [...systems.values()].flatMap((system) => (system.reads ?? []).map((read) => readId(system.id, read)))
  const choice = (names: Iterable<string>) => [...names].join(', ') || 'none'
  const knownReads = new Set(reads)
  const choiceOfReads = choice(knownReads)
  for (const role of ['shop', 'vendor'] as const) {
    if (!systems.has(value[role]) && !documents.partial.has('system')) {
      mistakes.push(yaml.mistake([role], `is not a configured system; configured are: ${choice(systems.keys())}`))
    }
  }
  if (value.shop === value.vendor) mistakes.push(yaml.mistake(['vendor'], 'must be another system than the shop'))
  for (const [index, read] of value.reads.entries()) {
    if (!knownReads.has(read) && !documents.partial.has('system')) {
      mistakes.push(yaml.mistake(['reads', index], `is not a configured read; configured are: ${choiceOfReads}`))
    }
    const first = value.reads.indexOf(read)
    if (first < index) mistakes.push(yaml.mistake(['reads', index], twiceAt(yaml.placeOf(['reads', first]))))
  }
  const vendor = systems.get(value.vendor)
  const own = ownFields(value, documents.systemTypes.get(vendor?.type ?? '')?.orderFields(vendor?.settings ?? {}))
  mistakes.push(...checkOwnership({ value, yaml }, documents))
  mistakes.push(...checkTerms({ kind: 'connection', value, yaml }, documents.systemTypes.get(vendor?.type ?? '')))
  mistakes.push(...checkDeliveries({ kind: 'connection', value, yaml }, documents))
  mistakes.push(
    ...checkRules(value.orderMap?.fields ?? [], yaml, { path: ['orderMap', 'fields'], entity: 'orders', own }),
  )
  mistakes.push(...checkTime(yaml, ['ordersFrom'], value.ordersFrom))
  mistakes.push(...checkOrderStates({ value, yaml }, systems, documents.systemTypes))
  mistakes.push(...checkStaleStock({ kind: 'connection', value, yaml }), ...checkFeeds({ value, yaml }))
  mistakes.push(...checkSellableStock({ kind: 'connection', value, yaml }))
  const needsMetadata = value.reads.some((read) => entityOfRead(read) === 'products')
  const hasMetadata = documents.metadata.some((one) => one.value.connection === value.id)
  if (needsMetadata && !hasMetadata && !documents.partial.has('product-metadata')) {
    const way = `add a document "kind: product-metadata, connection: ${value.id}"`
    mistakes.push(yaml.mistake(['reads'], `has products, but the connection has no product metadata; ${way}`))
  }
  return mistakes
}

/** With the seller as the customer of all orders, no customer is created. */
function ownFields({ billTo }: ConnectionDocument, fields: OwnOrderFields | undefined): OwnOrderFields | undefined {
  if (billTo !== 'seller' || fields?.customer === undefined) return fields
  return { ...fields, customer: null }
}

/** A buffer without pieces, or pieces that nothing uses. */
function checkStaleStock({ value: { staleStock }, yaml }: Shaped<'connection'>): Mistake[] {
  if (staleStock === undefined || (staleStock.policy === 'buffer') === (staleStock.buffer !== undefined)) return []
  const what = staleStock.policy === 'buffer' ? 'is needed with policy: buffer' : 'is for policy: buffer only'
  return [yaml.mistake(['staleStock', 'buffer'], what)]
}

/** Finds states that the shop's type does not have: with them no order would start. */
function checkOrderStates(
  { value, yaml }: Pick<Shaped<'connection'>, 'value' | 'yaml'>,
  systems: ReadonlyMap<string, SystemDocument>,
  systemTypes: SystemTypes,
): Mistake[] {
  const shop = systems.get(value.shop)
  const known = systemTypes.get(shop?.type ?? '')?.orderStates?.known
  if (known === undefined || known === null) return []
  return (value.orderStates ?? []).flatMap((state, index) =>
    known.includes(state)
      ? []
      : [
          yaml.mistake(
            ['orderStates', index],
            `is not a state of ${shop?.type} orders: it ${unknownName(state, known)}`,
          ),
        ],
  )
}

/** Finds deliveries to a system that does not support them: their events would pile up unread. */
function checkDeliveries(
  { value, yaml }: Shaped<'connection'>,
  { systems, connections, systemTypes }: ShapedDocuments,
): Mistake[] {
  const typeOf = (id: string) => systemTypes.get(systems.find((system) => system.value.id === id)?.value.type ?? '')
  const [shop, vendor] = [typeOf(value.shop), typeOf(value.vendor)]
  const mistakes = (value.push ?? []).flatMap((entity, index) =>
    shop === undefined || shop.deliveries.includes(`shop-${entity}`)
      ? []
      : [
          yaml.mistake(
            ['push', index],
            `${entity} can't be sent to systems of type ${shop.type}; remove it, and let the shop pull`,
          ),
        ],
  )
  // A shop has one row for a SKU: rows from two sources would replace each other as older versions.
  for (const [index, entity] of (value.push ?? []).entries()) {
    const own = value.reads.map((read) => read.split('.')).filter(([, one]) => one === entity)
    const sources = [...new Set(own.map(([system = '']) => system))].filter((system) => system !== value.shop)
    if (sources.length < 2) continue
    const message = `${entity} come from ${sources.join(' and ')}, and would overwrite each other in the shop; read one of them`
    mistakes.push(yaml.mistake(['push', index], message))
  }
  mistakes.push(...checkReferences({ value, yaml }, connections, (one) => typeOf(one.shop)))
  for (const [index, read] of value.reads.entries()) {
    const [system = '', entity] = read.split('.')
    const say = (message: string) => mistakes.push(yaml.mistake(['reads', index], message))
    if (entity === 'orders' && cannotTake(vendor, 'vendor-orders')) {
      say(`reads orders, which can't be delivered to systems of type ${vendor?.type}; remove it`)
    }
    if (entity !== 'fulfilments') continue
    if (system !== value.vendor) say(`must be of the vendor ${value.vendor}: fulfilments come from there`)
    else if (cannotTake(shop, 'shop-fulfilments')) say(`can't be delivered to systems of type ${shop?.type}; remove it`)
  }
  return mistakes
}

/**
 * Orders of earlier releases, and of systems with the same form of references, are `<connection>-<number>` at the
 * vendor: orders of `a` and `a-b` can have equal references if a shop's order number can be `b-7`, which its type
 * decides.
 */
function checkReferences(
  { value, yaml }: Pick<Shaped<'connection'>, 'value' | 'yaml'>,
  connections: ShapedDocuments['connections'],
  shopOf: (connection: { readonly shop: string }) => SystemType | undefined,
): Mistake[] {
  return connections.flatMap(({ value: other, yaml: otherYaml }) => {
    if (other.vendor !== value.vendor || !value.id.startsWith(`${other.id}-`)) return []
    const number = `${value.id.slice(other.id.length + 1)}-1`
    const numbers = shopOf(other)?.orderNumbers ?? null
    if (numbers !== null && !numbers.test(number)) return []
    const message =
      `and ${other.id} (${otherYaml.placeOf(['id'])}) would give orders equal references at ${value.vendor}: ` +
      `${other.id}-${number} is order ${number} of ${other.id} and order 1 of ${value.id}; rename one`
    return [yaml.mistake(['id'], message)]
  })
}

function cannotTake(type: SystemType | undefined, kind: 'vendor-orders' | 'shop-fulfilments'): boolean {
  return type !== undefined && !type.deliveries.includes(kind)
}
