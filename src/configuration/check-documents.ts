import { checkDeliveries } from './check-deliveries.ts'
import { checkMappingTest } from './check-mapping-test.ts'
import { checkOwnership } from './check-ownership.ts'
import { checkRules } from './check-rules.ts'
import { checkSystem, readId } from './check-system.ts'
import { checkTime } from './check-times.ts'
import type { DocumentKind, SystemDocument } from './document-schemas.ts'
import type { Shaped, ShapedDocuments } from './shaped-documents.ts'
import type { SystemTypes } from './system-type.ts'
import { unknownName } from './unknown-name.ts'
import { type Mistake, twiceAt } from './yaml-documents.ts'

/** What the documents say that can't be: everything a schema can't tell. */
export function checkDocuments(documents: ShapedDocuments): Mistake[] {
  const { systems, connections, metadata, tests } = documents
  return [
    ...duplicates(systems, ({ id }) => id, 'id'),
    ...duplicates(connections, ({ id }) => id, 'id'),
    ...duplicates(metadata, ({ connection }) => connection, 'connection'),
    ...systems.flatMap((system) => checkSystem(system, documents.systemTypes)),
    ...connections.flatMap((connection) => checkConnection(connection, documents)),
    ...metadata.flatMap((one) => checkMetadata(one, documents)),
    ...tests.flatMap((test) => checkMappingTest(test, documents)),
  ]
}

/** Documents of an id that another one has already. */
function duplicates<K extends DocumentKind>(
  documents: readonly Shaped<K>[],
  idOf: (value: Shaped<K>['value']) => string,
  field: string,
): Mistake[] {
  return documents.flatMap(({ kind, value, yaml }, index) => {
    const first = documents.slice(0, index).find((other) => idOf(other.value) === idOf(value))
    if (first === undefined) return []
    const message = `${idOf(value)} is there twice: the other is at ${first.yaml.placeOf([field])}; keep one ${kind} document of it`
    return [yaml.mistake([field], message)]
  })
}

function checkConnection({ value, yaml }: Shaped<'connection'>, documents: ShapedDocuments): Mistake[] {
  const mistakes: Mistake[] = []
  const systems = new Map(documents.systems.map((system) => [system.value.id, system.value]))
  const reads = [...systems.values()].flatMap((system) => (system.reads ?? []).map((read) => readId(system.id, read)))
  const choice = (names: Iterable<string>) => [...names].join(', ') || 'none'
  for (const role of ['shop', 'vendor'] as const) {
    if (!systems.has(value[role]) && !documents.partial.has('system')) {
      mistakes.push(
        yaml.mistake([role], `names no system that is configured; configured are: ${choice(systems.keys())}`),
      )
    }
  }
  if (value.shop === value.vendor) mistakes.push(yaml.mistake(['vendor'], 'must be another system than the shop'))
  for (const [index, read] of value.reads.entries()) {
    if (!reads.includes(read) && !documents.partial.has('system')) {
      mistakes.push(
        yaml.mistake(['reads', index], `names no read that is configured; configured are: ${choice(reads)}`),
      )
    }
    const first = value.reads.indexOf(read)
    if (first < index) mistakes.push(yaml.mistake(['reads', index], twiceAt(yaml.placeOf(['reads', first]))))
  }
  const vendor = systems.get(value.vendor)
  const own = documents.systemTypes.get(vendor?.type ?? '')?.orderFields(vendor?.settings ?? {})
  mistakes.push(...checkOwnership({ value, yaml }, documents))
  mistakes.push(...checkDeliveries({ kind: 'connection', value, yaml }, documents))
  mistakes.push(
    ...checkRules(value.orderMap?.fields ?? [], yaml, { path: ['orderMap', 'fields'], entity: 'orders', own }),
  )
  mistakes.push(...checkTime(yaml, ['ordersFrom'], value.ordersFrom))
  mistakes.push(...checkOrderStates({ value, yaml }, systems, documents.systemTypes))
  const needsMetadata = value.reads.some((read) => read.split('.')[1] === 'products')
  const hasMetadata = documents.metadata.some((one) => one.value.connection === value.id)
  if (needsMetadata && !hasMetadata && !documents.partial.has('product-metadata')) {
    const way = `add a document "kind: product-metadata, connection: ${value.id}"`
    mistakes.push(yaml.mistake(['reads'], `has products, but the connection has no product metadata; ${way}`))
  }
  return mistakes
}

/** States that the shop's type does not have would let no order begin. */
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
      : [yaml.mistake(['orderStates', index], `is no state of ${shop?.type} orders: it ${unknownName(state, known)}`)],
  )
}

function checkMetadata({ value, yaml }: Shaped<'product-metadata'>, documents: ShapedDocuments): Mistake[] {
  const mistakes: Mistake[] = []
  if (!documents.partial.has('connection') && !documents.connections.some((one) => one.value.id === value.connection)) {
    mistakes.push(yaml.mistake(['connection'], 'names no connection that is configured; add it or correct the id'))
  }
  const known = value.destination?.attributes
  return [...mistakes, ...checkRules(value.attributes, yaml, { path: ['attributes'], entity: 'products', known })]
}
